import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  componentEmbed,
  componentNew,
  componentWit,
  parse,
} from '@bytecodealliance/jco-transpile/wasm-tools';
import { describe, expect, test } from 'vitest';
import { unwrap } from '../../src/diagnostics/error.ts';
import { compose, type ComposeOptions, type Composition } from '../../src/link/compose.ts';
import { inspect } from '../../src/link/inspect/inspect.ts';
import { instantiate } from './quickjs.ts';

const CORPUS = join(import.meta.dirname, '..', 'corpus', 'wat');

async function alone(wat: string, options: ComposeOptions = {}): Promise<Composition> {
  return unwrap(compose([{ name: 'only', bytes: await parse(wat) }], options));
}

const coreInstances = ({ bytes }: Composition): number => unwrap(inspect(bytes)).pool.coreInstances.used;

describe('what nothing uses is left out', () => {
  test('a function that is never exported, with its module, instance and import', async () => {
    const wat = readFileSync(join(CORPUS, 'unused.wat'), 'utf8');
    const composed = await alone(wat);
    expect(composed.graph.imports.map(({ name }) => name)).toEqual(['used']);
    expect(composed.report.trimmed).toEqual([
      { instance: 'only', removed: { modules: 1, instances: 1, functions: 2, imports: ['unused'] } },
    ]);
    expect(coreInstances(composed)).toBe(1);
    expect(await componentWit(composed.bytes)).not.toContain('unused');
    // The plan in the component says the same to `tenon inspect`.
    expect(unwrap(inspect(composed.bytes)).plan?.passes.trim).toEqual(composed.report.trimmed);
  });

  test('not where it is switched off', async () => {
    const wat = readFileSync(join(CORPUS, 'unused.wat'), 'utf8');
    const composed = await alone(wat, { trim: false });
    expect(composed.graph.imports.map(({ name }) => name)).toEqual(['used', 'unused']);
    expect(composed.report.trimmed).toBeUndefined();
    expect(coreInstances(composed)).toBe(2);
  });

  test('an interface of a provider that nobody imports', async () => {
    const witSource = `package a:b;
      interface used { f: func() -> u32; }
      interface spare { g: func() -> u32; }
      interface below { h: func() -> u32; }
      world provider { import below; export used; export spare; }
      world importer { import used; export run: func() -> u32; }`;
    const build = async (world: string, text: string): Promise<Uint8Array> =>
      await componentNew(
        await componentEmbed({ binary: await parse(text), witSource, world: `a:b/${world}` }),
      );
    const provider = await build(
      'provider',
      `(module (import "a:b/below" "h" (func $h (result i32)))
        (func (export "a:b/used#f") (result i32) (i32.const 42))
        (func (export "a:b/spare#g") (result i32) (call $h)))`,
    );
    const importer = await build(
      'importer',
      '(module (import "a:b/used" "f" (func $f (result i32))) (func (export "run") (result i32) (call $f)))',
    );
    const inputs = [
      { name: 'importer', bytes: importer },
      { name: 'provider', bytes: provider },
    ];
    const [trimmed, whole] = [unwrap(compose(inputs)), unwrap(compose(inputs, { trim: false }))];
    const removed = trimmed.report.trimmed?.find(({ instance }) => instance === 'provider')?.removed;
    expect(removed).toMatchObject({ functions: 1, imports: [] });
    expect(trimmed.bytes.length).toBeLessThan(whole.bytes.length);
    // The one core module calls it still: whether it ever does is not for us to say.
    expect(trimmed.graph.imports.map(({ name }) => name)).toEqual(['a:b/below']);
    for (const { bytes } of [trimmed, whole]) {
      const exports = await instantiate(bytes);
      expect((exports as unknown as { run(): number }).run()).toBe(42);
    }
  });
});

describe('an instance stays where making it can be seen', () => {
  const withModule = (module: string, given = ''): string => `(component
    (core module $env (table (export "table") 2 funcref) (memory (export "memory") 1))
    (core instance $env (instantiate $env))
    (core module $m ${module})
    (core instance (instantiate $m ${given}))
    (core module $main (func (export "f") (result i32) i32.const 1))
    (core instance $i (instantiate $main))
    (func (export "f") (result u32) (canon lift (core func $i "f"))))`;
  const env = '(with "env" (instance $env))';

  test.each([
    ['a start function', '(func $s unreachable) (start $s)', '', 2],
    [
      'elements in a table of others',
      '(import "env" "table" (table 2 funcref)) (func $f) (elem (i32.const 0) $f)',
      env,
      3,
    ],
    ['data in a memory of others', '(import "env" "memory" (memory 1)) (data (i32.const 0) "x")', env, 3],
    ['data beyond its own memory', '(memory 1) (data (i32.const 65536) "x")', '', 2],
    ['elements beyond its own table', '(table 1 funcref) (func $f) (elem (i32.const 1) $f)', '', 2],
    [
      'data at a place that is not constant',
      '(import "env" "at" (global $at i32)) (memory 1) (data (global.get $at) "x")',
      '(with "env" (instance (export "at" (global $g "at"))))',
      3,
    ],
  ])('%s', async (what, module, given, kept) => {
    const global =
      '(core module $gm (global (export "at") i32 (i32.const 70000))) (core instance $g (instantiate $gm))';
    const wat = withModule(module, given).replace(
      '(core module $m',
      `${what.includes('constant') ? global : ''}(core module $m`,
    );
    expect(coreInstances(await alone(wat))).toBe(kept);
  });

  test.each([
    ['nothing of it', '(func (export "g"))', ''],
    [
      'its own data and elements',
      '(memory 1) (table 1 funcref) (func $f) (data (i32.const 65535) "x") (elem (i32.const 0) $f)',
      '',
    ],
    ['functions that would call others', '(import "env" "table" (table 2 funcref)) (func (export "g"))', env],
  ])('and goes where there is %s', async (_, module, given) => {
    expect(coreInstances(await alone(withModule(module, given)))).toBe(1);
  });

  test('a component that makes such an instance stays whole', async () => {
    const wat = (body: string): string => `(component
      (component $c (core module $m ${body}) (core instance (instantiate $m)))
      (instance (instantiate $c))
      (core module $main (func (export "f") (result i32) i32.const 1))
      (core instance $i (instantiate $main))
      (func (export "f") (result u32) (canon lift (core func $i "f"))))`;
    expect(coreInstances(await alone(wat('(func $s) (start $s)')))).toBe(2);
    expect(coreInstances(await alone(wat('(func $s)')))).toBe(1);
  });
});
