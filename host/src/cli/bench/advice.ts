import type { Placement } from '../../plan/types.ts';
import { median } from './statistics.ts';

/** A placement with what was measured of it, or why it was not. */
export interface MeasuredPlacement {
  readonly placement: Placement;
  readonly current: boolean;
  readonly obstacle?: string;
  /** µs until the answer, the median of each round. */
  readonly rounds?: readonly number[];
}

export interface Advice {
  /** The placement to change to; absent where the edge is best left as it is. */
  readonly change?: Placement;
  /** µs of a request that it saves. */
  readonly saves?: number;
  readonly text: string;
}

export type Verdict = 'as it is' | 'faster' | 'slower' | 'the same within noise';

/** A difference below this part of the whole is never told: rounds do not show all of a machine's noise. */
const LEAST = 0.05;

/** Whether a placement is faster or slower than the present one, by more than its rounds differ among themselves. */
export function verdictOf(one: MeasuredPlacement, present: MeasuredPlacement): Verdict {
  if (one.current) return 'as it is';
  const [a, b] = [one.rounds ?? [], present.rounds ?? []];
  if (a.length === 0 || b.length === 0) return 'the same within noise';
  const [mine, its] = [median(a), median(b)];
  if (Math.abs(mine - its) <= LEAST * its) return 'the same within noise';
  if (Math.max(...a) < Math.min(...b)) return 'faster';
  return Math.min(...a) > Math.max(...b) ? 'slower' : 'the same within noise';
}

/**
 * What to do about an edge. Only placements that keep what a call means are advised: with `mqtt` nobody waits for the
 * work, so an earlier answer says nothing of it.
 */
export function adviceFor(placements: readonly MeasuredPlacement[]): Advice {
  const present = placements.find(({ current }) => current);
  if (!present?.rounds) return { text: 'leave it: it was not measured as it is' };
  const its = median(present.rounds);
  const faster = placements
    .filter((one) => verdictOf(one, present) === 'faster')
    .sort((a, b) => median(a.rounds!) - median(b.rounds!));
  const best = faster.find(({ placement }) => placement !== 'mqtt' && present.placement !== 'mqtt');
  if (best) {
    const saves = its - median(best.rounds!);
    const part = Math.round((saves / its) * 100);
    return {
      change: best.placement,
      saves,
      text: `change it to ${best.placement}: ${Math.round(saves)} µs of a request less, ${part} %${COST[best.placement] ?? ''}`,
    };
  }
  const earlier = faster.find(({ placement }) => placement === 'mqtt');
  if (earlier)
    return {
      text: 'leave it: over mqtt the answer comes earlier, but before the work is done',
    };
  if (present.placement === 'mqtt' && faster[0])
    return {
      text: `${faster[0].placement} answers earlier, though it does the work before that: change it unless the call has to outlast the provider`,
      change: faster[0].placement,
      saves: its - median(faster[0].rounds!),
    };
  return { text: 'leave it: no other placement answers earlier by more than noise' };
}

/** What is given up for it. */
const COST: Readonly<Partial<Record<Placement, string>>> = {
  fused: '; both services then share one heap and their grants',
  redis: '; each call is then two messages and an event of its own',
};
