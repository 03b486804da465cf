import type { EventOutcome, InstanceCounts, LogEntry, UnitEvent } from './types.ts';

/** How instances get fresh state; `auto` resets where that is proven safe, and else makes new ones. */
export type FreshMode = 'auto' | 'instantiate';

/** What a worker is given when it starts. */
export interface WorkerSetup {
  readonly unit: string;
  readonly glue: string;
  readonly modules: ReadonlyMap<string, WebAssembly.Module>;
  readonly imports: readonly string[];
  readonly fastIntrinsics: boolean;
  readonly resettable: boolean;
  readonly shared: boolean;
  /** See claim.ts. */
  readonly claim: Int32Array;
  /** See mailbox.ts. */
  readonly mailbox: SharedArrayBuffer;
  /** URL of a module that exports `createBindings`, and what to call it with. */
  readonly bindingsModule: string;
  readonly bindingsConfig: unknown;
}

/** What only the worker itself has of its setup. */
export type OwnSetup = 'claim' | 'mailbox';

export type ToWorker =
  /** There is something in the mailbox. */
  | { readonly kind: 'mail' }
  | { readonly kind: 'event'; readonly id: number; readonly event: UnitEvent; readonly deadline: number }
  | { readonly kind: 'stop' };

export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'log'; readonly entry: LogEntry }
  /** The answer is in the mailbox. */
  | { readonly kind: 'mail' }
  | {
      readonly kind: 'outcome';
      readonly id: number;
      readonly outcome: EventOutcome;
      /** Since the worker started. */
      readonly counts: InstanceCounts;
    };
