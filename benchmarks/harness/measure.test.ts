import { describe, expect, test } from 'vitest';
import { QUICK } from './effort.ts';
import { isStable, time, timesOf } from './measure.ts';

describe('warm-up is over', () => {
  test.each<[string, readonly number[], boolean]>([
    ['not with too few samples', [5, 5, 5, 5, 5, 5, 5, 5, 5], false],
    ['when two windows are alike', [9, 8, 7, 6, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5], true],
    ['not while times still fall', [20, 19, 18, 17, 16, 10, 9, 8, 7, 6], false],
    ['in spite of one wild sample', [5, 5, 5, 5, 5, 5, 500, 5, 5, 5], true],
  ])('%s', (_, samples, stable) => {
    expect(isStable(samples)).toBe(stable);
  });
});

/** Calls that tell their own time, so that the test has none. */
function calls(microseconds: number, counts: number[]) {
  return async (count: number): Promise<number> => {
    counts.push(count);
    return count * microseconds;
  };
}

test('short calls are timed in batches, and given per call', async () => {
  const counts: number[] = [];
  const timing = await time(calls(2, counts), { ...QUICK, batchMs: 1, minSamples: 4, sampleMs: 0 });
  // 500 calls of 2 µs are 1 ms.
  expect(timing.batch).toBe(500);
  expect(timing.samples.every((one) => one === 2)).toBe(true);
  expect(counts.slice(-timing.samples.length).every((count) => count === 500)).toBe(true);
});

test('long calls are timed one by one', async () => {
  const counts: number[] = [];
  const timing = await time(
    calls(900, counts),
    { ...QUICK, minSamples: 4, sampleMs: 0 },
    { individually: true },
  );
  expect(timing.batch).toBe(1);
  expect(new Set(counts)).toEqual(new Set([1]));
});

test('processor time is that of all calls that were sampled, by their number', async () => {
  let used = 0;
  const cpu = (): number => (used += 8_000_000);
  const timing = await time(calls(1, []), { ...QUICK, batchMs: 1, minSamples: 4, sampleMs: 0 }, { cpu });
  expect(timing.cpu).toBeCloseTo(8_000 / (timing.samples.length * timing.batch));
});

test('figures are the percentiles of the samples', () => {
  const samples = Array.from({ length: 100 }, (_, n) => n + 1);
  const figures = timesOf('16 B', { samples, batch: 10, cpu: 3 });
  expect(figures.map(({ measure, value, samples }) => [measure, value, samples])).toEqual([
    ['p50', 50.5, 100],
    ['p90', 91, 100],
    ['p99', 100, 100],
    ['CPU', 3, 1000],
  ]);
});

test('what the system does not tell is left out', () => {
  expect(timesOf('16 B', { samples: [1], batch: 1 }).map(({ measure }) => measure)).toEqual([
    'p50',
    'p90',
    'p99',
  ]);
});
