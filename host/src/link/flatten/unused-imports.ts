import type { CoreKind } from '../../binary/core-module.ts';
import { readExpression, type FunctionReference } from '../../binary/instructions.ts';
import { Reader } from '../../binary/reader.ts';
import { Writer } from '../../binary/writer.ts';
import {
  elementSection,
  elementSegments,
  exportsOf,
  functionBodies,
  ID,
  importsOf,
  sectionsOf,
} from './core.ts';
import { importSection } from './modules.ts';
import { NotThisShape } from './not-this-shape.ts';

const PREAMBLE = 8;
const FUNCTION_NAMES = 1;
const MODULE_NAME = 0;

/**
 * The module without the functions that it imports and never names: an engine resolves each import anew for every
 * instance, and a service's bindings import every function of the runtime, few of which its world needs. Functions
 * move down to the places that become free. Throws NotThisShape, Malformed.
 */
export function withoutUnusedImports(module: Uint8Array): Uint8Array {
  const imports = importsOf(module);
  const imported = imports.filter(({ kind }) => kind === 'func').length;
  const used = usedFunctions(module);
  const places: number[] = [];
  let free = 0;
  for (let at = 0; at < imported; at++) places.push(used.has(at) ? free++ : -1);
  if (free === imported) return module;
  const placeOf = (index: number): number =>
    index < imported ? (places[index] ?? -1) : index - imported + free;

  const out = new Writer().bytes(module.subarray(0, PREAMBLE));
  for (const { id, name, header, start, end } of sectionsOf(module)) {
    if (id === ID.import) {
      let at = 0;
      const isKept = (kind: CoreKind): boolean => kind !== 'func' || placeOf(at++) >= 0;
      out.section(id, importSection(new Reader(module, start, end), isKept));
    } else if (id === ID.export) out.section(id, exportSection(module, placeOf));
    else if (id === ID.element) {
      const segments = elementSegments(module, new Map());
      const moved = segments.map((one) => ({ ...one, functions: one.functions.map(placeOf) }));
      out.section(id, elementSection(moved));
    } else if (id === ID.code) out.section(id, codeSection(module, placeOf));
    else if (id === 0 && name === 'name') out.section(id, names(new Reader(module, start, end), placeOf));
    else out.bytes(module.subarray(header, end));
  }
  return out.finish();
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
