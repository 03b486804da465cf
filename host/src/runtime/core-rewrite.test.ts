import { readFile } from 'node:fs/promises';
import { parse } from '@bytecodealliance/jco-transpile/wasm-tools';
import { describe, expect, test } from 'vitest';
import { rewriteCoreModule, STATE_PREFIX } from './core-rewrite.ts';

const LIMIT = 1024 * 1024;

async function rewritten(wat: string) {
  const result = rewriteCoreModule(await parse(wat), LIMIT);
  return { ...result, module: new WebAssembly.Module(Uint8Array.from(result.bytes)) };
}

const stateOf = (module: WebAssembly.Module): string[] =>
  WebAssembly.Module.exports(module).flatMap(({ name }) => (name.startsWith(STATE_PREFIX) ? [name] : []));

describe('state', () => {
  test('exports memories and mutable globals that are not exported, under indices that count imports', async () => {
    const { module, obstacles } = await rewritten(`(module
      (import "a" "g" (global i32)) (import "a" "m" (memory 0))
      (memory 1) (memory (export "own") 1)
      (global i64 (i64.const 1)) (global (mut f64) (f64.const 1)) (global (export "x") (mut i32) (i32.const 1))
      (func (export "f")))`);
    expect(stateOf(module)).toEqual([`${STATE_PREFIX}memory1`, `${STATE_PREFIX}global2`]);
    expect(obstacles).toEqual([]);
  });

  test('adds an export section where there is none', async () => {
    const { module } = await rewritten('(module (global (mut i32) (i32.const 1)) (func $s) (start $s))');
    expect(stateOf(module)).toEqual([`${STATE_PREFIX}global0`]);
  });

  test.each([
    ['table.set', '(table.set (i32.const 0) (ref.null func))'],
    ['table.grow', '(drop (table.grow (ref.null func) (i32.const 1)))'],
    ['table.fill', '(table.fill (i32.const 0) (ref.null func) (i32.const 1))'],
    ['table.copy', '(table.copy (i32.const 0) (i32.const 0) (i32.const 1))'],
    ['table.init', '(table.init $e (i32.const 0) (i32.const 0) (i32.const 1))'],
    ['elem.drop', '(elem.drop $e)'],
    ['data.drop', '(data.drop $d)'],
  ])('%s rules a reset out, wherever it stands', async (instruction, code) => {
    const { obstacles } =
      await rewritten(`(module (memory 1) (table 4 funcref) (elem $e func $f) (data $d "x")
      (func $f (block (loop (if (i32.const 1) (then (br_table 0 1 2 (i32.const 1))) (else ${code}))))))`);
    expect(obstacles).toEqual([`it uses ${instruction}`]);
  });

  test('so does a mutable reference, a shared memory, or an object of the garbage collector', async () => {
    const reasons = async (wat: string) => (await rewritten(wat)).obstacles;
    expect(await reasons('(module (global (mut funcref) (ref.null func)))')).toEqual([
      'it has a mutable global that is not a number',
    ]);
    expect(await reasons('(module (memory 1 2 shared))')).toEqual(['it defines a shared memory']);
    expect(
      await reasons(
        '(module (type $s (struct (field (mut i32)))) (global (ref $s) (struct.new $s (i32.const 1))))',
      ),
    ).toEqual([expect.stringContaining('not understood')]);
  });

  test('code of every other kind is understood', async () => {
    const { obstacles } = await rewritten(`(module (memory 1) (tag $t) (type $f (func))
      (func $f (type $f)
        (drop (f64.const 1)) (drop (f32.const 1)) (drop (i64.const -1)) (drop (memory.grow (i32.const 1)))
        (memory.copy (i32.const 0) (i32.const 0) (i32.const 1)) (memory.fill (i32.const 0) (i32.const 0) (i32.const 1))
        (drop (i32.trunc_sat_f32_s (f32.const 1)))
        (drop (v128.const i64x2 1 2)) (drop (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 (v128.const i64x2 1 2) (v128.const i64x2 1 2)))
        (drop (i8x16.extract_lane_s 3 (v128.load (i32.const 0)))) (drop (v128.load8_lane 1 (i32.const 0) (v128.const i64x2 1 2)))
        (drop (i32.atomic.load (i32.const 0))) (atomic.fence)
        (drop (select (result i32) (i32.const 1) (i32.const 2) (i32.const 3)))
        (block (try_table (catch $t 0) (catch_all 0) (throw $t)))
        (block (drop (br_on_null 0 (ref.func $f)))) (call_ref $f (ref.func $f)) (return_call $f))
      (elem declare func $f))`);
    expect(obstacles).toEqual([]);
  });

  test('a large module of a Rust compiler is understood', async () => {
    const url = new URL(
      '../vendor/wasm-tools.core.wasm',
      import.meta.resolve('@bytecodealliance/jco-transpile'),
    );
    expect(rewriteCoreModule(await readFile(url), LIMIT * 64).obstacles).toEqual([]);
  });
});

describe('memory limit', () => {
  const memoriesOf = async (wat: string) => {
    const { module, minimumBytes } = await rewritten(wat);
    const { exports } = new WebAssembly.Instance(module, {});
    const memory = exports['m'] as WebAssembly.Memory;
    const before = memory.buffer.byteLength / 65_536;
    let pages = before;
    try {
      for (;;) {
        memory.grow(1);
        pages++;
      }
    } catch {
      return { before, pages, minimumBytes };
    }
  };

  test('caps a memory without a maximum, and lowers one that is higher', async () => {
    expect(await memoriesOf('(module (memory (export "m") 1))')).toEqual({
      before: 1,
      pages: 16,
      minimumBytes: 65_536,
    });
    expect(await memoriesOf('(module (memory (export "m") 2 100))')).toMatchObject({ before: 2, pages: 16 });
  });

  test('keeps a maximum that is lower', async () => {
    expect(await memoriesOf('(module (memory (export "m") 1 3))')).toMatchObject({ pages: 3 });
  });

  test('tells how much a module begins with', async () => {
    expect(await memoriesOf('(module (memory (export "m") 20))')).toMatchObject({
      minimumBytes: 20 * 65_536,
    });
  });
});
