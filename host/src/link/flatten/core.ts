import {
  CORE_SECTION,
  coreExports,
  coreImports,
  coreSections,
  limits,
  skipCoreValueType,
  type CoreExport,
  type CoreImport,
  type CoreSection,
} from '../../binary/core-module.ts';
import { readExpression } from '../../binary/instructions.ts';
import { Reader } from '../../binary/reader.ts';
import { Writer } from '../../binary/writer.ts';
import { once } from '../once.ts';
import { NotThisShape } from './not-this-shape.ts';

export const ID = { ...CORE_SECTION, start: 8, element: 9, data: 11 } as const;

/** Core functions' types as they stand in a module, each `0x60 params results`. Throws NotThisShape at others. */
export const functionTypes = once((module: Uint8Array): readonly Uint8Array[] =>
  inSection(module, ID.type, (reader) => {
    const start = reader.offset;
    if (reader.byte() !== 0x60) throw new NotThisShape('its core modules have types other than functions');
    reader.vector(skipCoreValueType);
    reader.vector(skipCoreValueType);
    return module.subarray(start, reader.offset);
  }),
);

export function parameterCount(type: Uint8Array): number {
  return new Reader(type, 1).u32();
}

export interface CoreGlobal {
  readonly type: number;
  readonly mutable: boolean;
  /** Its initial value, where that is an i32 that can be told now. */
  readonly value?: number;
  /** Its whole definition. */
  readonly raw: Uint8Array;
}

/** The globals that a module defines; `known` are the values of immutable ones before them. */
export function definedGlobals(module: Uint8Array, known: ReadonlyMap<number, number>): CoreGlobal[] {
  return inSection(module, ID.global, (reader) => {
    const start = reader.offset;
    const type = reader.peek();
    skipCoreValueType(reader);
    const mutable = reader.byte() === 0x01;
    const value = constant(reader, known);
    const raw = module.subarray(start, reader.offset);
    return { type, mutable, raw, ...(value !== undefined && { value }) };
  });
}

/** The value of a constant i32 expression, or nothing; the reader is behind its end afterwards. */
export function constant(reader: Reader, known: ReadonlyMap<number, number>): number | undefined {
  const start = reader.offset;
  // Nearly always it is a number and no more.
  if (reader.peek() === 0x41) {
    reader.byte();
    const value = reader.s33();
    if (reader.byte() === 0x0b) return value >= 0 && value < 2 ** 31 ? value : undefined;
    reader.offset = start;
  }
  const stack: (number | undefined)[] = [];
  for (;;) {
    const opcode = reader.byte();
    if (opcode === 0x0b) break;
    if (opcode === 0x41) stack.push(reader.s33());
    else if (opcode === 0x23) stack.push(known.get(reader.u32()));
    else if (opcode === 0x6a) {
      const [b, a] = [stack.pop(), stack.pop()];
      stack.push(a === undefined || b === undefined ? undefined : a + b);
    } else {
      reader.offset = start;
      readExpression(reader, new Set());
      return undefined;
    }
  }
  const [value] = stack;
  return value !== undefined && stack.length === 1 && value >= 0 && value < 2 ** 31 ? value : undefined;
}

/** Writes `i32.const value; end`. */
export function constantExpression(value: number): Writer {
  return new Writer().byte(0x41).typeIndex(value).byte(0x0b);
}

export interface ElementSegment {
  readonly table: number;
  readonly offset: number;
  readonly functions: readonly number[];
}

/** Active segments of functions at offsets that can be told now. Throws NotThisShape at others. */
export function elementSegments(module: Uint8Array, known: ReadonlyMap<number, number>): ElementSegment[] {
  return inSection(module, ID.element, (reader) => {
    const flags = reader.u32();
    if (flags !== 0 && flags !== 2) throw new NotThisShape(`it has element segments of the kind ${flags}`);
    const table = flags === 2 ? reader.u32() : 0;
    const offset = constant(reader, known);
    if (offset === undefined)
      throw new NotThisShape('it has element segments at offsets that are not constant');
    if (flags === 2 && reader.byte() !== 0x00)
      throw new NotThisShape('it has element segments of another kind');
    return { table, offset, functions: reader.vector((r) => r.u32()) };
  });
}

export function elementSection(segments: readonly ElementSegment[]): Writer {
  const out = new Writer().u32(segments.length);
  for (const { table, offset, functions } of segments) {
    if (table === 0) out.byte(0x00);
    else out.byte(0x02).u32(table);
    out.append(constantExpression(offset));
    if (table !== 0) out.byte(0x00);
    out.u32(functions.length);
    for (const index of functions) out.u32(index);
  }
  return out;
}

/** What stands in place of each function's instructions, its locals and size included; of defined functions in order. */
export const functionBodies = once((module: Uint8Array): readonly Uint8Array[] =>
  inSection(module, ID.code, (reader) => reader.bytes(reader.u32())),
);

/** The types of defined functions. */
export const functionTypeIndices = once((module: Uint8Array): readonly number[] =>
  inSection(module, ID.function, (reader) => reader.u32()),
);

export function tableMinimums(module: Uint8Array): number[] {
  return inSection(module, 4, (reader) => {
    if (reader.byte() !== 0x70) throw new NotThisShape('it has a table of something else than functions');
    return limits(reader).minimum;
  });
}

/** As coreSections, read once. */
export const sectionsOf = once((module: Uint8Array): readonly CoreSection[] => coreSections(module));

export function section(module: Uint8Array, id: number): CoreSection | undefined {
  return sectionsOf(module).find((one) => one.id === id);
}

function inSection<T>(module: Uint8Array, id: number, read: (reader: Reader) => T): T[] {
  const found = section(module, id);
  return found ? new Reader(module, found.start, found.end).vector(read) : [];
}

/** As coreImports, read once. */
export const importsOf = once((module: Uint8Array): readonly CoreImport[] => coreImports(module));

/** As coreExports, read once. */
export const exportsOf = once((module: Uint8Array): readonly CoreExport[] => coreExports(module));
