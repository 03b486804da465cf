/** How long to wait for what another process or worker has locked, ms. */
export const BUSY_TIMEOUT = 5_000;

const SQLITE_BUSY = 5;
/** SQLite's own wait sleeps 1 ms, then more; a commit takes a fiftieth of that. */
const FIRST_PAUSE = 0.05;
const LONGEST_PAUSE = 5;
const NEVER = new Int32Array(new SharedArrayBuffer(4));

/** Does something in a database, again and again while it is locked, up to BUSY_TIMEOUT. */
export function retryWhileBusy<T>(call: () => T): T {
  let until: number | undefined;
  for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE)) {
    try {
      return call();
    } catch (error) {
      until ??= performance.now() + BUSY_TIMEOUT;
      if (!isBusy(error) || performance.now() >= until) throw error;
      // A part of the pause is drawn, so that two that wait do not meet again.
      Atomics.wait(NEVER, 0, 0, pause * (0.5 + Math.random()));
    }
  }
}

/** The code without its extension, which says what it is busy with. */
export function isBusy(error: unknown): boolean {
  const { errcode } = error as { errcode?: number };
  return errcode !== undefined && (errcode & 0xff) === SQLITE_BUSY;
}
