import { problem } from '../../diagnostics/error.ts';
import type { EventContext } from '../binding.ts';

/** A number that never changes: waiting on it is sleeping, and the thread can still be terminated. */
const NEVER = new Int32Array(new SharedArrayBuffer(4));

/**
 * Blocks the thread until `performance.now()` reaches `until`, at most until the deadline of the event.
 *
 * @throws TenonError `bindings/deadline`, which ends the event
 */
export function waitUntil(until: number, event: EventContext | undefined): void {
  for (let left = until - performance.now(); left > 0; left = until - performance.now()) {
    const allowed = event ? event.deadline - Date.now() : Infinity;
    if (allowed <= 0) throw problem('bindings/deadline', 'a service slept past the deadline of its event');
    // A timeout of Infinity waits for ever, as a service that sleeps for ever asks for.
    Atomics.wait(NEVER, 0, 0, Math.min(left, allowed));
  }
}
