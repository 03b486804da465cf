import { describe, expect, test } from 'vitest';
import { unwrap } from '../../src/diagnostics/error.ts';
import { breakingChanges, diff } from '../../src/link/diff.ts';
import { componentOf } from '../link/case.ts';

/** A component that exports and imports an interface with this body, in this version. */
async function component(exported: string, imported = '', version = '1.0.0'): Promise<Uint8Array> {
  const both = exported !== '' ? `export shop:out/api@${version};` : '';
  return await componentOf(
    `package t:t;
     package shop:base@1.0.0 { interface types { record r { a: u8 } resource thing { get: func() -> r; } } }
     package shop:out@${version} { interface api { ${exported} } }
     package shop:in@${version} { interface api { ${imported} } }
     package s:s { world w { ${imported === '' ? '' : `import shop:in/api@${version};`} ${both} export run: func(); } }`,
    's:s/w',
  );
}

type Expected = [side: string, name: string, path: string, change: string, breaking: boolean];

async function differences(old: Promise<Uint8Array>, next: Promise<Uint8Array>): Promise<Expected[]> {
  const comparison = unwrap(diff(await old, await next));
  expect(comparison.compatible).toBe(comparison.asProvider && comparison.asImporter);
  expect(comparison.compatible).toBe(breakingChanges(comparison).length === 0);
  return comparison.differences.map(({ side, name, path, change, breaking }) => [
    side,
    name,
    path,
    change,
    breaking,
  ]);
}

const OUT = 'shop:out/api@1.0.0';
const IN = 'shop:in/api@1.0.0';
const RECORD = 'record order { id: string, lines: list<u32> } submit: func(order: order) -> bool;';

describe('as provider', () => {
  test.each<[title: string, old: string, next: string, expected: Expected[]]>([
    ['the same', RECORD, RECORD, []],
    ['a function more', RECORD, `${RECORD} more: func();`, [['export', OUT, 'more', 'added', false]]],
    ['a function less', `${RECORD} more: func();`, RECORD, [['export', OUT, 'more', 'removed', true]]],
    [
      'a field of another type',
      RECORD,
      RECORD.replace('list<u32>', 'list<u64>'),
      [['export', OUT, 'submit(order).lines', 'changed', true]],
    ],
    [
      'a field more',
      RECORD,
      RECORD.replace('id: string', 'id: string, note: string'),
      [['export', OUT, 'submit(order)', 'changed', true]],
    ],
    [
      'another result',
      RECORD,
      RECORD.replace('bool', 'u8'),
      [['export', OUT, 'submit -> result', 'changed', true]],
    ],
    [
      'no result any more',
      RECORD,
      RECORD.replace(' -> bool', ''),
      [['export', OUT, 'submit -> result', 'removed', true]],
    ],
    ['a parameter renamed', 'f: func(a: u8);', 'f: func(b: u8);', [['export', OUT, 'f', 'changed', true]]],
    [
      'a case more',
      'variant v { a, b(u8) } f: func(v: v);',
      'variant v { a, b(u8), c } f: func(v: v);',
      [['export', OUT, 'f(v)', 'changed', true]],
    ],
    [
      'types in another order',
      'type a = u8; type b = u16; f: func(x: a, y: b);',
      'type b = u16; type a = u8; f: func(x: a, y: b);',
      [],
    ],
    [
      'a resource with a method more',
      'resource r { get: func() -> u8; } open: func() -> r;',
      'resource r { get: func() -> u8; put: func(n: u8); } open: func() -> r;',
      [['export', OUT, '[method]r.put', 'added', false]],
    ],
  ])('%s', async (_, old, next, expected) => {
    expect(await differences(component(old), component(next))).toEqual(expected);
  });

  test('the whole interface gone', async () => {
    expect(await differences(component(RECORD), component(''))).toEqual([
      ['export', OUT, '', 'removed', true],
    ]);
    expect(await differences(component(''), component(RECORD))).toEqual([
      ['export', OUT, '', 'added', false],
    ]);
  });
});

describe('as importer', () => {
  test.each<[title: string, old: string, next: string, expected: Expected[]]>([
    ['the same', RECORD, RECORD, []],
    ['nothing any more', RECORD, '', [['import', IN, '', 'removed', false]]],
    ['a new interface', '', RECORD, [['import', IN, '', 'added', true]]],
    ['one more function of it', RECORD, `${RECORD} more: func();`, [['import', IN, 'more', 'added', true]]],
    ['one function less', `${RECORD} more: func();`, RECORD, [['import', IN, 'more', 'removed', false]]],
    [
      'a field of another type',
      RECORD,
      RECORD.replace('list<u32>', 'list<u64>'),
      [['import', IN, 'submit(order).lines', 'changed', true]],
    ],
  ])('%s', async (_, old, next, expected) => {
    expect(await differences(component('', old), component('', next))).toEqual(expected);
  });
});

describe('versions', () => {
  test('on one track stand for one another', async () => {
    expect(await differences(component(RECORD, RECORD), component(RECORD, RECORD, '1.2.0'))).toEqual([
      ['export', OUT, '', 'version', false],
      ['import', IN, '', 'version', false],
    ]);
  });

  test('on other tracks do not', async () => {
    expect(await differences(component(RECORD, RECORD), component(RECORD, RECORD, '2.0.0'))).toEqual([
      ['export', OUT, '', 'removed', true],
      ['export', 'shop:out/api@2.0.0', '', 'added', false],
      ['import', 'shop:in/api@2.0.0', '', 'added', true],
      ['import', IN, '', 'removed', false],
    ]);
  });
});

describe('resources are compared by who makes them', () => {
  const world = async (lines: string): Promise<Uint8Array> =>
    componentOf(
      `package t:t;
       package a:b@1.0.0 {
         interface owner { resource r { get: func() -> u8; } }
         interface maker { resource r { get: func() -> u8; } }
         interface user { use owner.{r}; pass: func(r: r) -> r; }
         interface other { use maker.{r}; pass: func(r: r) -> r; }
       }
       package s:s { world w { ${lines} } }`,
      's:s/w',
    );
  const passes = 'use a:b/owner@1.0.0.{r}; export pass: func(r: r) -> r;';

  test('one that both import is the same', async () => {
    expect(await differences(world(passes), world(passes))).toEqual([]);
  });

  test('another import’s is not', async () => {
    const found = await differences(world(passes), world(passes.replace('owner', 'maker')));
    expect(found).toContainEqual(['export', 'pass', '(r)', 'changed', true]);
    expect(found).toContainEqual(['import', 'a:b/maker@1.0.0', '', 'added', true]);
  });

  test('one that each makes itself does for the other’s', async () => {
    const own = 'export a:b/owner@1.0.0; export a:b/user@1.0.0;';
    expect(await differences(world(own), world(own))).toEqual([]);
  });
});

test('what is wrong with either file is told with which', async () => {
  const good = await component(RECORD);
  const bad = good.subarray(0, 100);
  expect(diff(bad, bad).diagnostics.map(({ code, where }) => `${code} ${where?.split(',')[0]}`)).toEqual([
    'component/malformed old',
    'component/malformed new',
  ]);
});
