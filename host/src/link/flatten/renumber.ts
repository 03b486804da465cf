import type { CoreKind } from '../../binary/core-module.ts';
import { readExpression, type FunctionReference } from '../../binary/instructions.ts';
import { Reader } from '../../binary/reader.ts';
import { Writer } from '../../binary/writer.ts';
import {
  elementSection,
  elementSegments,
  exportsOf,
  functionBodies,
  functionTypes,
  ID,
  section,
  sectionsOf,
  type ElementSegment,
} from './core.ts';
import { AFTER_ELEMENTS, importSection } from './modules.ts';
import { NotThisShape } from './not-this-shape.ts';

const PREAMBLE = 8;
const FUNCTION_NAMES = 1;
const MODULE_NAME = 0;

/** Where a function goes that had that index; below zero where it goes away. */
type PlaceOf = (index: number) => number;

export interface Renumbering {
  readonly placeOf: PlaceOf;
  /** What comes behind the types, the imports and the elements that there are. */
  readonly types?: readonly Uint8Array[];
  readonly imports?: readonly Writer[];
  readonly elements?: readonly ElementSegment[];
}

/**
 * The module with its functions at other places, in whatever names one: exports, elements, instructions, names. Imported
 * functions that have no place are left out; nothing else may name them. Throws NotThisShape, Malformed.
 */
export function renumbered(module: Uint8Array, change: Renumbering): Uint8Array {
  const { placeOf, types = [], imports = [], elements = [] } = change;
  const out = new Writer().bytes(module.subarray(0, PREAMBLE));
  let elementsDone = elements.length === 0;
  for (const { id, name, header, start, end } of sectionsOf(module)) {
    if (!elementsDone && AFTER_ELEMENTS.has(id) && !section(module, ID.element)) {
      out.section(ID.element, elementSection(elements));
      elementsDone = true;
    }
    if (id === ID.type && types.length > 0)
      out.section(id, typeSection([...functionTypes(module), ...types]));
    else if (id === ID.import) {
      let at = 0;
      const isKept = (kind: CoreKind): boolean => kind !== 'func' || placeOf(at++) >= 0;
      out.section(id, importSection(new Reader(module, start, end), isKept, imports));
    } else if (id === ID.export) out.section(id, exportSection(module, placeOf));
    else if (id === ID.element) {
      const segments = elementSegments(module, new Map());
      const moved = segments.map((one) => ({ ...one, functions: one.functions.map(placeOf) }));
      out.section(id, elementSection([...moved, ...elements]));
      elementsDone = true;
    } else if (id === ID.code) out.section(id, codeSection(module, placeOf));
    else if (id === 0 && name === 'name') out.section(id, names(new Reader(module, start, end), placeOf));
    else out.bytes(module.subarray(header, end));
  }
  if (!elementsDone) throw new NotThisShape('its libraries lack sections');
  return out.finish();
}

export function typeSection(types: readonly Uint8Array[]): Writer {
  const out = new Writer().u32(types.length);
  for (const type of types) out.bytes(type);
  return out;
}

/** Calls back for each function that a body names. */
export function eachReference(body: Uint8Array, onFunction: (reference: FunctionReference) => void): void {
  const reader = new Reader(body);
  reader.vector((locals) => {
    locals.u32();
    locals.byte();
  });
  readExpression(reader, new Set(), { func: onFunction });
}

function exportSection(module: Uint8Array, placeOf: PlaceOf): Writer {
  const exports = exportsOf(module);
  const out = new Writer().u32(exports.length);
  for (const { name, kind, index } of exports) {
    const at = ['func', 'table', 'memory', 'global', 'tag'].indexOf(kind);
    out
      .text(name)
      .byte(at)
      .u32(kind === 'func' ? placeOf(index) : index);
  }
  return out;
}

function codeSection(module: Uint8Array, placeOf: PlaceOf): Writer {
  const bodies = functionBodies(module);
  const out = new Writer().u32(bodies.length);
  for (const body of bodies) {
    const moved = new Writer();
    let written = 0;
    eachReference(body, ({ opcode, start, end, function: named }) => {
      moved.bytes(body.subarray(written, start)).byte(opcode).u32(placeOf(named));
      written = end;
    });
    moved.bytes(body.subarray(written));
    out.u32(moved.length).append(moved);
  }
  return out;
}

/** Names of the module and of functions; those of locals and the like are left out. */
function names(reader: Reader, placeOf: PlaceOf): Writer {
  const out = new Writer().text('name');
  while (!reader.done) {
    const id = reader.byte();
    const contents = reader.part(reader.u32());
    if (id === MODULE_NAME)
      out.section(id, new Writer().bytes(contents.file.subarray(contents.offset, contents.end)));
    if (id !== FUNCTION_NAMES) continue;
    const known = contents.vector((r): [number, Uint8Array] => [placeOf(r.u32()), r.bytes(r.u32())]);
    const kept = known.filter(([place]) => place >= 0).toSorted(([a], [b]) => a - b);
    const section = new Writer().u32(kept.length);
    for (const [place, name] of kept) section.u32(place).u32(name.length).bytes(name);
    out.section(id, section);
  }
  return out;
}
