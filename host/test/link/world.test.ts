import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { componentEmbed, parse } from '@bytecodealliance/jco-transpile/wasm-tools';
import { describe, expect, test } from 'vitest';
import { printExtern } from '../../src/component/print.ts';
import { componentTypeOf } from '../../src/component/signature.ts';
import { mismatches } from '../../src/component/subtype.ts';
import { decodeWorld } from '../../src/component/world.ts';
import type { ComponentType } from '../../src/component/types.ts';
import { componentOf } from './case.ts';

const EVERY_TYPE = join(import.meta.dirname, '../../../wit/every-type');

/** Our contract with every type, as one text of a package in braces. */
function everyType(): string {
  const files = readdirSync(EVERY_TYPE).filter((name) => name.endsWith('.wit'));
  const texts = files
    .sort()
    .map((name) => readFileSync(join(EVERY_TYPE, name), 'utf8').replace(/^package .*;$/m, ''));
  return `package tenon:build;\npackage tenon:every-type@1.0.0 {\n${texts.join('\n')}\n}\n`;
}

async function worldOf(witSource: string, world: string): Promise<{ id: string; world: ComponentType }> {
  const result = decodeWorld(await componentEmbed({ witSource, dummy: true, world }));
  if (!result.ok) throw new Error(JSON.stringify(result.diagnostics));
  return result.value;
}

describe('decodeWorld', () => {
  test('gives the id, the imports and the exports', async () => {
    const { id, world } = await worldOf(
      `package tenon:build;
       package a:b@1.0.0 { interface t { record p { x: u32 } } interface i { use t.{p}; f: func(p: list<p>) -> option<p>; } }
       package s:s@0.1.0 { world w { import a:b/i@1.0.0; import g: func() -> u8; export a:b/i@1.0.0; export run: func(); } }`,
      's:s/w@0.1.0',
    );
    expect(id).toBe('s:s/w@0.1.0');
    expect([...world.imports.keys()]).toEqual(['a:b/t@1.0.0', 'a:b/i@1.0.0', 'g']);
    expect([...world.exports].map(([name, extern]) => `${name}: ${printExtern(extern)}`)).toEqual([
      'run: func()',
      'a:b/i@1.0.0: interface { p, f }',
    ]);
  });

  test('a built component fits the world that it was built for', async () => {
    const wit = everyType();
    for (const name of ['provider', 'importer']) {
      const { world } = await worldOf(wit, `tenon:every-type/${name}@1.0.0`);
      const built = componentTypeOf(await componentOf(wit, `tenon:every-type/${name}@1.0.0`));
      if (!built.ok) throw new Error(JSON.stringify(built.diagnostics));
      const differences = mismatches(
        { kind: 'component', type: built.value },
        { kind: 'component', type: world },
        name,
      );
      expect(differences).toEqual([]);
    }
  });

  test('streams, futures and async functions are read', async () => {
    const { world } = await worldOf(everyType(), 'tenon:every-type/asynchronous@1.0.0');
    const concurrent = world.imports.get('tenon:every-type/concurrent@1.0.0');
    if (concurrent?.kind !== 'instance') throw new Error('concurrent is not imported');
    expect([...concurrent.type.exports].map(([name, extern]) => `${name}: ${printExtern(extern)}`)).toEqual([
      'numbers: func() -> stream<u32>',
      'bytes: async func(input: stream<u8>) -> future<result<u32, string>>',
      'signal: func() -> future',
    ]);
  });

  test('a module without an encoded world is refused', async () => {
    expect(decodeWorld(await parse('(module)')).diagnostics).toMatchObject([{ code: 'component/no-world' }]);
    expect(
      decodeWorld(await parse('(module (@custom "component-type" "nonsense"))')).diagnostics,
    ).toMatchObject([{ code: 'component/malformed' }]);
  });
});
