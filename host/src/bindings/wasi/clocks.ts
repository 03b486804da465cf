import type { Pollable } from './io.ts';

const NS_PER_MS = 1_000_000n;

/** wasi:clocks. Instants are those of `process.hrtime`, pollables wait by `performance.now()`. */
export function createClocks(pollable: (readyAt: number) => Pollable) {
  const now = (): bigint => process.hrtime.bigint();
  const after = (duration: bigint): Pollable =>
    pollable(performance.now() + Number(duration) / Number(NS_PER_MS));
  return {
    monotonic: {
      now,
      resolution: () => 1n,
      subscribeInstant(when: bigint) {
        const left = when - now();
        return after(left > 0n ? left : 0n);
      },
      subscribeDuration: after,
    },
    wall: {
      now: () => datetime(Date.now()),
      resolution: () => ({ seconds: 0n, nanoseconds: Number(NS_PER_MS) }),
    },
  };
}

/** @param ms since the epoch, whole */
function datetime(ms: number): { seconds: bigint; nanoseconds: number } {
  return { seconds: BigInt(Math.floor(ms / 1000)), nanoseconds: (ms % 1000) * Number(NS_PER_MS) };
}
