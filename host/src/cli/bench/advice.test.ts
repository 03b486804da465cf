import { describe, expect, test } from 'vitest';
import { adviceFor, verdictOf, type MeasuredPlacement } from './advice.ts';

type Rounds = readonly number[];
const QUIET: Rounds = [100, 101, 102];

function edge(present: string, all: Readonly<Record<string, Rounds>>): MeasuredPlacement[] {
  return Object.entries(all).map(([placement, rounds]) => ({
    placement: placement as MeasuredPlacement['placement'],
    current: placement === present,
    rounds,
  }));
}

describe('a placement is', () => {
  test.each<[verdict: string, rounds: Rounds]>([
    ['faster', [50, 51, 52]],
    ['slower', [150, 151, 152]],
    ['the same within noise', [96, 97, 98]],
    ['the same within noise', [50, 51, 101]],
    ['the same within noise', [99, 150, 160]],
  ])('%s with rounds of %j', (verdict, rounds) => {
    const [present, other] = edge('linked', { linked: QUIET, fused: rounds });
    expect(verdictOf(other!, present!)).toBe(verdict);
  });
});

describe('advice', () => {
  test('is the fastest placement, with what it saves and what it gives up', () => {
    const advice = adviceFor(edge('mqtt', { mqtt: [900, 910, 920], linked: [500, 510, 520], fused: QUIET }));
    expect(advice).toMatchObject({ change: 'fused', saves: 809 });
    const linked = adviceFor(edge('redis', { redis: [1000, 1000, 1000], linked: QUIET, mqtt: [10, 10, 10] }));
    expect(linked).toEqual({
      change: 'linked',
      saves: 899,
      text: 'change it to linked: 899 µs of a request less, 90 %',
    });
    expect(adviceFor(edge('linked', { linked: [1000, 1000, 1000], fused: QUIET })).text).toContain(
      'share one heap',
    );
  });

  test('is never mqtt, over which an answer says nothing of the work', () => {
    expect(adviceFor(edge('linked', { linked: QUIET, mqtt: [10, 10, 10] }))).toEqual({
      text: 'leave it: over mqtt the answer comes earlier, but before the work is done',
    });
  });

  test('is to leave what nothing is better than', () => {
    expect(adviceFor(edge('linked', { linked: QUIET, fused: QUIET, mqtt: [500, 500, 500] }))).toEqual({
      text: 'leave it: no other placement answers earlier by more than noise',
    });
  });
});
