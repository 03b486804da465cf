import { describe, expect, test } from 'vitest';
import { compare, comparisonText } from './compare.ts';
import { resultsOf } from './results.fixture.ts';

const QUIET = [10, 10.1, 9.9, 10.2, 9.8];
const shifted = (factor: number): number[] => QUIET.map((one) => one * factor);
const of = (rounds: readonly number[]) => resultsOf({ 'linked-node': { '16 B': rounds } });

describe('a figure', () => {
  test.each<[string, readonly number[], string]>([
    ['that is the same', QUIET, 'same'],
    ['a little higher, within what machines do', shifted(1.08), 'same'],
    ['half as much again', shifted(1.5), 'worse'],
    ['half of it', shifted(0.5), 'better'],
    ['higher, but with rounds where the others are', [10, 10, 15, 16, 17], 'same'],
    ['higher, but all over the place', [11, 30, 14, 50, 19], 'same'],
  ])('%s', (_, after, verdict) => {
    expect(compare(of(QUIET), of(after)).changes).toMatchObject([{ verdict, at: '16 B', measure: 'p50' }]);
  });

  test('for which more is better', () => {
    const rate = (value: number) => {
      const results = of([value, value, value]);
      results.suites[0]!.cases[0]!.figures[0]!.unit = '/s';
      return results;
    };
    expect(compare(rate(100), rate(200)).changes[0]?.verdict).toBe('better');
    expect(compare(rate(200), rate(100)).changes[0]?.verdict).toBe('worse');
  });
});

test('what only one of them has is named, and not compared', () => {
  const before = resultsOf({ js: { u32: QUIET }, undici: { u32: QUIET } });
  const after = resultsOf({ js: { u32: QUIET }, 'mqtt-0': { u32: QUIET } });
  const { changes, unmatched } = compare(before, after);
  expect(changes.map((one) => one.case)).toEqual(['js']);
  expect(unmatched).toEqual(['hop/mqtt-0', 'hop/undici']);
});

test('what makes a comparison doubtful is said', () => {
  const before = of(QUIET);
  const busy = { ...before.machine, name: 'another', load: 5 };
  const { warnings } = compare(before, { ...before, quick: true, machine: busy });
  expect(warnings).toHaveLength(3);
});

test('the text tells what is worse first', () => {
  const before = resultsOf({ js: { u32: QUIET }, undici: { u32: QUIET, '16 B': QUIET } });
  const after = resultsOf({ js: { u32: shifted(0.5) }, undici: { u32: shifted(2), '16 B': QUIET } });
  expect(comparisonText(compare(before, after))).toBe(
    `worse: hop, undici, u32, p50: 10 → 20 µs (+100 %, noise 10 %)
better: hop, js, u32, p50: 10 → 5 µs (-50 %, noise 10 %)
3 figures compared, 1 of them the same within noise
`,
  );
});
