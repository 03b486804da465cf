import { componentWit, parse, print } from '@bytecodealliance/jco-transpile/wasm-tools';
import { expect, test } from 'vitest';
import { Writer } from '../../src/binary/writer.ts';
import { link, type Linked } from '../../src/link/link.ts';
import type { Result } from '../../src/diagnostics/result.ts';

/** Components that no WIT gives, but that may come from anywhere. */
function linkOne(bytes: Uint8Array): Result<Linked> {
  return link({ root: 'unit', instances: [{ name: 'unit', bytes }], edges: [] });
}

function unwrapped(result: Result<Linked>): Linked {
  if (!result.ok) throw new Error(JSON.stringify(result.diagnostics));
  return result.value;
}

test('a component that imports two versions of one track is given the higher for both', async () => {
  const bytes = await parse(`(component
    (import "host:io/a@0.2.0" (instance $a (export "r" (type (sub resource))) (export "f" (func (result u8)))))
    (import "host:io/a@0.2.12" (instance $b (export "g" (func (result u8))) (export "r" (type (sub resource)))))
    (alias export $a "f" (func $f)) (alias export $b "g" (func $g))
    (export "f" (func $f)) (export "g" (func $g)))`);
  const linked = unwrapped(linkOne(bytes));
  expect(linked.imports).toEqual(['host:io/a@0.2.12']);
  expect(linked.report.notes).toEqual([
    { kind: 'raised', instance: 'unit', import: 'host:io/a@0.2.0', to: 'host:io/a@0.2.12' },
  ]);
  expect(await componentWit(linked.bytes)).toContain('import host:io/a@0.2.12;');
});

test('versions that have no track stay apart', async () => {
  const bytes = await parse(`(component
    (import "host:io/a@0.0.1" (instance (export "f" (func))))
    (import "host:io/a@0.0.2" (instance (export "f" (func))))
    (import "host:io/a@1.0.0-rc.1" (instance $a (export "f" (func))))
    (export "f" (func $a "f")))`);
  expect(unwrapped(linkOne(bytes)).imports).toEqual([
    'host:io/a@0.0.1',
    'host:io/a@0.0.2',
    'host:io/a@1.0.0-rc.1',
  ]);
});

test('a module that is nested twice is hoisted from any depth', async () => {
  const module = `(core module $m (memory (export "memory") 1) (data (i32.const 0) "marker ${'tenon '.repeat(40)}"))`;
  const bytes = await parse(`(component
    (component $a ${module} (core instance (instantiate $m)))
    (component $b (component $c ${module} (core instance (instantiate $m))) (instance (instantiate $c)))
    (instance (instantiate $a)) (instance (instantiate $b)))`);
  const linked = unwrapped(linkOne(bytes));
  expect(linked.report.hoistedBytes).toBeGreaterThan(200);
  const wat = await print(linked.bytes);
  expect(wat.match(/marker/g)).toHaveLength(1);
  expect(wat).toContain('alias outer $unit $shared-0 (core module');
  expect(await componentWit(linked.bytes)).toContain('world root');
});

test('a core module can be exported, and handed from one component to another', async () => {
  const text = '"' + 'tenon '.repeat(30) + '"';
  const provider = await parse(
    `(component (core module $m (memory 1) (data (i32.const 0) ${text})) (export "m" (core module $m)))`,
  );
  const importer = await parse('(component (import "m" (core module $m)) (export "again" (core module $m)))');
  const linked = unwrapped(
    link({
      root: 'importer',
      instances: [
        { name: 'importer', bytes: importer },
        { name: 'provider', bytes: provider },
      ],
      edges: [{ importer: 'importer', import: 'm', provider: 'provider', export: 'm' }],
    }),
  );
  expect(linked.exports).toEqual(['again']);
  expect(await print(linked.bytes)).toContain('(export (;2;) "again" (core module 1))');
});

test.each([
  ['a component', '(component (import "c" (component)))'],
  ['a core module', '(component (import "m" (core module)))'],
  [
    'an instance within an instance',
    '(component (import "a:b/c" (instance (export "i" (instance (export "f" (func)))))))',
  ],
])('%s cannot stay imported', async (_, wat) => {
  expect(linkOne(await parse(wat)).diagnostics).toMatchObject([{ code: 'link/unsupported-import' }]);
});

test('a resource that no import owns cannot stay imported', () => {
  // (type (resource (rep i32))) (type (own 0)) (type (func (param "r" 1))) (import "f" (func (type 2))): invalid, but bytes all the same.
  const types = new Writer()
    .u32(3)
    .byte(0x3f, 0x7f, 0x00)
    .byte(0x69, 0x00)
    .byte(0x40, 0x01)
    .text('r')
    .byte(0x01, 0x01, 0x00);
  const bytes = new Writer()
    .byte(0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00)
    .section(7, types)
    .section(10, new Writer().u32(1).byte(0x00).text('f').byte(0x01, 0x02))
    .finish();
  expect(linkOne(bytes).diagnostics).toMatchObject([{ code: 'link/unsupported-import' }]);
});
