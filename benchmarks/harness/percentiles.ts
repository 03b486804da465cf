import { build as histogram } from 'hdr-histogram-js';
import type { Measured } from './suite.ts';

/** From a histogram of µs with three digits. */
export function percentiles(at: string, what: string, ns: readonly number[]): Measured[] {
  const values = histogram({ lowestDiscernibleValue: 1, highestTrackableValue: 60_000_000 });
  for (const one of ns) values.recordValue(Math.max(1, Math.round(one / 1000)));
  return [50, 99].map((percentile) => ({
    at,
    measure: `${what}, p${percentile}`,
    unit: 'µs',
    value: values.getValueAtPercentile(percentile),
    samples: ns.length,
  }));
}
