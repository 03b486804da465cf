import type { OutgoingMessage } from '../bindings/deferred.ts';

/** A message that waits in an outbox. */
export interface OutboxEntry extends OutgoingMessage {
  /** Ascending in the order of commits; no two entries of an outbox ever have the same. */
  readonly id: number;
  /** When it was committed, ms since the epoch. */
  readonly at: number;
  /** How often it was sent in vain, and why the last time. */
  readonly attempts: number;
  readonly error?: string;
}

/** What waits, for a status. */
export interface OutboxSize {
  readonly length: number;
  /** Of all payloads. */
  readonly bytes: number;
  /** When the oldest was committed, ms since the epoch; absent where nothing waits. */
  readonly oldest?: number;
}

/**
 * The outbox of one app in one database, as whoever sends or shows it sees it; workers fill it with their
 * commits (bindings/store). Rejects with what the database throws.
 */
export interface OutboxQueue extends AsyncDisposable {
  /** The streams (bindings/outbox/stream.ts) in which something waits. */
  streams(): Promise<readonly string[]>;
  /** The oldest entries of a stream after one of its ids, in order: `limit` at most, and some 4 MiB. */
  next(stream: string, after: number, limit: number): Promise<readonly OutboxEntry[]>;
  /** Gives how many of them there were. */
  remove(ids: readonly number[]): Promise<number>;
  /** Notes that an entry was sent in vain. */
  failed(id: number, error: string): Promise<void>;
  /** The oldest entries of all streams, with the size of each in place of its payload. */
  list(limit: number): Promise<readonly ListedEntry[]>;
  size(): Promise<OutboxSize>;
  /** Removes all; gives how many there were. */
  clear(): Promise<number>;
  /**
   * Takes the right to send, or keeps it, for `ms` from now; false while another process has it. A process that
   * has died on this machine has it no longer.
   */
  hold(holder: string, ms: number): Promise<boolean>;
  /** Gives the right back, if this holder has it. */
  release(holder: string): Promise<void>;
  /** Whether some process has the right to send now: an app runs. */
  isHeld(): Promise<boolean>;
  /** Asks whoever sends to try at once what it waits to try again; `nudges` counts how often that was asked. */
  nudge(): Promise<void>;
  nudges(): Promise<number>;
}

export interface ListedEntry extends Omit<OutboxEntry, 'payload'> {
  /** Of the payload, bytes. */
  readonly size: number;
}
