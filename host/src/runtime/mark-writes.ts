import {
  CORE_SECTION,
  coreExports,
  coreImports,
  coreSections,
  limits,
  skipCoreValueType,
  type CoreImport,
} from '../binary/core-module.ts';
import { Reader } from '../binary/reader.ts';
import { Writer } from '../binary/writer.ts';
import { CARD_LOG2, MARKS_GROUP, MARKS_PREFIX } from './cards.ts';
import { markedBodies } from './mark-code.ts';

const MEMORY = 2;

/**
 * A core module that tells which cards of its memories it has written: behind each instruction that writes, it
 * sets the byte of the card in a memory of marks, which stands beside the memory itself. A defined memory's marks
 * are defined and exported, an imported one's imported, see cards.ts. Nothing else of the module changes, and it
 * cannot reach its marks.
 *
 * Undefined where that is not done, so that all of the memory has to be taken as written: for 64-bit memories,
 * atomic instructions, types beyond plain functions, and where some memories are imported and others defined.
 *
 * @param limit bytes that each memory may grow to, at most 1 GiB
 * @throws Malformed
 */
export function markWrites(module: Uint8Array, limit: number): Uint8Array | undefined {
  const sections = coreSections(module);
  const imports = coreImports(module);
  const imported = imports.filter((one) => one.kind === 'memory');
  const defined = sections
    .filter(({ id }) => id === CORE_SECTION.memory)
    .flatMap(({ start, end }) => new Reader(module, start, end).vector(limits));
  const memories = imported.length + defined.length;
  if (memories === 0) return module;
  if (imported.length > 0 && defined.length > 0) return undefined;
  if ([...defined, ...imported.map((one) => one.memory)].some((one) => one?.memory64)) return undefined;
  const parameters = parametersOf(module);
  if (!parameters) return undefined;

  const code = sections.find(({ id }) => id === CORE_SECTION.code);
  const bodies =
    code &&
    markedBodies(new Reader(module, code.start, code.end), parameters, {
      first: memories,
      cards: cardsOf(limit),
    });
  if (code && !bodies) return undefined;

  const added =
    imported.length > 0
      ? { id: CORE_SECTION.import, entries: imported.map((one) => marksImport(one, limit)) }
      : { id: CORE_SECTION.memory, entries: defined.map(() => marksMemory(limit)) };
  const exports = imported.length > 0 ? [] : marksExports(module, memories);
  const writer = new Writer().bytes(module.subarray(0, 8));
  for (const { id, header, start, end } of sections) {
    if (id === added.id) writer.section(id, extended(module, start, end, added.entries));
    else if (id === CORE_SECTION.export && exports.length > 0)
      writer.section(id, extended(module, start, end, exports));
    else if (id === CORE_SECTION.code && bodies) writer.section(id, bodies);
    else writer.bytes(module.subarray(header, end));
  }
  return writer.finish();
}

/** How many parameters each defined function has, in order; undefined where types are not plain functions. */
function parametersOf(module: Uint8Array): number[] | undefined {
  const types: number[] = [];
  const functions: number[] = [];
  for (const { id, start, end } of coreSections(module)) {
    const reader = new Reader(module, start, end);
    if (id === CORE_SECTION.function) reader.vector((r) => functions.push(r.u32()));
    if (id !== CORE_SECTION.type) continue;
    for (let count = reader.count(); count > 0; count--) {
      if (reader.byte() !== 0x60) return undefined;
      types.push(reader.vector(skipCoreValueType).length);
      reader.vector(skipCoreValueType);
    }
  }
  return functions.map((type) => types[type] ?? 0);
}

/** So many cards, a power of two, hold all of a memory that grows no further than the limit. */
function cardsOf(limit: number): number {
  return 2 ** Math.max(0, Math.ceil(Math.log2(limit)) - CARD_LOG2);
}

/** Limits of a memory of marks: a byte for each card, and one for the end of a bulk write of nothing at the very end. */
function marksMemory(limit: number): Writer {
  const pages = Math.ceil((cardsOf(limit) + 1) / 65_536);
  return new Writer().byte(1).u32(pages).u32(pages);
}

function marksImport({ module, name }: CoreImport, limit: number): Writer {
  return new Writer().text(MARKS_GROUP).text(`${module}\0${name}`).byte(MEMORY).append(marksMemory(limit));
}

/** Each memory's marks under the name under which the memory itself is exported. */
function marksExports(module: Uint8Array, memories: number): Writer[] {
  const exported = coreExports(module);
  return Array.from({ length: memories }, (_, memory) => {
    const found = exported.find(({ kind, index }) => kind === 'memory' && index === memory);
    return new Writer()
      .text(`${MARKS_PREFIX}${found?.name}`)
      .byte(MEMORY)
      .u32(memories + memory);
  });
}

/** A vector's section with more entries behind its own. */
function extended(module: Uint8Array, start: number, end: number, entries: readonly Writer[]): Writer {
  const reader = new Reader(module, start, end);
  const count = reader.u32();
  const writer = new Writer().u32(count + entries.length).bytes(module.subarray(reader.offset, end));
  for (const entry of entries) writer.append(entry);
  return writer;
}
