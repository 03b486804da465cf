import { expect, test } from 'vitest';
import {
  coreExports,
  coreImports,
  coreMemories,
  coreNames,
  coreSections,
  customSections,
} from './core-module.ts';
import { Writer } from './writer.ts';

function module(...sections: readonly (readonly [id: number, contents: Writer])[]): Uint8Array {
  const out = new Writer().byte(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);
  for (const [id, contents] of sections) out.section(id, contents);
  return out.finish();
}

test('sections are found with their places', () => {
  const bytes = module(
    [0, new Writer().text('notes').byte(1, 2, 3)],
    [5, new Writer().u32(1).byte(0x00).u32(17)],
  );
  expect(coreSections(bytes)).toEqual([
    { id: 0, name: 'notes', start: 16, end: 19, header: 8 },
    { id: 5, start: 21, end: 24, header: 19 },
  ]);
  expect(customSections(bytes, 'notes').map((section) => [...section])).toEqual([[1, 2, 3]]);
  expect(customSections(bytes, 'other')).toEqual([]);
});

test('limits of a memory: minimum, maximum, flags and where they stand', () => {
  const memories = new Writer()
    .u32(3)
    .byte(0x00)
    .u32(300)
    .byte(0x01)
    .u32(1)
    .u32(65_536)
    .byte(0x0f)
    .u32(1)
    .u32(2)
    .u32(0);
  expect(coreMemories(module([5, memories]))).toEqual([
    { minimum: 300, shared: false, memory64: false, start: 11, end: 14 },
    { minimum: 1, maximum: 65_536, shared: false, memory64: false, start: 14, end: 19 },
    { minimum: 1, maximum: 2, shared: true, memory64: true, pageSizeLog2: 0, start: 19, end: 23 },
  ]);
});

test('imports and exports of every kind', () => {
  const imports = new Writer().u32(5);
  imports.text('env').text('f').byte(0x00).u32(3);
  imports.text('env').text('t').byte(0x01, 0x70, 0x00, 0x05);
  imports.text('env').text('r').byte(0x01, 0x63, 0x07, 0x01, 0x05, 0x06);
  imports.text('env').text('m').byte(0x02, 0x00, 0x01);
  imports.text('env').text('g').byte(0x03, 0x7f, 0x01);
  const exports = new Writer().u32(2).text('memory').byte(0x02).u32(0).text('tag').byte(0x04).u32(1);
  const bytes = module([2, imports], [7, exports]);
  expect(coreImports(bytes).map(({ name, kind }) => `${name} ${kind}`)).toEqual([
    'f func',
    't table',
    'r table',
    'm memory',
    'g global',
  ]);
  expect(coreImports(bytes)[3]?.memory).toMatchObject({ minimum: 1 });
  expect(coreExports(bytes)).toEqual([
    { name: 'memory', kind: 'memory', index: 0 },
    { name: 'tag', kind: 'tag', index: 1 },
  ]);
});

test('names of the module and its functions', () => {
  const names = new Writer().text('name');
  names.section(0, new Writer().text('engine'));
  names.section(1, new Writer().u32(2).u32(0).text('start').u32(7).text('callee.adapter0'));
  expect(coreNames(module([0, names]))).toEqual({
    module: 'engine',
    functions: new Map([
      [0, 'start'],
      [7, 'callee.adapter0'],
    ]),
  });
});

test('a component is no core module', () => {
  expect(() => coreSections(Uint8Array.from([0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0]))).toThrow(
    expect.objectContaining({ kind: 'malformed', offset: 0 }),
  );
});
