import { Writer } from '../../binary/writer.ts';
import { elementSection, functionTypes, ID, importsOf, tableMinimums, type ElementSegment } from './core.ts';
import { NotThisShape } from './not-this-shape.ts';
import { renumbered, typeSection } from './renumber.ts';

/** From where a module that fills a table imports the functions, as `0`, `1`, …, and from where the table, as `late`. */
export const LATE = 'late';
export const STATE = 'state';

const PREAMBLE = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

/**
 * The module with functions of these types imported besides, and put into the table that `state` exports, from its first
 * slot on. Its own functions move up. Throws NotThisShape, Malformed.
 */
export function fillingTable(module: Uint8Array, types: readonly Uint8Array[]): Uint8Array {
  // The table that is imported would come before it, and code names tables by their place.
  if (tableMinimums(module).length > 0) throw new NotThisShape('its bindings have a table of their own');
  const imports = importsOf(module);
  const count = (kind: string): number => imports.filter((one) => one.kind === kind).length;
  const imported = count('func');
  return renumbered(module, {
    placeOf: (index) => (index < imported ? index : index + types.length),
    types,
    imports: importsFor(types, functionTypes(module).length),
    elements: [elementsFor(types, count('table'), imported)],
  });
}

/** A module that does nothing else. */
export function lateModule(types: readonly Uint8Array[]): Uint8Array {
  const out = new Writer().byte(...PREAMBLE).section(ID.type, typeSection(types));
  const imports = importsFor(types, 0);
  const section = new Writer().u32(imports.length);
  for (const one of imports) section.append(one);
  out.section(ID.import, section);
  out.section(ID.element, elementSection([elementsFor(types, 0, 0)]));
  return out.finish();
}

function importsFor(types: readonly Uint8Array[], firstType: number): Writer[] {
  const functions = [...types.keys()].map((at) =>
    new Writer()
      .text(LATE)
      .text(`${at}`)
      .byte(0x00)
      .u32(firstType + at),
  );
  return [...functions, new Writer().text(STATE).text('late').byte(0x01, 0x70, 0x00).u32(types.length)];
}

function elementsFor(types: readonly Uint8Array[], table: number, first: number): ElementSegment {
  return { table, offset: 0, functions: [...types.keys()].map((at) => first + at) };
}
