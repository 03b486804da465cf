import { expect, test } from 'vitest';
import { median, medianDeviation, quantile } from './statistics.ts';

test.each([
  [[3, 1, 2], 2],
  [[4, 1, 2, 3], 2.5],
  [[7], 7],
])('the median of %j is %d', (samples, middle) => {
  expect(median(samples)).toBe(middle);
});

test('one wild sample does not move the deviation', () => {
  expect(medianDeviation([10, 11, 12, 13, 14])).toBe(1);
  expect(medianDeviation([10, 11, 12, 13, 9_999])).toBe(1);
});

test('quantiles are samples', () => {
  const samples = Array.from({ length: 100 }, (_, n) => 100 - n);
  expect([0, 0.5, 0.9, 0.99, 1].map((q) => quantile(samples, q))).toEqual([1, 51, 91, 100, 100]);
});

test('no sample has no median', () => {
  expect([median([]), quantile([], 0.5)]).toEqual([Number.NaN, Number.NaN]);
});
