import * as fc from 'fast-check';
import { Writer } from '../../../src/binary/writer.ts';
import { SECTION } from '../../../src/component/syntax.ts';
import { changeAt, count, join, type Part } from './parts.ts';

const at = fc.nat({ max: 2 ** 20 });
const bytes = fc.uint8Array({ minLength: 1, maxLength: 6 });

/** A change of bytes, wherever they stand. */
const byteChange = fc.record({
  kind: fc.constantFrom('set', 'cut', 'insert', 'double', 'truncate', 'overlong', 'huge', 'step'),
  at,
  bytes,
});

/** A change that keeps the sizes of sections right, so that it gets past the reader and into what indices mean. */
const sectionChange = fc.record({
  kind: fc.constantFrom('contents', 'remove', 'repeat', 'swap', 'graft', 'wrap', 'nest', 'many'),
  at,
  other: at,
  change: byteChange,
});

export const mutations = fc.record({
  seed: fc.nat({ max: 1000 }),
  sections: fc.array(sectionChange, { maxLength: 4 }),
  bytes: fc.array(byteChange, { maxLength: 2 }),
});

type ByteChange = typeof byteChange extends fc.Arbitrary<infer C> ? C : never;
type SectionChange = typeof sectionChange extends fc.Arbitrary<infer C> ? C : never;
export type Mutations = typeof mutations extends fc.Arbitrary<infer M> ? M : never;

/** The seed with those changes; sections are grafted from the other seeds. */
export function mutate(seeds: readonly (readonly Part[])[], { seed, ...changes }: Mutations): Uint8Array {
  let parts: readonly Part[] = seeds[seed % seeds.length] ?? [];
  const donor = seeds[(seed + 1) % seeds.length] ?? [];
  for (const change of changes.sections) parts = changeSection(parts, donor, change);
  return changes.bytes.reduce(changeBytes, join(parts));
}

function changeSection(
  parts: readonly Part[],
  donor: readonly Part[],
  { kind, at: place, other, change }: SectionChange,
): readonly Part[] {
  if (kind === 'wrap') {
    // Up to beyond the deepest nesting that is taken.
    let wrapped = parts;
    for (let depth = other % 80; depth > 0; depth--)
      wrapped = [{ id: SECTION.component, contents: join(wrapped) }];
    return wrapped;
  }
  return changeAt(parts, place % Math.max(1, count(parts)), (siblings, index) => {
    const part = siblings[index];
    if (!part) return siblings;
    const next = siblings[other % siblings.length] ?? part;
    switch (kind) {
      case 'contents':
        if ('parts' in part) return siblings;
        return siblings.with(index, { id: part.id, contents: changeBytes(part.contents, change) });
      case 'remove':
        return siblings.toSpliced(index, 1);
      case 'repeat':
        return siblings.toSpliced(other % siblings.length, 0, part);
      case 'swap':
        return siblings.with(index, next).with(other % siblings.length, part);
      case 'graft':
        return siblings.toSpliced(index, 0, donor[other % Math.max(1, donor.length)] ?? part);
      case 'nest':
        return siblings.with(index, { id: SECTION.component, parts: siblings.slice(0, index) });
      case 'many':
        return siblings.toSpliced(index, 0, ...Array.from({ length: other % 20 }, () => part));
    }
  });
}

export function changeBytes(from: Uint8Array, { kind, at: place, bytes: given }: ByteChange): Uint8Array {
  const offset = place % Math.max(1, from.length);
  const [before, after] = [from.subarray(0, offset), from.subarray(offset)];
  const joined = (...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array => {
    const out = new Writer();
    for (const part of parts) out.bytes(Uint8Array.from(part));
    return out.finish();
  };
  switch (kind) {
    case 'set':
      return joined(before, given, after.subarray(given.length));
    case 'cut':
      return joined(before, after.subarray(given.length));
    case 'insert':
      return joined(before, given, after);
    case 'double':
      return joined(from, from.subarray(Math.max(0, offset - 40)));
    case 'truncate':
      return before.slice();
    // The same number in more bytes than it needs, up to more than are allowed.
    case 'overlong':
      return joined(before, [(after[0] ?? 0) | 0x80, ...given.map(() => 0x80), 0x00], after.subarray(1));
    case 'huge':
      return joined(before, [0xff, 0xff, 0xff, 0xff, 0x0f], after.subarray(1));
    // An index one higher or lower leads to a neighbour of it.
    case 'step':
      return joined(before, [(after[0] ?? 0) + ((given[0] ?? 0) % 2 === 0 ? 1 : 255)], after.subarray(1));
  }
}
