import type { Calls } from '../harness/measure.ts';
import type { Payload } from './payloads.ts';

/** A way from caller to callee, ready to be measured. */
export interface Subject extends AsyncDisposable {
  /** Whether a call is long enough for a sample of its own. */
  readonly individually: boolean;
  /** The processes that take part, this one included. */
  readonly pids: readonly number[];
  /** Checks that this payload is answered right, and gives what is timed. */
  calls(payload: Payload): Promise<Calls>;
}

export function wrongAnswer(payload: Payload, found: unknown): Error {
  const text = JSON.stringify(found) ?? 'undefined';
  return new Error(`${payload.call} with ${payload.name} answered ${text.slice(0, 200)}`);
}
