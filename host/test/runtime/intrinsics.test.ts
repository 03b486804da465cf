import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { shortenHostCalls } from '../../src/runtime/glue-host-calls.ts';
import { prepareUnit } from '../../src/runtime/prepare.ts';
import { CELL } from './bindings-double.ts';
import { MEMORY_LIMIT, testUnits } from './harness.ts';
import { composed, mishaps } from './wat.ts';

const units = testUnits();

describe('calls between components', () => {
  test('give the same with fast intrinsics as with the glue alone', async () => {
    const wasm = await composed();
    const fast = await units.start(wasm);
    const stock = await units.start(wasm, { fastIntrinsics: false });
    const texts = ['', 'a', 'grüße', 'x'.repeat(1000)];
    for (const text of texts) {
      const expected = [...new TextEncoder().encode(text)].reduce((sum, byte) => sum + byte, 0) * 8 + 3;
      const call = (unit: typeof fast) => unit.call('twice', text, 7);
      // Twice, so that state left by the first would show in the second.
      for (let n = 0; n < 2; n++) {
        expect(await call(fast)).toEqual({ kind: 'result', value: expected });
        expect(await call(stock)).toEqual({ kind: 'result', value: expected });
        // The callee's call of the host, from inside a call between guests.
        const weight = (expected - 3) / 8;
        expect([fast.shared[CELL.stored], stock.shared[CELL.stored]]).toEqual([weight, weight]);
      }
    }
    expect(fast.host.stats()).toMatchObject({ instances: 1, resets: 2 * texts.length - 1 });
  });
});

describe('calls of the host', () => {
  const glueOf = async (intrinsics: 'auto' | 'stock'): Promise<string> => {
    const options = { memoryLimit: MEMORY_LIMIT, intrinsics };
    return readFile((await prepareUnit(await composed(), await units.cacheDir(), options)).glue, 'utf8');
  };
  const TASKS = /_lowerImportBackwardsCompat\.bind|hostProvided = true|\(\) => _trackHostOperation/;

  test('go without tasks', async () => {
    expect(await glueOf('stock')).toMatch(TASKS);
    expect(await glueOf('auto')).not.toMatch(TASKS);
  });

  test.each([
    ['const started = task.enterSync();', 'task.enterSync();'],
    ['importFn: _trampoline', 'call: _trampoline'],
    ['fn: () => _trackHostOperation', 'call: () => _trackHostOperation'],
    ['const _debugLog = (', 'const _debugLog = async ('],
  ])('are not touched in glue where %j is something else', async (known, other) => {
    const glue = await glueOf('stock');
    expect(glue).toContain(known);
    expect(() => shortenHostCalls(glue.replaceAll(known, other), false)).toThrow(
      expect.objectContaining({ code: 'internal/bug' }),
    );
  });
});

describe('prepareUnit', () => {
  test('chooses fast intrinsics and reset where nothing speaks against them', async () => {
    expect(
      await prepareUnit(await composed(), await units.cacheDir(), { memoryLimit: MEMORY_LIMIT }),
    ).toMatchObject({
      intrinsics: 'fast',
      resetObstacles: [],
      exports: ['twice'],
    });
  });

  test('keeps the glue as it is for a component with an async built-in', async () => {
    const { parse } = await import('@bytecodealliance/jco-transpile/wasm-tools');
    const wasm = await parse(`(component
      (core func $get (canon context.get i32 0))
      (core module $m (import "h" "get" (func $get (result i32))) (func (export "f") (result i32) call $get))
      (core instance $i (instantiate $m (with "h" (instance (export "get" (func $get))))))
      (func (export "f") (result u32) (canon lift (core func $i "f"))))`);
    expect(await prepareUnit(wasm, await units.cacheDir(), { memoryLimit: MEMORY_LIMIT })).toMatchObject({
      intrinsics: 'stock',
      resetObstacles: ['the component uses async functions, streams or futures'],
    });
  });

  test('gives the second time what it wrote the first time', async () => {
    const wasm = await mishaps();
    const first = await prepareUnit(wasm, await units.cacheDir(), { memoryLimit: MEMORY_LIMIT });
    const before = await readFile(join(first.directory, 'prepared.json'), 'utf8');
    expect(await prepareUnit(wasm, await units.cacheDir(), { memoryLimit: MEMORY_LIMIT })).toEqual(first);
    expect(await readFile(join(first.directory, 'prepared.json'), 'utf8')).toBe(before);
  });

  test('two at once agree', async () => {
    const wasm = await mishaps();
    const options = { memoryLimit: MEMORY_LIMIT * 2 };
    const cache = await units.cacheDir();
    const [a, b] = await Promise.all([prepareUnit(wasm, cache, options), prepareUnit(wasm, cache, options)]);
    expect(a).toEqual(b);
  });

  test('refuses a unit that begins with more memory than it may have', async () => {
    await expect(
      prepareUnit(await mishaps(), await units.cacheDir(), { memoryLimit: 1000 }),
    ).rejects.toMatchObject({
      code: 'runtime/memory-limit',
    });
  });

  test('refuses what is no component', async () => {
    await expect(
      prepareUnit(new Uint8Array(20), await units.cacheDir(), { memoryLimit: MEMORY_LIMIT }),
    ).rejects.toMatchObject({
      code: 'component/malformed',
    });
  });
});
