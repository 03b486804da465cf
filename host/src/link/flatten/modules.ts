import { skipImport, type CoreImport, type CoreKind } from '../../binary/core-module.ts';
import { Reader } from '../../binary/reader.ts';
import { Writer } from '../../binary/writer.ts';
import {
  constantExpression,
  definedGlobals,
  elementSection,
  elementSegments,
  exportsOf,
  ID,
  importsOf,
  parameterCount,
  section,
  sectionsOf,
  type ElementSegment,
} from './core.ts';
import { NotThisShape } from './not-this-shape.ts';

const PREAMBLE = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
const TABLE = 4;
const TABLE_EXPORT = '__indirect_function_table';
/** Sections that say how to link a module that is linked now, and which proposals its code may use. */
const DROPPED_CUSTOM: ReadonlySet<string> = new Set(['dylink.0', '.dep-v0', 'target_features']);
/** Data count, code and data: what follows the element section. */
export const AFTER_ELEMENTS: ReadonlySet<number> = new Set([12, 10, 11]);
/** Table sizes are rounded up to it, so that services of about the same size share one module. */
const TABLE_STEP = 256;

/** A function that a module gets: what its body does, by its type as bytes. */
export type Stub =
  /** Calls what stands in its slot of the table of late functions. */
  | { readonly does: 'forward'; readonly type: Uint8Array; readonly slot: number }
  | { readonly does: 'trap' | 'empty' | 'nothing'; readonly type: Uint8Array };

/**
 * The module that owns memory and state of a service: memory, globals and data of `main`, and instead of its
 * functions and table the stubs given, exported by name, with a table `late` for those that forward. Data is copied as
 * it stands, since a snapshot has thousands of segments. Throws NotThisShape.
 */
export function stateModule(main: Uint8Array, stubs: ReadonlyMap<string, Stub>, slots: number): Writer {
  if (importsOf(main).some(({ kind }) => kind !== 'func'))
    throw new NotThisShape('its main module imports state of others');
  const out = new Writer().byte(...PREAMBLE);
  const types = new Map<string, { index: number; type: Uint8Array }>();
  const typeOf = ({ type }: Stub): number => {
    const key = type.join(' ');
    let known = types.get(key);
    if (!known) types.set(key, (known = { index: types.size, type }));
    return known.index;
  };
  const functions = [...stubs.values()];
  const indices = functions.map(typeOf);
  if (functions.length > 0) {
    const section = new Writer().u32(types.size);
    for (const { type } of types.values()) section.bytes(type);
    out.section(ID.type, section);
    const declared = new Writer().u32(indices.length);
    for (const index of indices) declared.u32(index);
    out.section(ID.function, declared);
  }
  if (slots > 0) out.section(TABLE, new Writer().byte(0x01, 0x70, 0x01).u32(slots).u32(slots));
  copySection(main, ID.memory, out);
  copySection(main, ID.global, out);

  const kept = exportsOf(main).filter(({ kind }) => kind === 'global' || kind === 'memory');
  const exports = new Writer().u32(kept.length + stubs.size + (slots > 0 ? 1 : 0));
  for (const { name, kind, index } of kept)
    exports
      .text(name)
      .byte(kind === 'memory' ? 2 : 3)
      .u32(index);
  for (const [at, name] of [...stubs.keys()].entries()) exports.text(name).byte(0).u32(at);
  if (slots > 0) exports.text('late').byte(1, 0);
  out.section(ID.export, exports);

  if (functions.length > 0) {
    const code = new Writer().u32(functions.length);
    for (const [at, stub] of functions.entries()) {
      const body = stubBody(stub, indices[at] ?? 0);
      code.u32(body.length).append(body);
    }
    out.section(ID.code, code);
  }
  copySection(main, ID.data, out);
  return out;
}

function copySection(module: Uint8Array, id: number, out: Writer): void {
  const found = section(module, id);
  if (found) out.bytes(module.subarray(found.header, found.end));
}

/**
 * Writes a list without elements to the place that the only parameter names. Its address is one that is aligned and
 * not null, as `realloc` gives for nothing: Rust's `Vec` wants that.
 */
const EMPTY_LIST = [0x20, 0x00, 0x41, 0x08, 0x36, 0x02, 0x00, 0x20, 0x00, 0x41, 0x00, 0x36, 0x02, 0x04];

function stubBody(stub: Stub, type: number): Writer {
  const body = new Writer().byte(0x00);
  if (stub.does === 'trap') body.byte(0x00);
  if (stub.does === 'empty') body.byte(...EMPTY_LIST);
  if (stub.does === 'forward') forward(body, stub.slot, type, parameterCount(stub.type));
  return body.byte(0x0b);
}

function forward(body: Writer, slot: number, type: number, parameters: number): void {
  for (let at = 0; at < parameters; at++) body.byte(0x20).u32(at);
  body.byte(0x41).typeIndex(slot).byte(0x11).u32(type).byte(0x00);
}

/** Whether a function's body, as in the code section, does nothing but call that slot of its module's table. */
export function forwardsTo(body: Uint8Array, type: number, parameters: number): number | undefined {
  const reader = new Reader(body);
  if (reader.byte() !== 0) return undefined;
  for (let at = 0; at < parameters; at++) if (reader.byte() !== 0x20 || reader.u32() !== at) return undefined;
  if (reader.byte() !== 0x41) return undefined;
  const slot = reader.s33();
  const rest = [reader.byte(), reader.u32(), reader.byte(), reader.byte()];
  return reader.done && rest.join(' ') === [0x11, type, 0x00, 0x0b].join(' ') ? slot : undefined;
}

/** What imported globals are known to be, by index. */
export type KnownGlobals = ReadonlyMap<number, number>;

/**
 * A relocatable module with its places in memory and table filled in, as far as that needs no code touched:
 * offsets of elements and initial values of globals become constants. With `ownTable` the table is no longer
 * imported but its own, of at least that size, and exported: then an engine knows all its elements beforehand.
 */
export function placedModule(
  module: Uint8Array,
  known: KnownGlobals,
  change: { readonly ownTable?: number; readonly elements?: readonly ElementSegment[] },
): Writer {
  const { ownTable } = change;
  if (ownTable !== undefined && exportsOf(module).some(({ name }) => name === TABLE_EXPORT))
    throw new NotThisShape('its runtime exports a table already');
  const out = new Writer().byte(...PREAMBLE);
  const elements = [...elementSegments(module, known), ...(change.elements ?? [])];
  let tableDone = ownTable === undefined;
  let elementsDone = elements.length === 0;
  for (const one of sectionsOf(module)) {
    if (!elementsDone && AFTER_ELEMENTS.has(one.id)) {
      out.section(ID.element, elementSection(elements));
      elementsDone = true;
    }
    if (!tableDone && one.id > ID.function && one.id !== 0) {
      const size = Math.ceil(ownTable! / TABLE_STEP) * TABLE_STEP;
      out.section(TABLE, new Writer().byte(0x01, 0x70, 0x00).u32(size));
      tableDone = true;
    }
    if (one.id === ID.import && ownTable !== undefined) {
      out.section(ID.import, importsWithoutTable(module));
    } else if (one.id === ID.global) {
      out.section(ID.global, placedGlobals(module, known));
    } else if (one.id === ID.export && ownTable !== undefined) {
      const reader = new Reader(module, one.start, one.end);
      const count = reader.u32();
      const exports = new Writer().u32(count + 1).bytes(module.subarray(reader.offset, one.end));
      out.section(ID.export, exports.text(TABLE_EXPORT).byte(1, 0));
    } else if (one.id === ID.element) {
      // Written with those added.
    } else if (one.id !== 0 || !DROPPED_CUSTOM.has(one.name ?? '')) {
      out.bytes(module.subarray(one.header, one.end));
    }
  }
  if (!tableDone || !elementsDone) throw new NotThisShape('its libraries lack sections');
  return out;
}

function importsWithoutTable(module: Uint8Array): Writer {
  const found = section(module, ID.import)!;
  return importSection(new Reader(module, found.start, found.end), (kind) => kind !== 'table');
}

/** The import section with those imports that are kept, and further ones. */
export function importSection(
  reader: Reader,
  isKept: (kind: CoreKind) => boolean,
  added: readonly Writer[] = [],
): Writer {
  const kept: Uint8Array[] = [];
  reader.vector((r) => {
    const start = r.offset;
    if (isKept(skipImport(r))) kept.push(r.file.subarray(start, r.offset));
  });
  const out = new Writer().u32(kept.length + added.length);
  for (const one of kept) out.bytes(one);
  for (const one of added) out.append(one);
  return out;
}

function placedGlobals(module: Uint8Array, known: KnownGlobals): Writer {
  const globals = definedGlobals(module, known);
  const out = new Writer().u32(globals.length);
  for (const { type, mutable, value, raw } of globals) {
    if (value === undefined) out.bytes(raw);
    else out.byte(type, mutable ? 1 : 0).append(constantExpression(value));
  }
  return out;
}

/** What a relocatable module's imported globals are, from those that it is given. */
export function knownGlobals(
  module: Uint8Array,
  valueOf: (one: CoreImport) => number | undefined,
): KnownGlobals {
  const known = new Map<number, number>();
  for (const [index, one] of importsOf(module)
    .filter(({ kind }) => kind === 'global')
    .entries()) {
    const value = valueOf(one);
    if (value !== undefined) known.set(index, value);
  }
  return known;
}
