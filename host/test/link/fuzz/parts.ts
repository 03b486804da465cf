import { Writer } from '../../../src/binary/writer.ts';
import { readComponent } from '../../../src/component/decode.ts';
import { SECTION, type ComponentSyntax } from '../../../src/component/syntax.ts';

/** A component as sections that can be moved about: sizes are worked out anew when it is written. */
export type Part =
  | { readonly id: number; readonly contents: Uint8Array }
  | { readonly id: typeof SECTION.component; readonly parts: readonly Part[] };

const PREAMBLE = [0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00];

export function partsOf(bytes: Uint8Array): Part[] {
  return split(bytes, readComponent(bytes));
}

function split(bytes: Uint8Array, component: ComponentSyntax): Part[] {
  return component.sections.map((section): Part => {
    const [first] = section.definitions;
    if (first?.is === 'component') return { id: SECTION.component, parts: split(bytes, first.component) };
    return { id: section.id, contents: bytes.slice(section.start, section.end) };
  });
}

export function join(parts: readonly Part[]): Uint8Array {
  return write(parts).finish();
}

function write(parts: readonly Part[]): Writer {
  const out = new Writer().byte(...PREAMBLE);
  for (const part of parts)
    out.section(part.id, 'parts' in part ? write(part.parts) : new Writer().bytes(part.contents));
  return out;
}

/** Changes the list that the `at`th section stands in, counted at every depth; the list stays where there is none. */
export function changeAt(
  parts: readonly Part[],
  at: number,
  change: (siblings: readonly Part[], index: number) => readonly Part[],
): readonly Part[] {
  let before = 0;
  for (const [index, part] of parts.entries()) {
    const size = count([part]);
    if (at === before) return change(parts, index);
    if (at < before + size && 'parts' in part) {
      const inner = changeAt(part.parts, at - before - 1, change);
      return parts.with(index, { id: SECTION.component, parts: inner });
    }
    before += size;
  }
  return parts;
}

/** Sections at every depth. */
export function count(parts: readonly Part[]): number {
  return parts.reduce((sum, part) => sum + 1 + ('parts' in part ? count(part.parts) : 0), 0);
}
