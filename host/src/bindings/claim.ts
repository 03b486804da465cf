/**
 * Where a deadline and a commit meet: one Int32 shared between the main thread and a worker. Each claims it
 * by one atomic exchange against PENDING; whoever loses yields, so that no event is committed after its caller
 * was told that it was late, and none is called late that was committed.
 *
 *     PENDING ──worker──▶ COMMITTING ──worker──▶ DONE
 *        └─────main thread──▶ LATE
 */
export const PENDING = 0;
/** The worker has begun to commit: the main thread waits for its answer. */
export const COMMITTING = 1;
/** The deadline has passed first: nothing may be written any more. */
export const LATE = 2;
/** The commit has ended. */
export const DONE = 3;

/** Claims a pending event for `value`; false if the other side was first. */
export function tryClaim(claim: Int32Array, value: typeof COMMITTING | typeof LATE): boolean {
  return Atomics.compareExchange(claim, 0, PENDING, value) === PENDING;
}
