/**
 * Makes a used instance as new by copying its state back.
 *
 * A core instance changes nothing but its memories, globals, tables and passive segments. Units whose code can
 * change tables or drop segments never get here, and every memory and mutable global is exported by the
 * rewritten modules (core-rewrite.ts), so the snapshot is all there is. Refused, so that the caller makes a
 * new instance, where
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

export function takeSnapshot(state: CoreState): Snapshot {
  const memories = state.memories.map(copyMemory);
  const globals = state.globals.map((global) => ({ global, value: global.value as unknown }));
  return {
    restore(liveHandles) {
      if (liveHandles !== 0) return 'handles';
      for (const { memory, length } of memories) if (memory.buffer.byteLength !== length) return 'grown';
      for (const { memory, runs } of memories) {
        const bytes = new Uint8Array(memory.buffer);
        for (const { at, end, copy } of runs) {
          if (copy) bytes.set(copy, at);
          else bytes.fill(0, at, end);
        }
      }
      for (const { global, value } of globals) global.value = value;
      return undefined;
    },
  };
}

/** The granularity in which a memory is looked at for zeros. */
const BLOCK = 64 * 1024;
const ZEROS = Buffer.alloc(BLOCK);

interface MemoryCopy {
  readonly memory: WebAssembly.Memory;
  readonly length: number;
  /** All of it in order; a run without a copy is zeros: mostly stack, and cheaper to fill than to copy. */
  readonly runs: readonly { readonly at: number; readonly end: number; readonly copy?: Uint8Array }[];
}

function copyMemory(memory: WebAssembly.Memory): MemoryCopy {
  const bytes = Buffer.from(memory.buffer);
  const runs: { at: number; end: number; zero: boolean }[] = [];
  for (let at = 0; at < bytes.length; at += BLOCK) {
    const end = Math.min(at + BLOCK, bytes.length);
    const zero = bytes.compare(ZEROS, 0, end - at, at, end) === 0;
    const last = runs.at(-1);
    if (last?.zero === zero) last.end = end;
    else runs.push({ at, end, zero });
  }
  return {
    memory,
    length: bytes.length,
    runs: runs.map(({ at, end, zero }) =>
      zero ? { at, end } : { at, end, copy: Uint8Array.prototype.slice.call(bytes, at, end) },
    ),
  };
}
