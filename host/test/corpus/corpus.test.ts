import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { Reader } from '../../src/binary/reader.ts';
import { Writer } from '../../src/binary/writer.ts';
import { decodeComponent } from '../../src/component/decode.ts';
import { readType } from '../../src/component/decode-type.ts';
import { isWritable, writeTypeDef } from '../../src/component/encode-type-def.ts';
import { componentTypeOf } from '../../src/component/signature.ts';
import type { ComponentSyntax, TypeDef } from '../../src/component/syntax.ts';
import { unwrap } from '../../src/diagnostics/error.ts';
import { compose } from '../../src/link/compose.ts';
import { compareTypes } from '../../src/link/diff.ts';
import { loadComponent } from '../../src/link/flatten/load.ts';
import { NotThisShape } from '../../src/link/flatten/not-this-shape.ts';
import { writeComponent } from '../../src/link/flatten/write.ts';
import { inspect } from '../../src/link/inspect/inspect.ts';
import { readCase } from '../link/case.ts';
import { quickjs } from '../link/quickjs.ts';
import { temporaryFolder } from '../orders/app.ts';
import { tool } from '../tools.ts';
import { wasmToolsProgram } from '../wasm-tools.ts';
import { corpus, type CorpusComponent } from './corpus.ts';
import { buildInGo } from './go/build.ts';

const WIT = `package a:b; interface t { resource r { constructor(n: u32); n: func() -> u32; } }
world exporter { import wasi:random/random@0.2.12; export t; }
world bare { export f: func(s: list<string>) -> option<u32>; }
package wasi:random@0.2.12 { interface random { get-random-u64: func() -> u64; } }`;

const [wasmTools, go] = [tool('wasm-tools'), tool('go')];
const inGo = !wasmTools.missing && !go.missing;

let components: CorpusComponent[];
beforeAll(async () => {
  components = [...(await corpus()), ...given()];
  for (const one of ['merged-versions', 'aliases', 'world-level']) {
    const { instances } = await readCase(one);
    components.push(...instances.map(({ name, bytes }) => ({ name: `${one}, ${name}`, bytes })));
  }
  components.push(
    {
      name: 'componentize-qjs, a resource',
      bytes: await quickjs(
        WIT,
        'exporter',
        'class R { constructor(n) { this.a = n; } n() { return this.a; } }\nexport const t = { R };',
      ),
    },
    {
      name: 'componentize-qjs, a function',
      bytes: await quickjs(WIT, 'bare', 'export const f = (s) => s.length;'),
    },
  );
  const [resource, bare] = components.slice(-2);
  const both = unwrap(compose([resource!, bare!], { roots: [bare!.name] }));
  components.push({ name: 'tenon compose', bytes: both.bytes });
  if (inGo) components.push({ name: 'Go', bytes: readFileSync(await buildInGo()) });
}, 600_000);

/** All that left its mark in the corpus. */
function producers(): string {
  const all = components.flatMap(({ bytes }) => {
    const { parts, producers: own } = unwrap(inspect(bytes));
    return [...own, ...parts.flatMap((part) => part.producers)].map(({ name }) => name);
  });
  return all.join();
}

test('the corpus is of many toolchains', () => {
  expect(components.length).toBeGreaterThanOrEqual(30);
  for (const name of ['wit-component', 'wit-bindgen-c', 'rustc', 'clang'])
    expect(producers()).toContain(name);
});

test.skipIf(!inGo)(`one of them is Go's own${go.reason}${wasmTools.reason}`, () => {
  expect(producers()).toContain('Go cmd/compile');
});

test('every component is decoded, typed and inspected without a word', () => {
  for (const { name, bytes } of components) {
    const all = [decodeComponent(bytes), componentTypeOf(bytes), inspect(bytes)];
    expect([name, ...all.flatMap(({ diagnostics }) => diagnostics)]).toEqual([name]);
  }
});

describe('encoding what was decoded gives the same model', () => {
  test('types: linked alone, a component imports and exports what it did', () => {
    const refused: string[] = [];
    for (const { name, bytes } of components) {
      const composed = compose([{ name: 'only', bytes }], { trim: false });
      if (!composed.ok) {
        refused.push(...composed.diagnostics.map(({ code }) => `${name}: ${code}`));
        continue;
      }
      const [before, after] = [unwrap(componentTypeOf(bytes)), unwrap(componentTypeOf(composed.value.bytes))];
      const differences = [compareTypes(before, after), compareTypes(after, before)].flatMap((one) =>
        one.differences.filter((difference) => difference.name !== 'init'),
      );
      expect([name, ...differences]).toEqual([name]);
    }
    // What cannot be passed on from outside: components and core modules.
    expect(refused).toEqual([
      'core-types.wat: link/unsupported-import',
      'everything.wat: link/unsupported-import',
      'everything.wat: link/unsupported-import',
      'imported-component.wat: link/unsupported-import',
      'imported-component.wat: link/unsupported-import',
    ]);
  });

  test('definitions: a component read as a graph and written again has the same, in the same order', () => {
    let written = 0;
    for (const { name, bytes } of components) {
      const syntax = unwrap(decodeComponent(bytes));
      try {
        const again = writeComponent(loadComponent(bytes, syntax)).finish();
        expect([name, definitionsOf(again)]).toEqual([name, definitionsOf(bytes)]);
        written++;
      } catch (error) {
        if (!(error instanceof NotThisShape)) throw error;
      }
    }
    expect(written).toBeGreaterThan(components.length / 2);
  });

  test('types: each written anew has the bytes that it had, or names other types where it is to', () => {
    let written = 0;
    for (const { name, bytes } of components) {
      for (const { offset, end, type } of typesOf(bytes, unwrap(decodeComponent(bytes)))) {
        const same = new Writer();
        writeTypeDef(same, type, (index) => index);
        expect([name, offset, same.finish()]).toEqual([
          name,
          offset,
          Uint8Array.from(bytes.subarray(offset, end)),
        ]);
        const named: number[] = [];
        const moved = new Writer();
        writeTypeDef(moved, type, (index) => named.push(index) && index + 1000);
        const again: number[] = [];
        const asMoved = readType(new Reader(moved.finish()));
        writeTypeDef(new Writer(), asMoved, (index) => again.push(index) && index);
        expect([name, offset, again]).toEqual([name, offset, named.map((index) => index + 1000)]);
        written++;
      }
    }
    expect(written).toBeGreaterThan(1000);
  });
});

/** Types at any depth that can be written again, and where they stand. */
function* typesOf(
  bytes: Uint8Array,
  { sections }: ComponentSyntax,
): Generator<{ offset: number; end: number; type: TypeDef }> {
  for (const { definitions, end } of sections) {
    for (const [at, definition] of definitions.entries()) {
      if (definition.is === 'component') yield* typesOf(bytes, definition.component);
      if (definition.is === 'type' && isWritable(definition.type))
        yield { offset: definition.offset, end: definitions[at + 1]?.offset ?? end, type: definition.type };
    }
  }
}

test.skipIf(wasmTools.missing)(`what the linker makes of each is valid${wasmTools.reason}`, async () => {
  await using folder = await temporaryFolder('corpus');
  const file = join(folder.path, 'linked.wasm');
  let valid = 0;
  for (const { name, bytes } of components) {
    const composed = compose([{ name: 'only', bytes }]);
    if (!composed.ok) continue;
    writeFileSync(file, composed.value.bytes);
    const { status, stderr } = spawnSync(wasmToolsProgram(), ['validate', '--features', 'all', file]);
    expect([name, status, String(stderr)]).toEqual([name, 0, '']);
    valid++;
  }
  expect(valid).toBeGreaterThan(components.length * 0.8);
});

/** Further components, too large to keep here. */
function given(): CorpusComponent[] {
  const folder = process.env['TENON_CORPUS'];
  if (folder === undefined) return [];
  return readdirSync(folder).map((name) => ({ name, bytes: readFileSync(join(folder, name)) }));
}

/** A component's definitions without their places in the file; the section of names, which is left out, too. */
function definitionsOf(bytes: Uint8Array): unknown {
  const places = new Set(['offset', 'start', 'end', 'header']);
  const all = unwrap(decodeComponent(bytes)).sections.flatMap(({ definitions }) => definitions);
  const kept = all.filter((one) => one.is !== 'custom' || one.name !== 'component-name');
  return JSON.parse(JSON.stringify(kept, (key, value: unknown) => (places.has(key) ? undefined : value)));
}
