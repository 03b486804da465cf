/** What starts a unit: one HTTP request, or one call of an exported function. */
export type UnitEvent =
  | { readonly kind: 'http'; readonly request: HttpRequest }
  | {
      readonly kind: 'call';
      /** The exported interface's id with version, or null for a function of the world itself. */
      readonly interface: string | null;
      /** As in WIT: `handle-message`. */
      readonly function: string;
      /** In jco's representation of WIT values; must be cloneable. */
      readonly args: readonly unknown[];
      /** Identifies the message that it is for: where an event with this id was committed before, none is run. */
      readonly once?: string;
      /** Another event of the app waits for its answer. */
      readonly awaited?: boolean;
    };

export interface HttpRequest {
  /** One of the seven that `fermyon:spin/http-types` knows, in any case. */
  readonly method: string;
  readonly uri: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
}

/** How an event ended. Only `response` and `result` leave anything in the stores. */
export type EventOutcome =
  | { readonly kind: 'response'; readonly response: HttpResponse }
  | { readonly kind: 'result'; readonly value: unknown }
  /** The function returned an error of its `result` type. `said`: the last line that the event wrote to stderr. */
  | { readonly kind: 'error'; readonly error: unknown; readonly said?: string }
  /** An event with the same `once` was committed before: nothing was run. */
  | { readonly kind: 'repeated' }
  | { readonly kind: 'trap'; readonly message: string; readonly stack?: string; readonly said?: string }
  /** It failed, and something that it needs could not be reached: the same again later may succeed. */
  | { readonly kind: 'unavailable'; readonly message: string }
  | { readonly kind: 'deadline' }
  /** Others changed what it had read, each time it was run. */
  | { readonly kind: 'conflict' }
  /** Too many events wait already, or the unit is closing. */
  | { readonly kind: 'overloaded' };

export interface LogEntry {
  readonly level: 'info' | 'warn' | 'error';
  readonly unit: string;
  /** Where a guest wrote it; absent for the runtime's own lines. */
  readonly stream?: 'stdout' | 'stderr';
  readonly message: string;
  /** A trap's stack, as the engine gives it. */
  readonly stack?: string;
}

/** How instances got fresh state. */
export interface InstanceCounts {
  /** Instances made. */
  readonly instances: number;
  /** Instances made as new by copying their state back. */
  readonly resets: number;
  /** Instances thrown away instead, by reason. */
  readonly trapped: number;
  readonly grown: number;
  /** The guest kept handles of the host. */
  readonly handles: number;
  /** The unit's instances cannot be reset at all. */
  readonly unprovable: number;
}

export const NO_COUNTS: InstanceCounts = {
  instances: 0,
  resets: 0,
  trapped: 0,
  grown: 0,
  handles: 0,
  unprovable: 0,
};

export function addCounts(a: InstanceCounts, b: InstanceCounts): InstanceCounts {
  return {
    instances: a.instances + b.instances,
    resets: a.resets + b.resets,
    trapped: a.trapped + b.trapped,
    grown: a.grown + b.grown,
    handles: a.handles + b.handles,
    unprovable: a.unprovable + b.unprovable,
  };
}

export interface UnitStats extends InstanceCounts {
  readonly workers: number;
  readonly busy: number;
  readonly queued: number;
  readonly events: number;
  readonly traps: number;
  readonly deadlines: number;
  readonly conflicts: number;
  readonly overloaded: number;
  /** Workers started in place of one that was terminated, and beside ones that are blocked. */
  readonly replacements: number;
  readonly substitutes: number;
}

/** One unit on Node. */
export interface UnitHost extends AsyncDisposable {
  /** Runs one event; never rejects. */
  dispatch(event: UnitEvent): Promise<EventOutcome>;
  stats(): UnitStats;
  /** Lets running and waiting events end for up to `drainMs` (10,000), then stops the workers. */
  close(options?: { readonly drainMs?: number }): Promise<void>;
}
