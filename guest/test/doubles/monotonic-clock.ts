/** `wasi:clocks/monotonic-clock` that does not wait: blocking moves its time forward. */
export const clock = { time: 5_000_000_000, slept: [] as number[], disposed: 0 };

export function now(): number {
  return clock.time;
}

export function subscribeDuration(duration: number): Disposable & { block(): void } {
  return {
    block() {
      clock.time += duration;
      clock.slept.push(duration / 1_000_000);
    },
    [Symbol.dispose]() {
      clock.disposed += 1;
    },
  };
}
