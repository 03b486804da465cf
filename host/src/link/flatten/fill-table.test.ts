import { parse } from '@bytecodealliance/jco-transpile/wasm-tools';
import { expect, test } from 'vitest';
import { coreImports } from '../../binary/core-module.ts';
import { fillingTable } from './fill-table.ts';

test.each([
  ['with elements', '(elem (i32.const 0) $own)'],
  ['without', ''],
])('it fills a table with what it imports for that, %s of its own', async (_, elements) => {
  const text = `(module
    (import "env" "called" (func $called (param i32) (result i32)))
    (import "env" "table" (table 1 funcref))
    ${elements}
    (func $own (result i32) (call $called (i32.const 1)))
    (func (export "own") (result i32) (call $own)))`;
  const types = [Uint8Array.of(0x60, 0x00, 0x01, 0x7f), Uint8Array.of(0x60, 0x01, 0x7f, 0x01, 0x7f)];
  const module = fillingTable(await parse(text), types);
  const functions = await parse(`(module (func (export "0") (result i32) i32.const 5)
    (func (export "1") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 3))))`);
  const given = new WebAssembly.Instance(new WebAssembly.Module(functions as BufferSource)).exports;
  const table = new WebAssembly.Table({ element: 'anyfunc', initial: 1 });
  const late = new WebAssembly.Table({ element: 'anyfunc', initial: 2 });
  const imports = { env: { called: (n: number) => n + 1, table }, late: given, state: { late } };
  const { exports } = new WebAssembly.Instance(
    new WebAssembly.Module(module as BufferSource),
    imports as unknown as WebAssembly.Imports,
  );
  expect([late.get(0)(), late.get(1)(4), (exports['own'] as () => number)()]).toEqual([5, 12, 2]);
  expect(table.get(0)?.() ?? 'empty').toBe(elements ? 2 : 'empty');
  expect(coreImports(module).map(({ name }) => name)).toEqual(['called', 'table', '0', '1', 'late']);
});

test('one with a table of its own fills no other', async () => {
  const module = await parse('(module (table 1 funcref) (func (export "f")))');
  expect(() => fillingTable(module, [Uint8Array.of(0x60, 0x00, 0x00)])).toThrow(
    'its bindings have a table of their own',
  );
});
