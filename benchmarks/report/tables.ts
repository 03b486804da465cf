import type { CaseResult, Results, SuiteResult } from '../harness/schema.ts';
import { median } from '../../host/src/cli/bench/statistics.ts';
import { measuresOf, pivot, shown, withSpread } from './numbers.ts';

/** One table of a suite: a row for each case, a column for each place that a measure has. */
function cells(
  suite: SuiteResult,
  measure: string,
  text: (figure: CaseResult['figures'][number]) => string,
): readonly (readonly string[])[] {
  const { places, rows } = pivot(suite, measure);
  const row = ({ label, figures }: CaseResult): string[] => [
    label,
    ...places.map((place) => {
      const figure = figures.find((one) => one.at === place && one.measure === measure);
      return figure ? text(figure) : '–';
    }),
  ];
  return [['', ...places], ...rows.map(row)];
}

/** A measure of a suite as Markdown, medians with the range of the rounds. */
export function markdownTable(suite: SuiteResult, measure: string): string {
  const [head = [], ...rows] = cells(suite, measure, withSpread);
  const line = (row: readonly string[]): string => `| ${row.join(' | ')} |\n`.replaceAll('|  |', '| |');
  return `${line(head)}|${'---|'.repeat(head.length)}\n${rows.map(line).join('')}`;
}

/** All tables for a terminal, medians only. */
export function tablesText(results: Results): string {
  const parts = results.suites.flatMap((suite) => [
    ...measuresOf(suite).map(({ measure, unit }) => {
      const rows = cells(suite, measure, ({ rounds }) => shown(median(rounds)));
      return `${suite.title}: ${measure}, ${unit}\n${aligned(rows)}`;
    }),
    ...suite.skipped.map(({ label, reason }) => `left out: ${label}: ${reason}\n`),
  ]);
  return parts.join('\n');
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  const cell = (text: string, column: number): string =>
    column === 0 ? text.padEnd(widths[column]!) : text.padStart(widths[column]!);
  return rows.map((row) => `  ${row.map(cell).join('  ')}\n`).join('');
}
