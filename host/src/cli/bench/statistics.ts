/** The q-quantile (0…1) of samples, by the nearest rank. */
export function quantile(samples: readonly number[], q: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

/** The middle sample; of an even number the mean of the middle two. */
export function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  return sorted.length % 2 ? upper : ((sorted[sorted.length / 2 - 1] ?? Number.NaN) + upper) / 2;
}

/** The median distance from the median: a spread that one wild sample does not move. */
export function medianDeviation(samples: readonly number[]): number {
  const middle = median(samples);
  return median(samples.map((one) => Math.abs(one - middle)));
}
