/** ms that this process waited for its work before it began. */
let waited = 0;

/** To be told once, with when the process was ready for its work. */
export function workBegins(ready: number): void {
  waited = performance.now() - ready;
}

/** ms since this process started, without what it waited for its work: a cold start. */
export function sinceStart(): number {
  return performance.now() - waited;
}
