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
