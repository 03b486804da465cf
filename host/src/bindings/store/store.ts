import type { OutgoingMessage } from '../deferred.ts';

/**
 * What holds key-value stores by label: one database, whatever it is. Each read stands for itself and locks
 * nothing once it has returned; `commit` is the one transaction. All calls are synchronous, and may throw what
 * the database throws.
 */
export interface Store extends Disposable {
  get(label: string, key: string): Uint8Array | undefined;
  exists(label: string, key: string): boolean;
  keys(label: string): KeySet;
  /** Writes at once, on its own. */
  write(write: Write): void;
  /**
   * In one transaction: checks that `beside.once` is new and that every read would give the same now, asks
   * `claim` whether it may go on, and writes everything in order. Nothing is written unless it returns
   * `committed`.
   */
  commit(
    reads: readonly Read[],
    writes: readonly Write[],
    claim: () => boolean,
    beside?: Beside,
  ): StoreOutcome;
  /** Whether something was committed under this id, as far back as the inbox reaches. */
  hasCommitted(once: string): boolean;
}

/** `repeated`: the id is in the inbox already. */
export type StoreOutcome = 'committed' | 'conflict' | 'late' | 'repeated';

/** What a commit writes beside the stores. */
export interface Beside {
  /** For the outbox, in order. */
  readonly messages: readonly OutgoingMessage[];
  /** For the inbox: identifies what was handled; no second commit with the same id succeeds. */
  readonly once: string | undefined;
}

export interface KeySet {
  readonly keys: readonly string[];
  /** What the store knows the state by in which it read them: equal states have equal keys. */
  readonly version: string;
}

/** What an event has seen of a store, as a claim that can be checked again. */
export type Read =
  | {
      readonly kind: 'value';
      readonly label: string;
      readonly key: string;
      readonly value: Uint8Array | undefined;
    }
  | { readonly kind: 'presence'; readonly label: string; readonly key: string; readonly present: boolean }
  | { readonly kind: 'keys'; readonly label: string; readonly seen: KeySet };

/** A change of one key; no value deletes it. */
export interface Write {
  readonly label: string;
  readonly key: string;
  readonly value: Uint8Array | undefined;
}
