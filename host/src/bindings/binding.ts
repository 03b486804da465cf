/** One run of a unit for one trigger firing, as the bindings see it. */
export interface EventContext {
  readonly id: number;
  /** Wall-clock time, ms since the epoch, past which the event must not commit. */
  readonly deadline: number;
  /**
   * One Int32 shared with the main thread, in which commit and deadline meet: whoever exchanges PENDING for
   * its own value wins, the other yields (see runtime/claim.ts).
   */
  readonly claim: Int32Array;
  /** 1 for the first run, counted up for each re-run after a conflict. */
  readonly attempt: number;
  /** As in the unit's event: the id of the message that it is for. */
  readonly once?: string;
}

/** How a commit ended. */
export type CommitOutcome =
  | { readonly kind: 'committed' }
  /** What the event read has changed meanwhile: run the event again. */
  | { readonly kind: 'conflict' }
  /** The deadline won the claim: nothing was written. */
  | { readonly kind: 'late' }
  /** Another event with the same `once` was committed meanwhile: nothing was written. */
  | { readonly kind: 'repeated' };

/**
 * A host capability inside one worker: the import objects a unit's instance is given, and its part in the
 * event's life. Made once per worker; survives the instances, so it must hold no guest handle across events.
 */
export interface Binding {
  /** Interface id → members in jco's form: `{ 'fermyon:spin/key-value@2.0.0': { Store } }`. */
  readonly imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Whether an event with the same `once` was committed before, so that this one is not run. */
  repeats?(event: EventContext): boolean;
  begin?(event: EventContext): void;
  /** After the handler returned normally, before the answer leaves. */
  commit?(event: EventContext): CommitOutcome;
  /** Drops what the event did: it trapped, failed or was late. */
  abort?(event: EventContext): void;
  /** Whether the event had an effect that cannot be taken back, so that it must not run again. */
  hasOutsideEffect?(): boolean;
  /**
   * Whether a binding ended this run by throwing, because what it had read has changed: run the event again, as
   * after a commit's `conflict`.
   */
  overtaken?(): boolean;
  /**
   * Why the event could not have what it needs, if that was so: where it then fails, it is not its own fault, and
   * the same again later may succeed.
   */
  unavailable?(): string | undefined;
  /** Host resources that the guest still holds; a reset of the instance needs 0. */
  liveHandles?(): number;
  [Symbol.dispose]?(): void;
}
