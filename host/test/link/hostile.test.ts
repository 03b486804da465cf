import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { coreExports, coreImports, coreMemories, coreNames } from '../../src/binary/core-module.ts';
import { Malformed } from '../../src/binary/malformed.ts';
import { Writer } from '../../src/binary/writer.ts';
import { componentTypeOf } from '../../src/component/signature.ts';
import { decodeWorld } from '../../src/component/world.ts';
import { componentEmbed } from '@bytecodealliance/jco-transpile/wasm-tools';

const PREAMBLE = [0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00];
const RUNS = 1500;

/** A change of some bytes: overwritten, cut off, doubled. Components are changed in fuzz/, section by section too. */
const mutations = fc.array(
  fc.record({
    at: fc.nat({ max: 2 ** 20 }),
    kind: fc.constantFrom('set', 'cut', 'insert', 'double'),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 6 }),
  }),
  { minLength: 1, maxLength: 5 },
);

type Mutation = typeof mutations extends fc.Arbitrary<(infer M)[]> ? M : never;

function mutate(bytes: Uint8Array, changes: readonly Mutation[]): Uint8Array {
  let result = [...bytes];
  for (const change of changes) {
    const at = change.at % Math.max(1, result.length);
    if (change.kind === 'set') change.bytes.forEach((byte, n) => (result[at + n] = byte));
    if (change.kind === 'cut') result.splice(at, change.bytes.length);
    if (change.kind === 'insert') result.splice(at, 0, ...change.bytes);
    if (change.kind === 'double') result = [...result.slice(0, at), ...result.slice(Math.max(0, at - 40))];
  }
  return Uint8Array.from(result, (byte) => byte ?? 0);
}

describe('hostile bytes end in diagnostics', () => {
  let dummy: Uint8Array;

  beforeAll(async () => {
    const wit = `package tenon:build; package a:b@1.0.0 { interface t { resource r { m: func(); } record p { x: u32 } f: func(p: list<p>) -> result<r, string>; } }
      package c:d { world w { import a:b/t@1.0.0; use a:b/t@1.0.0.{p, r}; import g: func(p: p) -> option<r>; export a:b/t@1.0.0; } }`;
    dummy = await componentEmbed({ witSource: wit, dummy: true, world: 'c:d/w' });
  });

  test('a mutated world is read or refused', () => {
    fc.assert(
      fc.property(mutations, (changes) => {
        const result = decodeWorld(mutate(dummy, changes));
        expect(result.ok).toBe(result.diagnostics.length === 0);
      }),
      { numRuns: RUNS },
    );
  });

  test('random sections are read or refused', () => {
    const sections = fc.array(fc.tuple(fc.nat({ max: 13 }), fc.uint8Array({ maxLength: 40 })), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(sections, (list) => {
        const writer = new Writer().byte(...PREAMBLE);
        for (const [id, contents] of list) writer.section(id, new Writer().bytes(contents));
        const result = componentTypeOf(writer.finish());
        expect(result.ok).toBe(result.diagnostics.length === 0);
      }),
      { numRuns: RUNS },
    );
  });

  test('core sections of a mutated module are read or refused as Malformed', () => {
    const refused: unknown[] = [];
    fc.assert(
      fc.property(mutations, (changes) => {
        const bytes = mutate(dummy, changes);
        for (const read of [coreImports, coreExports, coreMemories, coreNames]) {
          refused.push(...thrownBy(() => read(bytes)));
        }
      }),
      { numRuns: RUNS },
    );
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.filter((error) => !(error instanceof Malformed))).toEqual([]);
  });
});

function thrownBy(run: () => unknown): unknown[] {
  try {
    run();
    return [];
  } catch (error) {
    return [error];
  }
}

describe('what would take too long is refused', () => {
  const limit = (bytes: Uint8Array): unknown => componentTypeOf(bytes).diagnostics.map(({ code }) => code);

  test('a type that doubles a hundred times', () => {
    const types = new Writer().u32(90).byte(0x6f, 0x02, 0x79, 0x79);
    for (let n = 0; n < 89; n++) types.byte(0x6f, 0x02).typeIndex(n).typeIndex(n);
    expect(
      limit(
        new Writer()
          .byte(...PREAMBLE)
          .section(7, types)
          .finish(),
      ),
    ).toEqual(['component/limit']);
  });

  test('a type a hundred thousand deep', () => {
    const types = new Writer().u32(100_000).byte(0x70, 0x79);
    for (let n = 0; n < 99_999; n++) types.byte(0x70).typeIndex(n);
    expect(
      limit(
        new Writer()
          .byte(...PREAMBLE)
          .section(7, types)
          .finish(),
      ),
    ).toEqual(['component/limit']);
  });

  test('components a thousand deep', () => {
    let inner = new Writer().byte(...PREAMBLE);
    for (let n = 0; n < 1000; n++) inner = new Writer().byte(...PREAMBLE).section(4, inner);
    expect(limit(inner.finish())).toEqual(['component/limit']);
  });

  test('instance types a thousand deep', () => {
    let inner = new Writer().byte(0x42, 0x00);
    for (let n = 0; n < 1000; n++) inner = new Writer().byte(0x42, 0x01, 0x01).append(inner);
    expect(
      limit(
        new Writer()
          .byte(...PREAMBLE)
          .section(7, new Writer().u32(1).append(inner))
          .finish(),
      ),
    ).toEqual(['component/limit']);
  });

  test('more imports than anyone needs', () => {
    const imports = new Writer().u32(5000);
    for (let n = 0; n < 5000; n++) imports.byte(0x00).text(`f${n}`).byte(0x01).u32(0);
    const types = new Writer().u32(1).byte(0x40, 0x00, 0x01, 0x00);
    expect(
      limit(
        new Writer()
          .byte(...PREAMBLE)
          .section(7, types)
          .section(10, imports)
          .finish(),
      ),
    ).toEqual(['component/limit']);
  });

  test('a vector that claims more elements than there are bytes', () => {
    const types = new Writer().u32(0xffff_fff0);
    const result = componentTypeOf(
      new Writer()
        .byte(...PREAMBLE)
        .section(7, types)
        .finish(),
    );
    expect(result.diagnostics).toMatchObject([
      { code: 'component/malformed', where: 'byte 0xa', expected: 'at most 0 elements', found: '4294967280' },
    ]);
  });

  test('an instance type with many resources imported again and again', () => {
    const body = new Writer().byte(0x42).u32(1000);
    for (let n = 0; n < 1000; n++) body.byte(0x04, 0x00).text(`r${n}`).byte(0x03, 0x01);
    const imports = new Writer().u32(4000);
    for (let n = 0; n < 4000; n++) imports.byte(0x00).text(`i${n}`).byte(0x05).u32(0);
    const bytes = new Writer()
      .byte(...PREAMBLE)
      .section(7, new Writer().u32(1).append(body))
      .section(10, imports);
    expect(limit(bytes.finish())).toEqual(['component/limit']);
  });
});
