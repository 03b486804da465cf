import {
  CORE_SECTION,
  coreExports,
  coreImports,
  coreSections,
  limits,
  type CoreSection,
} from '../binary/core-module.ts';
import { readExpression, type Lasting } from '../binary/instructions.ts';
import { Malformed } from '../binary/malformed.ts';
import { Reader } from '../binary/reader.ts';
import { Writer } from '../binary/writer.ts';

/** Names under which rewritten modules export what a reset must reach; no other name begins so. */
export const STATE_PREFIX = 'tenon:state/';

const ID = { ...CORE_SECTION, code: 10, tag: 13 } as const;
/** Sections that stand before the export section, which is inserted after the last of them. */
const BEFORE_EXPORTS: ReadonlySet<number> = new Set([1, 2, 3, 4, 5, 6, 13]);
const EXPORT_KIND = { memory: 2, global: 3 } as const;
const NUMERIC_TYPES: ReadonlySet<number> = new Set([0x7f, 0x7e, 0x7d, 0x7c]);

export interface RewrittenModule {
  readonly bytes: Uint8Array;
  /** Why an instance of it cannot be proven to be as new once memories and globals are copied back; empty if it can. */
  readonly obstacles: readonly string[];
  /** The least maximum that its memories need, in bytes, where that is above the limit: it cannot run. */
  readonly minimumBytes: number;
}

/**
 * Caps the memories that a core module defines, and exports its memories and mutable globals under reserved
 * names, so that a reset reaches all of them. Neither changes what the module does below its cap: no index
 * moves and no code is touched. Throws Malformed.
 */
export function rewriteCoreModule(module: Uint8Array, memoryLimit: number): RewrittenModule {
  const sections = coreSections(module);
  const found = inspect(module, sections);
  const exported = coreExports(module);
  const additions = [
    ...found.memories.map((index) => ({
      kind: EXPORT_KIND.memory,
      index,
      name: `${STATE_PREFIX}memory${index}`,
    })),
    ...found.mutableGlobals.map((index) => ({
      kind: EXPORT_KIND.global,
      index,
      name: `${STATE_PREFIX}global${index}`,
    })),
  ].filter(({ kind, index }) => {
    const name = kind === EXPORT_KIND.memory ? 'memory' : 'global';
    return !exported.some((one) => one.kind === name && one.index === index);
  });
  const obstacles = [...found.obstacles];
  if (exported.some((one) => one.name.startsWith(STATE_PREFIX)))
    obstacles.push('it uses a reserved export name');

  const capped = capMemories(module, sections, memoryLimit);
  const writer = new Writer().bytes(module.subarray(0, 8));
  const last = sections.findLast((section) => BEFORE_EXPORTS.has(section.id));
  const hasExports = sections.some((section) => section.id === ID.export);
  for (const section of sections) {
    if (section.id === ID.memory) writer.section(ID.memory, capped.section);
    else if (section.id === ID.export) writer.section(ID.export, exportSection(module, section, additions));
    else writer.bytes(module.subarray(section.header, section.end));
    if (section === last && !hasExports && additions.length > 0) {
      writer.section(ID.export, exportSection(module, undefined, additions));
    }
  }
  return { bytes: writer.finish(), obstacles, minimumBytes: capped.minimumBytes };
}

interface Found {
  readonly memories: readonly number[];
  readonly mutableGlobals: readonly number[];
  readonly obstacles: readonly string[];
}

function inspect(module: Uint8Array, sections: readonly CoreSection[]): Found {
  const imports = coreImports(module);
  const obstacles = new Set<string>();
  const lasting = new Set<Lasting>();
  const memories: number[] = [];
  const mutableGlobals: number[] = [];
  let memory = imports.filter((one) => one.kind === 'memory').length;
  let global = imports.filter((one) => one.kind === 'global').length;
  if (imports.some((one) => one.memory?.shared)) obstacles.add('it imports a shared memory');
  try {
    for (const section of sections) {
      const reader = new Reader(module, section.start, section.end);
      if (section.id === ID.memory) {
        reader.vector((r) => {
          if (limits(r).shared) obstacles.add('it defines a shared memory');
          memories.push(memory++);
        });
      } else if (section.id === ID.global) {
        reader.vector((r) => {
          const type = r.byte();
          if (type === 0x63 || type === 0x64) r.s33();
          const mutable = r.byte() === 1;
          readExpression(r, lasting);
          if (mutable && NUMERIC_TYPES.has(type)) mutableGlobals.push(global);
          else if (mutable) obstacles.add('it has a mutable global that is not a number');
          global++;
        });
      } else if (section.id === ID.code) {
        reader.vector((r) => {
          const body = r.part(r.u32());
          body.vector((locals) => {
            locals.u32();
            const type = locals.byte();
            if (type === 0x63 || type === 0x64) locals.s33();
          });
          readExpression(body, lasting);
        });
      }
    }
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    obstacles.add(`it has code that is not understood (${error.message})`);
  }
  for (const instruction of lasting) obstacles.add(`it uses ${instruction}`);
  return { memories, mutableGlobals, obstacles: [...obstacles] };
}

/** The memory section with every maximum lowered to the limit, and the bytes that the largest minimum takes. */
function capMemories(
  module: Uint8Array,
  sections: readonly CoreSection[],
  memoryLimit: number,
): { section: Writer; minimumBytes: number } {
  const section = sections.find((one) => one.id === ID.memory);
  const writer = new Writer();
  let minimumBytes = 0;
  if (section) {
    const memories = new Reader(module, section.start, section.end).vector(limits);
    writer.u32(memories.length);
    for (const memory of memories) {
      const pageSize = 2 ** (memory.pageSizeLog2 ?? 16);
      minimumBytes = Math.max(minimumBytes, memory.minimum * pageSize);
      const cap = Math.max(
        memory.minimum,
        Math.min(memory.maximum ?? Infinity, Math.floor(memoryLimit / pageSize)),
      );
      const flags =
        1 | (memory.shared ? 2 : 0) | (memory.memory64 ? 4 : 0) | (memory.pageSizeLog2 === undefined ? 0 : 8);
      writer.byte(flags).u32(memory.minimum).u32(cap);
      if (memory.pageSizeLog2 !== undefined) writer.u32(memory.pageSizeLog2);
    }
  }
  return { section: writer, minimumBytes };
}

function exportSection(
  module: Uint8Array,
  section: CoreSection | undefined,
  additions: readonly { readonly kind: number; readonly index: number; readonly name: string }[],
): Writer {
  const reader = section ? new Reader(module, section.start, section.end) : undefined;
  const count = reader?.u32() ?? 0;
  const writer = new Writer().u32(count + additions.length);
  if (reader) writer.bytes(module.subarray(reader.offset, reader.end));
  for (const { name, kind, index } of additions) writer.text(name).byte(kind).u32(index);
  return writer;
}
