import { now } from 'wasi:clocks/monotonic-clock@0.2.12';

const NANOSECONDS = 1_000_000;

/**
 * `performance` over the host's monotonic clock. QuickJS' own counts from the moment the component was built,
 * and is negative in a fresh instance. Nothing is kept, so that nothing can end up in the snapshot.
 */
export const performance = {
  /** Milliseconds since the origin of the host's monotonic clock. */
  now: (): number => now() / NANOSECONDS,
  /** That origin, in milliseconds since 1970. */
  get timeOrigin(): number {
    return Date.now() - now() / NANOSECONDS;
  },
  toJSON: (): { timeOrigin: number } => ({ timeOrigin: performance.timeOrigin }),
};
