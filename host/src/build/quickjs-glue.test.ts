import { parse } from '@bytecodealliance/jco-transpile/wasm-tools';
import { describe, expect, test } from 'vitest';
import { Reader } from '../binary/reader.ts';
import { SECTION } from '../component/syntax.ts';
import { mendGlue } from './quickjs-glue.ts';

const SIGNATURES = {
  pop_u32: '(param i32) (result i32)',
  pop_u64: '(param i32) (result i64)',
  pop_f64: '(param i32) (result f64)',
  push_u32: '(param i32 i32)',
  push_u64: '(param i32 i64)',
  push_f64: '(param i32 f64)',
  push_own: '(param i32 i32 i32)',
} as const;

/** What the toolchain's glue looks like, as far as it is mended; `use` is a core function of it. */
function glue(use: string, imports: readonly string[] = Object.keys(SIGNATURES)): string {
  return `(core module
    ${imports.map((name) => `(import "env" "wit_dylib_${name}" (func $${name} ${SIGNATURES[name as keyof typeof SIGNATURES]}))`).join('\n    ')}
    (import "x" "[resource-drop]theirs" (func (param i32)))
    (import "[export]x" "[resource-drop]thing" (func (param i32)))
    (import "[export]x" "[resource-rep]thing" (func (param i32) (result i32)))
    ${use})`;
}

/** Runs `use` of mended glue with an engine that takes numbers from `given` and notes what it is handed. */
async function run(use: string, given: number): Promise<{ result: unknown; noted: unknown[] }> {
  const component = mendGlue(await parse(`(component (component ${glue(use)}))`));
  const module = modulesIn(component)[0]!;
  const noted: unknown[] = [];
  const note =
    (name: string) =>
    (...args: unknown[]) =>
      void noted.push([name, ...args.slice(1)]);
  const { instance } = await WebAssembly.instantiate(module, {
    env: {
      wit_dylib_pop_u32: () => Math.min(given, 2 ** 31 - 1),
      wit_dylib_pop_u64: () => 0n,
      wit_dylib_pop_f64: () => given,
      wit_dylib_push_u32: note('u32'),
      wit_dylib_push_u64: note('u64'),
      wit_dylib_push_f64: note('f64'),
      wit_dylib_push_own: note('own'),
    },
    x: { '[resource-drop]theirs': () => {} },
    '[export]x': {
      '[resource-drop]thing': () => {},
      '[resource-rep]thing': (handle: number) => handle + 100,
    },
  });
  const result = (instance.exports['use'] as () => unknown)();
  return { result, noted };
}

/** The core modules of a component and of those in it, in order. */
function modulesIn(component: Uint8Array): Uint8Array<ArrayBuffer>[] {
  const reader = new Reader(component, 8);
  const found: Uint8Array<ArrayBuffer>[] = [];
  while (!reader.done) {
    const id = reader.byte();
    const { offset, end } = reader.part(reader.u32());
    const contents = Uint8Array.from(component.subarray(offset, end));
    if (id === SECTION.coreModule) found.push(contents);
    if (id === SECTION.component) found.push(...modulesIn(contents));
  }
  return found;
}

describe('numbers that leave a service', () => {
  const popU32 = '(func (export "use") (result i32) (call $pop_u32 (i32.const 9)))';
  test.each([0, 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1])('a u32 of %i', async (value) => {
    const { result } = await run(popU32, value);
    expect((result as number) >>> 0).toBe(value);
  });

  test.each([-1, 2 ** 32, 2 ** 32 + 5, 1.5, -1.5, Number.NaN, 2 ** 31 + 0.5])(
    '%d as a u32 wraps',
    async (value) => {
      const { result } = await run(popU32, value);
      expect((result as number) >>> 0).toBe(value >>> 0);
    },
  );

  const popU64 = '(func (export "use") (result i64) (call $pop_u64 (i32.const 9)))';
  test.each([0, 2 ** 53 - 1, 2 ** 63, 2 ** 64 - 2048])('a u64 of %i', async (value) => {
    const { result } = await run(popU64, value);
    expect(BigInt.asUintN(64, result as bigint)).toBe(BigInt(value));
  });

  test.each([-1, 2 ** 64, Number.NaN, Infinity])('%d is no u64', async (value) => {
    await expect(run(popU64, value)).rejects.toThrow(WebAssembly.RuntimeError);
  });
});

describe('numbers that arrive', () => {
  test.each([
    [2 ** 31 - 1, ['u32', 2 ** 31 - 1]],
    [2 ** 31, ['f64', 2 ** 31]],
    [2 ** 32 - 1, ['f64', 2 ** 32 - 1]],
  ])('a u32 of %i', async (value, noted) => {
    const use = `(func (export "use") (call $push_u32 (i32.const 9) (i32.const ${value})))`;
    expect((await run(use, 0)).noted).toEqual([noted]);
  });

  test.each([
    [2n ** 63n - 1n, ['u64', 2n ** 63n - 1n]],
    [2n ** 63n, ['f64', 2 ** 63]],
    [2n ** 64n - 1n, ['f64', 2 ** 64]],
  ])('a u64 of %i', async (value, noted) => {
    const use = `(func (export "use") (call $push_u64 (i32.const 9) (i64.const ${value})))`;
    expect((await run(use, 0)).noted).toEqual([noted]);
  });

  test('a handle of its own is what it stands for, another stays a handle', async () => {
    const use = `(func (export "use") (local i64)
      (call $push_own (i32.const 9) (i32.const 0) (i32.const 5))
      (block (call $push_own (i32.const 9) (i32.const 1) (i32.const 5))))`;
    expect((await run(use, 0)).noted).toEqual([
      ['own', 0, 5],
      ['own', 1, 105],
    ]);
  });
});

describe('a component of another form is refused', () => {
  test.each([
    ['without glue', '(component)'],
    ['whose glue does nothing', `(component ${glue('')})`],
    ['with two', `(component ${glue('(func)')} (component ${glue('(func)')}))`],
    ['whose engine lacks a function', `(component ${glue('(func)', ['push_own', 'pop_u32'])})`],
  ])('%s', async (_, wat) => {
    const component = await parse(wat);
    expect(() => mendGlue(component)).toThrow('a component of an unknown form');
  });
});

test('what is not glue stays as it is', async () => {
  const use = glue('(func (export "use") (call $push_own (i32.const 1) (i32.const 2) (i32.const 3)))');
  const component = await parse(`(component (core module (func (export "f"))) ${use} (component))`);
  const [other, ...rest] = modulesIn(mendGlue(component));
  expect(other).toEqual(modulesIn(component)[0]);
  expect(rest).toHaveLength(1);
  expect(rest[0]).not.toEqual(modulesIn(component)[1]);
});
