import {
  CORE_SECTION,
  coreExports,
  coreImports,
  coreMemories,
  coreSections,
} from '../../binary/core-module.ts';
import { readExpression } from '../../binary/instructions.ts';
import { Reader } from '../../binary/reader.ts';
import { Writer } from '../../binary/writer.ts';
import type { CoreExports } from './core-graph.ts';
import { unexpected } from './engine.ts';

const ID = { ...CORE_SECTION, start: 8, data: 11 } as const;
const PAGE = 65_536;
const GLOBAL = 0x03;
/** Value types of globals that a snapshot can hold. */
const TYPE = { i32: 0x7f, i64: 0x7e } as const;
/** Names under which a module's globals are exported while it runs; no toolchain's names begin so. */
const PREFIX = 'tenon:snapshot/';

/** A number that a module keeps from call to call. */
interface MutableGlobal {
  readonly index: number;
}

/** The globals that a module defines itself and may change. Throws Malformed, TenonError `internal/bug`. */
export function mutableGlobals(module: Uint8Array): MutableGlobal[] {
  const imported = coreImports(module).filter(({ kind }) => kind === 'global').length;
  return globalSection(module)
    .map(({ mutable }, at) => ({ index: imported + at, mutable }))
    .filter(({ mutable }) => mutable);
}

/** The module with its mutable globals exported, so that a snapshot can be taken of an instance. */
export function observable(module: Uint8Array): Uint8Array {
  const added = mutableGlobals(module);
  if (added.length === 0) return module;
  return rewritten(module, (id, contents) => {
    if (id !== ID.export) return undefined;
    const section = new Writer().u32(contents.u32() + added.length);
    section.bytes(module.subarray(contents.offset, contents.end));
    for (const { index } of added)
      section
        .text(PREFIX + index)
        .byte(GLOBAL)
        .u32(index);
    return section;
  });
}

/** The values of an instance's mutable globals, which {@link observable} has exported, by their index. */
export function globalValues(module: Uint8Array, exports: CoreExports): ReadonlyMap<number, number | bigint> {
  return new Map(
    mutableGlobals(module).map(({ index }) => {
      const { value } = exports[PREFIX + index] as WebAssembly.Global;
      return [index, value as number | bigint];
    }),
  );
}

/** The module with other initial values for some of its globals, which must be i32 or i64. */
export function withGlobals(module: Uint8Array, values: ReadonlyMap<number, number | bigint>): Uint8Array {
  if (values.size === 0) return module;
  const imported = coreImports(module).filter(({ kind }) => kind === 'global').length;
  return rewritten(module, (id) => {
    if (id !== ID.global) return undefined;
    const globals = globalSection(module);
    const section = new Writer().u32(globals.length);
    for (const [at, { type, mutable, raw }] of globals.entries()) {
      const value = values.get(imported + at);
      if (value === undefined) section.bytes(raw);
      else constant(section.byte(type, mutable ? 1 : 0), type, value);
    }
    return section;
  });
}

/** The values of immutable and mutable i32 globals that the module exports, by name. */
export function exportedNumbers(module: Uint8Array): ReadonlyMap<string, { index: number; value: number }> {
  const imported = coreImports(module).filter(({ kind }) => kind === 'global').length;
  const globals = globalSection(module);
  const found = new Map<string, { index: number; value: number }>();
  for (const { name, kind, index } of coreExports(module)) {
    const value = kind === 'global' ? globals[index - imported]?.value : undefined;
    if (value !== undefined) found.set(name, { index, value });
  }
  return found;
}

/** What a module's active data segments, all of them at constant places, make of an empty memory of that size. */
export function initialMemory(module: Uint8Array, size: number): Uint8Array {
  const memory = new Uint8Array(size);
  for (const { id, start, end } of coreSections(module)) {
    if (id !== ID.data) continue;
    new Reader(module, start, end).vector((reader) => {
      if (reader.byte() !== 0x00 || reader.byte() !== 0x41)
        throw unexpected('data at constant places', 'other data');
      const offset = reader.s33();
      reader.byte();
      const bytes = reader.bytes(reader.u32());
      if (offset < size) memory.set(bytes.subarray(0, size - offset), offset);
    });
  }
  return memory;
}

/** The module with a memory of those contents, in place of its own data: its one memory, whole pages. */
export function withMemory(module: Uint8Array, memory: Uint8Array): Uint8Array {
  const data = dataSection(memory);
  let written = false;
  const writer = new Writer().bytes(
    rewritten(module, (id) => {
      if (id === ID.memory)
        return new Writer()
          .u32(1)
          .byte(0x00)
          .u32(memory.length / PAGE);
      if (id !== ID.data) return undefined;
      written = true;
      return data;
    }),
  );
  // The data of a module comes last but for custom sections, which may stand anywhere.
  return written ? writer.finish() : writer.section(ID.data, data).finish();
}

/** The module with its one memory kept from growing beyond so many pages. */
export function withMemoryLimit(module: Uint8Array, pages: number): Uint8Array {
  const [memory] = coreMemories(module);
  return rewritten(module, (id) => {
    if (id !== ID.memory) return undefined;
    return new Writer().u32(1).byte(0x01).u32(memory!.minimum).u32(pages);
  });
}

/** Segments that a run of zeros stands between only where it is longer than a segment's head. */
const GAP = 8;

/** Active segments for all that is not zero. */
function dataSection(memory: Uint8Array): Writer {
  const runs: { start: number; end: number }[] = [];
  for (let at = 0; at < memory.length; at++) {
    if (memory[at] === 0) continue;
    const last = runs.at(-1);
    if (last && at - last.end <= GAP) last.end = at + 1;
    else runs.push({ start: at, end: at + 1 });
  }
  const section = new Writer().u32(runs.length);
  for (const { start, end } of runs) {
    constant(section.byte(0x00), TYPE.i32, start)
      .u32(end - start)
      .bytes(memory.subarray(start, end));
  }
  return section;
}

/**
 * A module's code without what it starts with: its data segments are empty, nothing runs at its start, and the types
 * for whoever links it are gone.
 */
export function withoutStart(module: Uint8Array): Uint8Array {
  return rewritten(module, (id, contents, name) => {
    if (id === ID.start) return 'none';
    if (name?.startsWith('component-type:')) return 'none';
    if (id !== ID.data) return undefined;
    // Passive and empty; so many, because instructions may name them.
    const count = contents.u32();
    const section = new Writer().u32(count);
    for (let at = 0; at < count; at++) section.byte(0x01, 0x00);
    return section;
  });
}

/** The module with one of the functions that it exports doing nothing; the function must have no result. */
export function withIdle(module: Uint8Array, name: string): Uint8Array {
  const imported = coreImports(module).filter(({ kind }) => kind === 'func').length;
  const idle = coreExports(module).find((one) => one.kind === 'func' && one.name === name);
  if (!idle) throw unexpected(`a function ${name}`, 'none');
  return rewritten(module, (id, contents) => {
    if (id !== ID.code) return undefined;
    const bodies = contents.vector((reader) => reader.bytes(reader.u32()));
    const section = new Writer().u32(bodies.length);
    for (const [at, body] of bodies.entries()) {
      const kept = at + imported === idle.index ? NOTHING : body;
      section.u32(kept.length).bytes(kept);
    }
    return section;
  });
}

/** A body without locals or instructions. */
const NOTHING = Uint8Array.of(0x00, 0x0b);

/** The module with some sections replaced; 'none' leaves one out. */
function rewritten(
  module: Uint8Array,
  replace: (id: number, contents: Reader, name: string | undefined) => Writer | 'none' | undefined,
): Uint8Array {
  const writer = new Writer().bytes(module.subarray(0, 8));
  for (const { id, start, header, end, name } of coreSections(module)) {
    const section = replace(id, new Reader(module, start, end), name);
    if (section === 'none') continue;
    if (section) writer.section(id, section);
    else writer.bytes(module.subarray(header, end));
  }
  return writer.finish();
}

interface DefinedGlobal {
  readonly type: number;
  readonly mutable: boolean;
  /** Of an i32 that is a constant. */
  readonly value?: number;
  readonly raw: Uint8Array;
}

function globalSection(module: Uint8Array): DefinedGlobal[] {
  const section = coreSections(module).find(({ id }) => id === ID.global);
  if (!section) return [];
  return new Reader(module, section.start, section.end).vector((reader) => {
    const start = reader.offset;
    const type = reader.byte();
    const mutable = reader.byte() === 0x01;
    if (mutable && type !== TYPE.i32 && type !== TYPE.i64)
      throw unexpected('globals that are whole numbers', 'others');
    const value = constantAt(new Reader(module, reader.offset, reader.end));
    readExpression(reader, new Set());
    const raw = module.subarray(start, reader.offset);
    return { type, mutable, raw, ...(value !== undefined && { value }) };
  });
}

/** The value of an expression that is an i32 constant and no more. */
function constantAt(reader: Reader): number | undefined {
  if (reader.byte() !== 0x41) return undefined;
  const value = reader.s33();
  return reader.byte() === 0x0b ? value : undefined;
}

/** `i32.const` or `i64.const`, the value, `end`. */
function constant(writer: Writer, type: number, value: number | bigint): Writer {
  writer.byte(type === TYPE.i64 ? 0x42 : 0x41);
  let rest = BigInt(value);
  for (;;) {
    const byte = Number(rest & 0x7fn);
    rest >>= 7n;
    const last = (rest === 0n && byte < 0x40) || (rest === -1n && byte >= 0x40);
    writer.byte(last ? byte : byte | 0x80);
    if (last) return writer.byte(0x0b);
  }
}
