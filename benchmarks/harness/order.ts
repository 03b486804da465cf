/** Cases as they run in a round: every other round from the last to the first, so that a drift falls on all alike. */
export function orderOf<T>(cases: readonly T[], round: number): readonly T[] {
  return round % 2 === 0 ? cases : [...cases].reverse();
}
