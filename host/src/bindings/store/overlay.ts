import type { Beside, KeySet, Read, Store, StoreOutcome, Write } from './store.ts';

/** Bytes that one event may read and write together: they are kept until it ends. As Spin bounds what it buffers. */
export const MAX_KEPT = 128 * 1024 * 1024;
/** What an entry costs beside its key and value. */
const ENTRY = 64;

/**
 * What one event has read and written so far, over a store that it leaves alone until it commits. Reads see
 * the event's own writes; what was read once is not asked for again, so that an event never sees two states of
 * one key. The reads are what the commit checks (optimistic concurrency control with backward validation), key
 * sets included, so that events are serialisable and no phantom key slips between.
 */
export class Overlay {
  readonly #store: Store;
  readonly #labels = new Map<string, LabelState>();
  /** Two reads that no one state of the store can give: the commit cannot succeed. */
  #torn = false;
  #kept = 0;

  constructor(store: Store) {
    this.#store = store;
  }

  get(label: string, key: string): Uint8Array | undefined {
    const state = this.#state(label);
    if (state.written.has(key)) return state.written.get(key);
    if (state.values.has(key)) return state.values.get(key);
    if (state.presence.get(key) === false) return undefined;
    const value = this.#store.get(label, key);
    if (state.presence.get(key) === true && value === undefined) this.#torn = true;
    this.#keep(key, value);
    state.presence.delete(key);
    state.values.set(key, value);
    return value;
  }

  exists(label: string, key: string): boolean {
    const state = this.#state(label);
    if (state.written.has(key)) return state.written.get(key) !== undefined;
    if (state.values.has(key)) return state.values.get(key) !== undefined;
    const known = state.presence.get(key);
    if (known !== undefined) return known;
    const present = this.#store.exists(label, key);
    this.#keep(key);
    state.presence.set(key, present);
    return present;
  }

  keys(label: string): string[] {
    const state = this.#state(label);
    if (!state.keys) {
      state.keys = this.#store.keys(label);
      for (const key of state.keys.keys) this.#keep(key);
    }
    const keys = new Set(state.keys.keys);
    for (const [key, value] of state.written) {
      if (value === undefined) keys.delete(key);
      else keys.add(key);
    }
    return [...keys];
  }

  /** Sets a key, or deletes it without a value; the bytes must not change afterwards. */
  write(label: string, key: string, value: Uint8Array | undefined): void {
    const { written } = this.#state(label);
    // Only the last value of a key is kept.
    if (written.has(key)) this.#kept -= (written.get(key)?.length ?? 0) + key.length + ENTRY;
    this.#keep(key, value);
    written.set(key, value);
  }

  /** Whether it has seen or changed anything. */
  get isEmpty(): boolean {
    return this.#labels.size === 0;
  }

  /**
   * Writes everything, if all that was read still holds and `claim` agrees. An event that only read is checked
   * too, unless it read one thing: one read alone is always true of some moment.
   */
  commit(claim: () => boolean, beside?: Beside): StoreOutcome {
    if (this.#torn) return 'conflict';
    const reads = this.#reads();
    const writes = this.#writes();
    if (writes.length === 0 && reads.length <= 1 && !beside) return claim() ? 'committed' : 'late';
    return this.#store.commit(reads, writes, claim, beside);
  }

  /** Whether all that was read is true of one state of the store: the present one, unless it was one read only. */
  holds(): boolean {
    if (this.#torn) return false;
    const reads = this.#reads();
    return reads.length <= 1 || this.#store.commit(reads, [], () => true) === 'committed';
  }

  #keep(key: string, value?: Uint8Array): void {
    this.#kept += key.length + (value?.length ?? 0) + ENTRY;
    if (this.#kept > MAX_KEPT) throw new Error(`one event may read and write ${MAX_KEPT} bytes at most`);
  }

  #state(label: string): LabelState {
    let state = this.#labels.get(label);
    if (!state) {
      state = { written: new Map(), values: new Map(), presence: new Map(), keys: undefined };
      this.#labels.set(label, state);
    }
    return state;
  }

  #reads(): Read[] {
    const reads: Read[] = [];
    for (const [label, state] of this.#labels) {
      for (const [key, value] of state.values) reads.push({ kind: 'value', label, key, value });
      for (const [key, present] of state.presence) reads.push({ kind: 'presence', label, key, present });
      if (state.keys) reads.push({ kind: 'keys', label, seen: state.keys });
    }
    return reads;
  }

  #writes(): Write[] {
    const writes: Write[] = [];
    for (const [label, state] of this.#labels) {
      for (const [key, value] of state.written) writes.push({ label, key, value });
    }
    return writes;
  }
}

interface LabelState {
  readonly written: Map<string, Uint8Array | undefined>;
  readonly values: Map<string, Uint8Array | undefined>;
  /** Keys of which only the presence was asked. */
  readonly presence: Map<string, boolean>;
  keys: KeySet | undefined;
}
