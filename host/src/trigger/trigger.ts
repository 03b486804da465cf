import type { EventOutcome } from '../runtime/types.ts';

/** What a trigger has to say while it serves: one line each, written by whoever started it. */
export interface TriggerLog {
  readonly level: 'error' | 'warn' | 'info' | 'debug';
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
