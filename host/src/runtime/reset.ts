import { CARD_LOG2, LONGEST_WRITE } from './cards.ts';

/**
 * Makes a used instance as new by copying its state back.
 *
 * A core instance changes nothing but its memories, globals, tables and passive segments. Units whose code can
 * change tables or drop segments never get here, and every memory and mutable global is exported by the
 * rewritten modules (core-rewrite.ts), so the snapshot is all there is. Of memories whose modules mark what they
 * write (mark-writes.ts) only that is copied. Refused, so that the caller makes a new instance, where
 * - a memory has grown: it cannot shrink, and its size is state;
 * - a handle of the host is alive: the glue's tables cannot be reached, and would keep it;
 * - the event did not return normally (the caller's part): the glue refuses a trapped instance, and a call that
 *   was cut off leaves its stack and locks behind.
 * What remains of an event in the glue's closure is the order of the free list in its handle tables and
 * counters: neither reaches a guest except as the number of a handle, which it must not read anything into.
 */
export interface CoreState {
  readonly memories: readonly WebAssembly.Memory[];
  readonly globals: readonly WebAssembly.Global[];
}

/** Why a used instance cannot be made as new. */
export type ResetObstacle = 'handles' | 'grown';

export interface Snapshot {
  /** Nothing if all is now as it was when the snapshot was taken; else why only a new instance will do. */
  restore(liveHandles: number): ResetObstacle | undefined;
}

/**
 * Keeps what the state is now.
 *
 * @param marksOf the marks of a memory's written cards, see cards.ts; where it has none, all of it is copied back
 */
export function takeSnapshot(
  state: CoreState,
  marksOf: (memory: WebAssembly.Memory) => Uint8Array | undefined = () => undefined,
): Snapshot {
  const memories = state.memories.map((memory) => copyMemory(memory, marksOf(memory)));
  const globals = state.globals.map((global) => ({ global, value: global.value as unknown }));
  return {
    restore(liveHandles) {
      if (liveHandles !== 0) return 'handles';
      for (const { memory, copy } of memories) if (memory.buffer.byteLength !== copy.length) return 'grown';
      for (const { memory, copy, marks } of memories) {
        const bytes = new Uint8Array(memory.buffer);
        if (marks) restoreMarked(bytes, copy, marks);
        else bytes.set(copy);
      }
      for (const { global, value } of globals) global.value = value;
      return undefined;
    },
  };
}

/** Copies the cards back that were written, and clears their marks. */
function restoreMarked(bytes: Uint8Array, copy: Uint8Array, marks: Uint8Array): void {
  for (let card = marks.indexOf(1); card >= 0; card = marks.indexOf(1, card)) {
    const first = card;
    while (marks[card] === 1) marks[card++] = 0;
    // The last write that began here may have reached into the card behind.
    const end = Math.min((card << CARD_LOG2) + LONGEST_WRITE, copy.length);
    bytes.set(copy.subarray(first << CARD_LOG2, end), first << CARD_LOG2);
  }
}

/** The granularity in which a memory is looked at for zeros. */
const BLOCK = 64 * 1024;
const ZEROS = Buffer.alloc(BLOCK);

interface MemoryCopy {
  readonly memory: WebAssembly.Memory;
  readonly copy: Uint8Array;
  readonly marks: Uint8Array | undefined;
}

function copyMemory(memory: WebAssembly.Memory, marks: Uint8Array | undefined): MemoryCopy {
  const bytes = Buffer.from(memory.buffer);
  // What is zero, mostly the stack, is left as the system gave it: it takes no memory.
  const copy = new Uint8Array(bytes.length);
  for (let at = 0; at < bytes.length; at += BLOCK) {
    const end = Math.min(at + BLOCK, bytes.length);
    if (bytes.compare(ZEROS, 0, end - at, at, end) !== 0) copy.set(bytes.subarray(at, end), at);
  }
  marks?.fill(0);
  // Beyond the memory's end no mark is of interest, for a memory that has grown is not reset.
  return { memory, copy, marks: marks?.subarray(0, bytes.length >> CARD_LOG2) };
}
