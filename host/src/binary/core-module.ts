import { hex, Malformed } from './malformed.ts';
import { Reader } from './reader.ts';

/** A section of a core module: a view of its contents and where they stand in the file. */
export interface CoreSection {
  readonly id: number;
  /** Of a custom section. */
  readonly name?: string;
  /** Where the contents begin, after a custom section's name; and where they end. */
  readonly start: number;
  readonly end: number;
  /** Where the section's id stands. */
  readonly header: number;
}

export const CORE_SECTION = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  code: 10,
} as const;

const PREAMBLE = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

export function isCoreModule(bytes: Uint8Array): boolean {
  return PREAMBLE.every((byte, at) => bytes[at] === byte);
}

/** The sections of a core module in order. Contents are not read. Throws Malformed. */
export function coreSections(module: Uint8Array): CoreSection[] {
  if (!isCoreModule(module)) {
    throw new Malformed('malformed', 'not a core WebAssembly module', 0, {
      expected: PREAMBLE.map((byte) => hex(byte)).join(' '),
      found: [...module.subarray(0, 8)].map((byte) => hex(byte)).join(' ') || 'nothing',
    });
  }
  const reader = new Reader(module, 8);
  const sections: CoreSection[] = [];
  while (!reader.done) {
    const header = reader.offset;
    const id = reader.byte();
    const contents = reader.part(reader.u32());
    if (id === CORE_SECTION.custom) {
      const name = contents.text();
      sections.push({ id, name, start: contents.offset, end: contents.end, header });
    } else {
      sections.push({ id, start: contents.offset, end: contents.end, header });
    }
  }
  return sections;
}

/** The contents of each custom section of that name, as views. Throws Malformed. */
export function customSections(module: Uint8Array, name: string): Uint8Array[] {
  return coreSections(module)
    .filter((section) => section.name === name)
    .map((section) => module.subarray(section.start, section.end));
}

export type CoreKind = 'func' | 'table' | 'memory' | 'global' | 'tag';
const CORE_KINDS: readonly CoreKind[] = ['func', 'table', 'memory', 'global', 'tag'];

/** A memory's limits in pages of 64 KiB (or of its own page size), and where they stand in the file. */
export interface MemoryLimits {
  readonly minimum: number;
  readonly maximum?: number;
  readonly shared: boolean;
  readonly memory64: boolean;
  /** log2 of the page size, where the module chooses one. */
  readonly pageSizeLog2?: number;
  /** Where the limits' flags byte stands, and the end of the limits. */
  readonly start: number;
  readonly end: number;
}

export interface CoreImport {
  readonly module: string;
  readonly name: string;
  readonly kind: CoreKind;
  /** Of a function: the index of its type. */
  readonly type?: number;
  readonly memory?: MemoryLimits;
}

export interface CoreExport {
  readonly name: string;
  readonly kind: CoreKind;
  readonly index: number;
}

/** The memories that a core module defines (imported ones are in `coreImports`). Throws Malformed. */
export function coreMemories(module: Uint8Array): MemoryLimits[] {
  return inSection(module, CORE_SECTION.memory, (reader) => reader.vector(limits));
}

/** What a core module imports, in order. Throws Malformed. */
export function coreImports(module: Uint8Array): CoreImport[] {
  return inSection(module, CORE_SECTION.import, (reader) => reader.vector(readImport));
}

/** One element of an import section. Throws Malformed. */
function readImport(reader: Reader): CoreImport {
  const from = reader.text();
  const name = reader.text();
  const kind = coreKind(reader);
  if (kind === 'func') return { module: from, name, kind, type: reader.u32() };
  const memory = importType(reader, kind);
  return { module: from, name, kind, ...(memory && { memory }) };
}

/** Reads past one element of an import section, without its names. Throws Malformed. */
export function skipImport(reader: Reader): CoreKind {
  reader.skip(reader.u32());
  reader.skip(reader.u32());
  const kind = coreKind(reader);
  if (kind === 'func') reader.u32();
  else importType(reader, kind);
  return kind;
}

/** What a core module exports, in order. Throws Malformed. */
export function coreExports(module: Uint8Array): CoreExport[] {
  return inSection(module, CORE_SECTION.export, (reader) =>
    reader.vector((): CoreExport => ({ name: reader.text(), kind: coreKind(reader), index: reader.u32() })),
  );
}

/** What the name section says: the module's own name and its functions' by index. Throws Malformed. */
export function coreNames(module: Uint8Array): { module?: string; functions: Map<number, string> } {
  const functions = new Map<number, string>();
  let own: string | undefined;
  for (const section of customSections(module, 'name')) {
    const reader = new Reader(section);
    while (!reader.done) {
      const id = reader.byte();
      const contents = reader.part(reader.u32());
      if (id === 0) own = contents.text();
      if (id === 1) contents.vector((names) => functions.set(names.u32(), names.text()));
    }
  }
  return { functions, ...(own !== undefined && { module: own }) };
}

function inSection<T>(module: Uint8Array, id: number, read: (reader: Reader) => T[]): T[] {
  return coreSections(module)
    .filter((section) => section.id === id)
    .flatMap((section) => read(new Reader(module, section.start, section.end)));
}

function coreKind(reader: Reader): CoreKind {
  const opcode = reader.byte();
  const kind = CORE_KINDS[opcode];
  if (!kind) throw reader.unknown('kind of core import or export', opcode);
  return kind;
}

function importType(reader: Reader, kind: Exclude<CoreKind, 'func'>): MemoryLimits | undefined {
  switch (kind) {
    case 'table':
      skipCoreValueType(reader);
      limits(reader);
      return undefined;
    case 'memory':
      return limits(reader);
    case 'global':
      skipCoreValueType(reader);
      reader.byte();
      return undefined;
    case 'tag':
      reader.byte();
      reader.u32();
      return undefined;
  }
}

/** A core value type; reference types with a heap type take more than their opcode. */
export function skipCoreValueType(reader: Reader): void {
  const opcode = reader.byte();
  // A shared heap type has a prefix, as has the short form of a reference to one.
  if (opcode === 0x65) reader.byte();
  if (opcode !== 0x63 && opcode !== 0x64) return;
  if (reader.peek() === 0x65) reader.byte();
  reader.s33();
}

/** Limits of a memory or table: flags 1 maximum, 2 shared, 4 64-bit, 8 own page size. */
export function limits(reader: Reader): MemoryLimits {
  const start = reader.offset;
  const flags = reader.byte();
  if (flags > 15) throw reader.unknown('limits', flags);
  const memory64 = (flags & 4) !== 0;
  const minimum = bound(reader, memory64);
  const maximum = (flags & 1) === 0 ? undefined : bound(reader, memory64);
  const pageSizeLog2 = (flags & 8) === 0 ? undefined : reader.u32();
  return {
    minimum,
    shared: (flags & 2) !== 0,
    memory64,
    start,
    end: reader.offset,
    ...(maximum !== undefined && { maximum }),
    ...(pageSizeLog2 !== undefined && { pageSizeLog2 }),
  };
}

/** A bound of up to 64 bits; beyond 2^53 it is not exact, and no memory is that large. */
function bound(reader: Reader, memory64: boolean): number {
  if (!memory64) return reader.u32();
  let result = 0;
  const start = reader.offset;
  for (let shift = 0; shift < 70; shift += 7) {
    const byte = reader.byte();
    result += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return result;
  }
  throw new Malformed('malformed', 'a number takes more than ten bytes', start);
}
