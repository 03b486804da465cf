/** A request as a unit's event gets it. */
export interface HttpRequest {
  readonly method: string;
  /** Path and query. */
  readonly uri: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
}

/** An answer as a unit's event gives it. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
}

/** How an event ended, as far as a trigger cares. */
export type EventOutcome =
  | { readonly kind: 'response'; readonly response: HttpAnswer }
  | { readonly kind: 'trap' | 'deadline' | 'conflict' | 'overloaded'; readonly message?: string };

/** What a trigger has to say while it serves: one line each, written by whoever started it. */
export interface TriggerLog {
  readonly level: 'error' | 'warn' | 'debug';
  /** The unit it is about, if any. */
  readonly unit?: string;
  readonly message: string;
}

/** A trigger that is serving: `http`, and one folder for each other kind. */
export interface RunningTrigger {
  /** Where it can be reached: `http://127.0.0.1:3000`. */
  readonly address: string;
  /** Takes nothing new, lets what runs finish, then closes; what is not done after its deadline is cut off. */
  close(): Promise<void>;
}

/** What every trigger is given beside its own settings. */
export interface TriggerHost<Request> {
  /** Runs one event of a unit; never rejects but for a bug. */
  readonly dispatch: (unit: string, request: Request) => Promise<EventOutcome>;
  readonly log: (entry: TriggerLog) => void;
}
