import type { CaseResult, Figure, Results, SuiteResult } from '../harness/schema.ts';
import { median } from '../../host/src/cli/bench/statistics.ts';
import type { SuiteName } from '../harness/suite.ts';

/** Three digits, and no more of them than the figure is worth. */
export function shown(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size >= 100) return Math.round(value).toLocaleString('en-US');
  return size >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** A figure with the lowest and the highest of its rounds. */
export function withSpread({ rounds }: Figure): string {
  const middle = shown(median(rounds));
  const [low, high] = [shown(Math.min(...rounds)), shown(Math.max(...rounds))];
  return low === high ? middle : `${middle} (${low}–${high})`;
}

export function suiteOf(results: Results, name: SuiteName): SuiteResult | undefined {
  return results.suites.find((suite) => suite.name === name);
}

export function figureOf(
  suite: SuiteResult | undefined,
  caseName: string,
  at: string,
  measure: string,
): Figure | undefined {
  return suite?.cases
    .find(({ name }) => name === caseName)
    ?.figures.find((one) => one.at === at && one.measure === measure);
}

/** The median over the rounds; undefined where it was not measured. */
export function valueOf(
  suite: SuiteResult | undefined,
  caseName: string,
  at: string,
  measure: string,
): number | undefined {
  const figure = figureOf(suite, caseName, at, measure);
  return figure && median(figure.rounds);
}

/** The measures of a suite, in the order in which its cases have them. */
export function measuresOf({ cases }: SuiteResult): readonly { measure: string; unit: string }[] {
  const units = new Map<string, string>();
  for (const { figures } of cases) for (const { measure, unit } of figures) units.set(measure, unit);
  return [...units].map(([measure, unit]) => ({ measure, unit }));
}

/** The cases that have a measure, and all places where one of them has it. */
export function pivot(
  { cases }: SuiteResult,
  measure: string,
): { readonly places: readonly string[]; readonly rows: readonly CaseResult[] } {
  const has = ({ figures }: CaseResult): boolean => figures.some((one) => one.measure === measure);
  const rows = cases.filter(has);
  const places = new Set(
    rows.flatMap(({ figures }) => figures.filter((one) => one.measure === measure).map(({ at }) => at)),
  );
  return { places: [...places], rows };
}
