import { parse } from '@bytecodealliance/jco-transpile/wasm-tools';
import { expect, test } from 'vitest';
import { coreImports, coreNames } from '../../binary/core-module.ts';
import { withoutUnusedImports } from './unused-imports.ts';

const TEXT = `(module $glue
  (import "env" "unused" (func $unused (param i64)))
  (import "env" "called" (func $called (param i32) (result i32)))
  (import "env" "base" (global $base i32))
  (import "env" "unused too" (func))
  (import "env" "in table" (func $inTable (result i32)))
  (import "env" "exported" (func $exported (result i32)))
  (import "env" "last" (func))
  (table 4 funcref)
  (type $number (func (result i32)))
  (elem (i32.const 1) $inTable $own)
  (export "exported" (func $exported))
  (func $own (result i32) (call $called (global.get $base)))
  (func (export "own") (result i32) (call $own))
  (func (export "at") (param i32) (result i32) (call_indirect (type $number) (local.get 0)))
)`;

const ENV = {
  unused: () => undefined,
  'unused too': () => undefined,
  last: () => undefined,
  called: (n: number) => n + 1,
  base: new WebAssembly.Global({ value: 'i32' }, 41),
  'in table': () => 7,
  exported: () => 9,
};

test('functions that nothing names are no longer imported, and all others stay who they are', async () => {
  const module = withoutUnusedImports(await parse(TEXT));
  expect(coreImports(module).map(({ name }) => name)).toEqual(['called', 'base', 'in table', 'exported']);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module as BufferSource), { env: ENV });
  const { own, at, exported } = exports as Record<string, (n?: number) => number>;
  expect([own!(), at!(1), at!(2), exported!()]).toEqual([42, 7, 42, 9]);
  expect(coreNames(module)).toEqual({
    module: 'glue',
    functions: new Map([
      [0, 'called'],
      [1, 'inTable'],
      [2, 'exported'],
      [3, 'own'],
    ]),
  });
});

test.each([
  ['with elements', '(elem (i32.const 0) $own)'],
  ['without', ''],
])('it fills a table with what it imports for that, %s of its own', async (_, elements) => {
  const text = `(module
    (import "env" "unused" (func))
    (import "env" "called" (func $called (param i32) (result i32)))
    (import "env" "table" (table 1 funcref))
    ${elements}
    (func $own (result i32) (call $called (i32.const 1)))
    (func (export "own") (result i32) (call $own)))`;
  const types = [Uint8Array.of(0x60, 0x00, 0x01, 0x7f), Uint8Array.of(0x60, 0x01, 0x7f, 0x01, 0x7f)];
  const module = withoutUnusedImports(await parse(text), { types, table: ['state', 'late'] });
  const functions = await parse(`(module (func (export "0") (result i32) i32.const 5)
    (func (export "1") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 3))))`);
  const given = new WebAssembly.Instance(new WebAssembly.Module(functions as BufferSource)).exports;
  const table = new WebAssembly.Table({ element: 'anyfunc', initial: 1 });
  const late = new WebAssembly.Table({ element: 'anyfunc', initial: 2 });
  const imports = { env: { ...ENV, table }, late: given, state: { late } };
  const { exports } = new WebAssembly.Instance(
    new WebAssembly.Module(module as BufferSource),
    imports as unknown as WebAssembly.Imports,
  );
  expect([late.get(0)(), late.get(1)(4), (exports['own'] as () => number)()]).toEqual([5, 12, 2]);
  expect(table.get(0)?.() ?? 'empty').toBe(elements ? 2 : 'empty');
  expect(coreImports(module).map(({ name }) => name)).toEqual(['called', 'table', '0', '1', 'late']);
});

test('one with a table of its own fills no other', async () => {
  const filling = { types: [Uint8Array.of(0x60, 0x00, 0x00)], table: ['state', 'late'] } as const;
  const module = await parse('(module (table 1 funcref) (func (export "f")))');
  expect(() => withoutUnusedImports(module, filling)).toThrow('its bindings have a table of their own');
});

test('a module that names all that it imports stays as it is', async () => {
  const module = await parse('(module (import "env" "f" (func $f)) (func (export "g") (call $f)))');
  expect(withoutUnusedImports(module)).toBe(module);
});

test.each([
  ['a start function', '(func $f) (start $f)', 'its core modules have start functions'],
  [
    'a global that holds a function',
    '(func $f) (global funcref (ref.func $f)) (elem declare func $f)',
    /element segments of the kind|globals that hold functions/,
  ],
])('%s is left to others', async (_, text, message) => {
  const module = await parse(`(module (import "env" "unused" (func)) ${text})`);
  expect(() => withoutUnusedImports(module)).toThrow(message);
});
