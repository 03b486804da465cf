/** Bits of a chunk's head beside its size. */
const PREVIOUS_IN_USE = 1;
const IN_USE = 2;
const FLAGS = 7;
/** The head: what the chunk before left if it is free, and the size with its flags. */
const HEAD = 8;
/** A free chunk's links stand behind its head: two in a list, three in a tree and its place there. */
const LINKS = 24;
const ALIGNMENT = 16;

/**
 * Writes zeros over what is free of a heap: a service's source text lies there twice, and what parsing it took. Nobody
 * reads it again, and what is zero need not be in a component's data. The heap is one of dlmalloc's, as the C library for
 * WASI has it, from `base` to the end of memory. Every chunk's borders are held against its neighbours' first; if any
 * contradicts, nothing is written. Returns how many bytes were free and could be cleared.
 *
 * Source: dlmalloc 2.8.6, "Chunk representations".
 */
export function clearFree(memory: Uint8Array, base: number): number {
  const free = freeChunks(new DataView(memory.buffer, memory.byteOffset, memory.length), base) ?? [];
  let cleared = 0;
  for (const { start, end } of free) {
    const from = Math.min(end, start + HEAD + LINKS);
    memory.fill(0, from, end);
    cleared += end - from;
  }
  return cleared;
}

interface Chunk {
  readonly start: number;
  readonly end: number;
}

/** The free chunks, or nothing where what stands there is no such heap. */
function freeChunks(memory: DataView, base: number): Chunk[] | undefined {
  const free: Chunk[] = [];
  // What is handed out is aligned, and stands behind the head.
  let at = Math.ceil((base + HEAD) / ALIGNMENT) * ALIGNMENT - HEAD;
  let previousInUse = true;
  while (at + HEAD <= memory.byteLength) {
    const head = memory.getUint32(at + 4, true);
    const end = at + (head & ~FLAGS);
    const isFoot = end === memory.byteLength && (head & IN_USE) === 0;
    if (end <= at + HEAD || end > memory.byteLength) return undefined;
    if (((head & PREVIOUS_IN_USE) !== 0) !== previousInUse) return undefined;
    // Neighbours that are free become one; but for the last, behind which a mark stands that is never in use.
    if (!previousInUse) {
      const before = free.at(-1)!;
      if (isFoot) return free;
      if ((head & IN_USE) === 0 || memory.getUint32(at, true) !== before.end - before.start) return undefined;
    }
    previousInUse = (head & IN_USE) !== 0;
    if (!previousInUse) free.push({ start: at, end });
    at = end;
  }
  return undefined;
}
