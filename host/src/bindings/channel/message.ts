import type { MessagePort } from 'node:worker_threads';

/** How a worker finds what the main thread does for its unit; cloneable. */
export interface NetworkAddress {
  /** The thread that does the work. */
  readonly thread: number;
  /** Which of that thread's servers. */
  readonly key: string;
}

/** The first message of a worker to a server: its end of the line, and the number that it waits on. */
export interface Connect {
  readonly tenonNetwork: string;
  readonly port: MessagePort;
  /** One Int32, counted up and notified for each answer. */
  readonly answers: Int32Array;
}

/** A question on its way to the main thread. */
export interface Asked {
  readonly id: number;
  readonly service: string;
  readonly question: unknown;
  /** Wall-clock time, ms since the epoch, past which nobody waits for the answer; absent: nobody waits at all. */
  readonly deadline?: number;
}

export type Answered = { readonly id: number } & (
  | { readonly kind: 'answer'; readonly answer: unknown }
  /** What answers questions threw, which is a bug of the host. */
  | { readonly kind: 'failed'; readonly reason: string }
);

/** Bytes from this size on are handed over instead of copied; below it copying is cheaper. */
const TRANSFER_FROM = 16 * 1024;

/** What to hand over of some bytes: their buffer, if it is large and nobody else's. */
export function transferOf(bytes: Uint8Array | undefined): ArrayBuffer[] {
  if (bytes === undefined || bytes.byteLength < TRANSFER_FROM) return [];
  const { buffer } = bytes;
  return buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength ? [buffer] : [];
}

/** The bytes in a buffer of their own: a message takes the whole buffer with it. */
export function ownBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer } = bytes;
  return buffer instanceof ArrayBuffer &&
    buffer.byteLength === bytes.byteLength &&
    bytes.constructor === Uint8Array
    ? (bytes as Uint8Array<ArrayBuffer>)
    : new Uint8Array(bytes);
}
