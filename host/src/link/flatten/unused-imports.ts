import type { CoreImport, CoreKind } from '../../binary/core-module.ts';
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
  importsOf,
  section,
  sectionsOf,
  tableMinimums,
  type ElementSegment,
} from './core.ts';
import { AFTER_ELEMENTS, importSection, LATE } from './modules.ts';
import { NotThisShape } from './not-this-shape.ts';

const PREAMBLE = 8;
const FUNCTION_NAMES = 1;
const MODULE_NAME = 0;

/** Functions that a module is to import and put into a table that it imports too, from its first slot on. */
export interface Filling {
  /** Types of the functions, in the order of their slots; they are imported as `late` `0`, `1`, … */
  readonly types: readonly Uint8Array[];
  /** Names of the import that is the table. */
  readonly table: readonly [module: string, name: string];
}

/**
 * The module without the functions that it imports and never names: an engine resolves each import anew for every
 * instance, and a service's bindings import every function of the runtime, few of which its world needs. Functions
 * move down to the places that become free. What it is to fill a table with comes behind the imports that are left. Throws
 * NotThisShape, Malformed.
 */
export function withoutUnusedImports(module: Uint8Array, filling?: Filling): Uint8Array {
  const imports = importsOf(module);
  const imported = imports.filter(({ kind }) => kind === 'func').length;
  const used = usedFunctions(module);
  const places: number[] = [];
  let kept = 0;
  for (let at = 0; at < imported; at++) places.push(used.has(at) ? kept++ : -1);
  const added = filling?.types.length ?? 0;
  if (added > 0 && tableMinimums(module).length > 0)
    throw new NotThisShape('its bindings have a table of their own');
  if (kept === imported && added === 0) return module;
  const placeOf = (index: number): number =>
    index < imported ? (places[index] ?? -1) : index - imported + kept + added;

  const types = functionTypes(module);
  const out = new Writer().bytes(module.subarray(0, PREAMBLE));
  let filled = added === 0;
  for (const { id, name, header, start, end } of sectionsOf(module)) {
    if (!filled && AFTER_ELEMENTS.has(id) && !section(module, ID.element)) {
      out.section(ID.element, elementSection([fillingOf(imports, kept, added)]));
      filled = true;
    }
    if (id === ID.type && filling) out.section(id, typeSection([...types, ...filling.types]));
    else if (id === ID.import) {
      let at = 0;
      const isKept = (kind: CoreKind): boolean => kind !== 'func' || placeOf(at++) >= 0;
      out.section(
        id,
        importSection(
          new Reader(module, start, end),
          isKept,
          filling && importsOfFilling(filling, types.length),
        ),
      );
    } else if (id === ID.export) out.section(id, exportSection(module, placeOf));
    else if (id === ID.element) {
      const segments = elementSegments(module, new Map());
      const moved = segments.map((one) => ({ ...one, functions: one.functions.map(placeOf) }));
      out.section(id, elementSection(filled ? moved : [...moved, fillingOf(imports, kept, added)]));
      filled = true;
    } else if (id === ID.code) out.section(id, codeSection(module, placeOf));
    else if (id === 0 && name === 'name') out.section(id, names(new Reader(module, start, end), placeOf));
    else out.bytes(module.subarray(header, end));
  }
  if (!filled) throw new NotThisShape('its libraries lack sections');
  return out.finish();
}

function importsOfFilling({ types, table: [module, name] }: Filling, firstType: number): Writer[] {
  const functions = types.map((_, at) =>
    new Writer()
      .text(LATE)
      .text(`${at}`)
      .byte(0x00)
      .u32(firstType + at),
  );
  return [...functions, new Writer().text(module).text(name).byte(0x01, 0x70, 0x00).u32(types.length)];
}

/** The table comes behind those that are imported already. */
function fillingOf(imports: readonly CoreImport[], first: number, count: number): ElementSegment {
  const table = imports.filter(({ kind }) => kind === 'table').length;
  return { table, offset: 0, functions: Array.from({ length: count }, (_, at) => first + at) };
}

function typeSection(types: readonly Uint8Array[]): Writer {
  const out = new Writer().u32(types.length);
  for (const type of types) out.bytes(type);
  return out;
}

/** What exports, elements and code name. */
function usedFunctions(module: Uint8Array): Set<number> {
  const used = new Set<number>();
  for (const { kind, index } of exportsOf(module)) if (kind === 'func') used.add(index);
  for (const { functions } of elementSegments(module, new Map()))
    for (const index of functions) used.add(index);
  for (const body of functionBodies(module)) eachReference(body, (one) => used.add(one.function));
  for (const { id, start, end } of sectionsOf(module)) {
    if (id === ID.start) throw new NotThisShape('its core modules have start functions');
    if (id !== ID.global) continue;
    new Reader(module, start, end).vector((reader) => {
      reader.bytes(2);
      readExpression(reader, new Set(), {
        func() {
          throw new NotThisShape('it has globals that hold functions');
        },
      });
    });
  }
  return used;
}

function eachReference(body: Uint8Array, onFunction: (reference: FunctionReference) => void): void {
  const reader = new Reader(body);
  reader.vector((locals) => {
    locals.u32();
    locals.byte();
  });
  readExpression(reader, new Set(), { func: onFunction });
}

type PlaceOf = (index: number) => number;

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
