import { beforeAll, describe, expect, test } from 'vitest';
import { testUnits, type TestUnit } from './harness.ts';
import { composed, mishaps } from './wat.ts';

/** `npm run soak` runs ten times as long. */
const FACTOR = Number(process.env['TENON_SOAK'] ?? 1);
const EVENTS = 100_000 * FACTOR;
const TRAPS = 10_000 * FACTOR;
const DEADLINES = 500 * FACTOR;
/** What a process may grow by that does not leak: pools of the allocator, the garbage collector's laziness. */
const SLACK_MB = 48;
const TIMEOUT = 400_000 * FACTOR;

const units = testUnits();
let wasm: Uint8Array;
beforeAll(async () => {
  wasm = await mishaps();
});

/**
 * Runs a warm-up, then the rest, and gives the growth of the process's memory in between, in MB. At its end that is
 * the least of the last fifth of the runs: a thread that was ended, or what the collector has not come to yet, is
 * gone a moment later, and a leak is not.
 */
async function growth(count: number, warmUp: number, run: () => Promise<unknown>): Promise<number> {
  for (let n = 0; n < warmUp; n++) await run();
  const before = process.memoryUsage.rss();
  let after = Infinity;
  for (let n = 0; n < count; n++) {
    await run();
    if (n >= count * 0.8) after = Math.min(after, process.memoryUsage.rss());
  }
  return (after - before) / 2 ** 20;
}

function expectOutcome(
  unit: TestUnit,
  name: string,
  kind: string,
  ...args: readonly unknown[]
): () => Promise<void> {
  return async () => {
    const outcome = await unit.call(name, ...args);
    if (outcome.kind !== kind) throw new Error(`expected ${kind}, found ${JSON.stringify(outcome)}`);
  };
}

describe('memory of the process stays flat', () => {
  test.each(['auto', 'instantiate'] as const)(
    `over ${EVENTS} events with two handles each, fresh state by %s`,
    async (fresh) => {
      const unit = await units.start(wasm, { fresh });
      expect(await growth(EVENTS, 10_000, expectOutcome(unit, 'use', 'result', 1))).toBeLessThan(SLACK_MB);
      const { resets, instances } = unit.host.stats();
      expect(fresh === 'auto' ? instances : resets).toBe(fresh === 'auto' ? 1 : 0);
      // Handle numbers are used again, not counted on.
      expect(await unit.call('use', 1)).toMatchObject({
        kind: 'result',
        value: expect.toSatisfy((handle: number) => handle <= 2),
      });
    },
    TIMEOUT,
  );

  test(
    `over ${EVENTS / 10} events that keep their handles`,
    async () => {
      const unit = await units.start(wasm);
      expect(await growth(EVENTS / 10, 2_000, expectOutcome(unit, 'keep', 'result', 2))).toBeLessThan(
        SLACK_MB,
      );
    },
    TIMEOUT,
  );

  test(
    `over ${EVENTS / 2} events whose callee calls the host`,
    async () => {
      const unit = await units.start(await composed());
      const run = expectOutcome(unit, 'twice', 'result', 'some text', 3);
      expect(await growth(EVENTS / 2, 10_000, run)).toBeLessThan(SLACK_MB);
      expect(unit.host.stats().instances).toBe(1);
    },
    TIMEOUT,
  );

  test(
    `over ${TRAPS} traps`,
    async () => {
      // Counted, since what is kept of as many entries would be more than the slack.
      let logged = 0;
      const unit = await units.start(wasm, { log: () => void logged++ });
      const run = expectOutcome(unit, 'trap', 'trap');
      expect(await growth(TRAPS, 2_000, run)).toBeLessThan(SLACK_MB);
      expect(logged).toBe(TRAPS + 2_000);
    },
    TIMEOUT,
  );

  test(
    `over ${DEADLINES} deadlines`,
    async () => {
      const unit = await units.start(wasm, { workers: 2, deadlineMs: 30, substitutes: 0 });
      const run = (): Promise<unknown> => Promise.all([0, 1].map(expectOutcome(unit, 'loop', 'deadline')));
      expect(await growth(DEADLINES / 2, 50, run)).toBeLessThan(SLACK_MB);
      expect(unit.host.stats().deadlines).toBe(DEADLINES + 100);
    },
    TIMEOUT,
  );
});
