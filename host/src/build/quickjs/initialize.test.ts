import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCache } from '../cache.ts';
import { buildTime } from '../build-time.ts';
import { quickJsEngine } from './engine.ts';
import { initialize } from './initialize.ts';
import { partsOf } from './parts.ts';
import { skeletonOf } from './skeleton.ts';
import { HostCall } from './world-while-built.ts';

const WIT = {
  world: 'shop:basket/basket',
  source: `package shop:basket;
interface stock { left: func(article: string) -> u32; }
interface prices { of: func(article: string) -> u32; }
world basket { import stock; export prices; }`,
};
const EXPORTS = 'export const prices = { of: () => 1 };';

let folder: string;
let skeleton: Uint8Array;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tenon-initialize-'));
  skeleton = await skeletonOf(WIT, openCache(folder));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function built(source: string, now = 0): Uint8Array {
  return initialize({
    skeleton,
    engine: quickJsEngine(),
    source: `${source}\n${EXPORTS}\n`,
    name: 'basket',
    now,
  });
}

/** What top-level code says of a value, by way of what it throws. */
function said(expression: string, now = 0): string {
  try {
    built(`throw new Error('<' + (${expression}) + '>');`, now);
  } catch (error) {
    return /<([^>]*)>/.exec((error as Error).message)?.[1] ?? String(error);
  }
  return 'nothing';
}

test('the skeleton of a world is made once', async () => {
  const cache = openCache(join(folder, 'again'));
  const made = await skeletonOf(WIT, cache);
  expect(Buffer.compare(made, skeleton)).toBe(0);
  expect(await skeletonOf(WIT, cache)).toEqual(made);
});

describe('initialize', () => {
  test('gives the same bytes for the same source, others for others', () => {
    const source = 'const drawn = new Map([[1, Math.random()], [Date.now(), performance.now()]]);';
    expect(Buffer.compare(built(source), built(source))).toBe(0);
    expect(Buffer.compare(built(source), built(`${source} drawn.clear();`))).not.toBe(0);
  });

  test('keeps what the top-level code has made', () => {
    const text = Buffer.from(built("globalThis.kept = ['a text that is', 'put together'].join(' ');"));
    expect(text.includes('a text that is put together')).toBe(true);
  });

  test('keeps nothing of the source that no function has', () => {
    const remark = 'a remark that nobody reads';
    expect(Buffer.from(built(`/* ${remark} */ globalThis.kept = 1;`)).includes(remark)).toBe(false);
  });

  test('has a clock that stands where it is told', () => {
    expect(said('Date.now()')).toBe('0');
    expect(said('new Date().toISOString()', 1_700_000_000_123)).toBe('2023-11-14T22:13:20.123Z');
    expect(said('performance.now() >= 0')).toBe('true');
  });

  test('names the module in stack traces', () => {
    expect(() => built('throw new Error("too much");')).toThrow(
      /Error: too much\n\s+at <anonymous> \(\/basket\.js:1:/,
    );
  });

  test('cannot call what the service imports', () => {
    const source = "import { left } from 'shop:basket/stock'; left('chair');";
    expect(() => built(source)).toThrow(HostCall);
    expect(() => built(source)).toThrow('unknown import: `shop:basket/stock#left` has not been defined');
  });

  test('ends code that calls itself or takes memory without end', () => {
    expect(() => built('const f = (n) => 1 + f(n + 1); f(0);')).toThrow(/module evaluation: wasm trap: /);
    expect(() => built('const all = []; for (;;) all.push(new Uint8Array(1 << 26));')).toThrow(
      'out of memory',
    );
  });

  test('cannot load what no bundle holds', () => {
    expect(() => built("import './elsewhere.js';")).toThrow(/Error resolving module '\.\/elsewhere\.js'/);
  });

  test('leaves no more stack than it says, and none that was used', () => {
    const { modules, main } = partsOf(built('JSON.stringify([[[[1]]]]);'));
    const { memory, __stack_pointer } = new WebAssembly.Instance(
      new WebAssembly.Module(modules[main]! as BufferSource),
      { wasi_snapshot_preview1: { reset_adapter_state: () => {} } },
    ).exports as { memory: WebAssembly.Memory; __stack_pointer: WebAssembly.Global };
    expect(__stack_pointer.value).toBe(232 * 1024);
    expect(new Uint8Array(memory.buffer, 0, 232 * 1024).some((byte) => byte !== 0)).toBe(false);
    expect(memory.buffer.byteLength).toBeLessThan(768 * 1024);
  });
});

test.each([
  [undefined, 0],
  ['1700000000', 1_700_000_000_000],
  ['yesterday', 0],
  ['-1', 0],
])('SOURCE_DATE_EPOCH=%s is %i', (value, expected) => {
  expect(buildTime({ SOURCE_DATE_EPOCH: value })).toBe(expected);
});
