import type { Paint } from '../output.ts';
import { verdictOf, type Advice, type MeasuredPlacement } from './advice.ts';
import type { BenchEdge } from './candidates.ts';
import type { BenchRequest } from './requests.ts';
import { median } from './statistics.ts';

/** An edge with all that was found of it. */
export interface EdgeReport extends BenchEdge {
  /** Whether a request can come to it; what cannot is not measured. */
  readonly reached: boolean;
  readonly placements: readonly MeasuredPlacement[];
  readonly advice?: Advice;
}

export interface BenchReport {
  readonly app: string;
  readonly requests: readonly BenchRequest[];
  readonly rounds: number;
  readonly count: number;
  readonly edges: readonly EdgeReport[];
}

export function benchText({ app, requests, rounds, count, edges }: BenchReport, paint: Paint): string {
  const asked = requests.map(({ method, path }) => `${method} ${path}`).join(', ');
  const head = `${paint('bold', app)}: ${asked}; µs until the answer, median of ${rounds} rounds of ${count} (lowest, highest)\n`;
  if (edges.length === 0) return `${head}\nThe app has no edges between services.\n`;
  return `${head}${edges.map((edge) => `\n${edgeText(edge, paint)}`).join('')}`;
}

function edgeText(edge: EdgeReport, paint: Paint): string {
  const { importer, provider, contracts, reached, placements, advice } = edge;
  const title = `${paint('bold', `${importer} → ${provider}`)}  ${paint('dim', contracts.join(', '))}\n`;
  if (!reached) return `${title}  not measured: no request comes to ${importer}; name one with --request\n`;
  const present = placements.find(({ current }) => current);
  const rows = placements.map((one) => {
    const name = `  ${one.placement.padEnd(6)}  `;
    if (!one.rounds) return `${name}${paint('dim', `–  ${one.obstacle ?? ''}`)}\n`;
    const found = [median(one.rounds), Math.min(...one.rounds), Math.max(...one.rounds)].map((value) =>
      Math.round(value).toLocaleString('en-US'),
    );
    const verdict = present ? verdictOf(one, present) : '';
    return `${name}${found[0]!.padStart(7)} (${found[1]}, ${found[2]})  ${verdict}\n`;
  });
  return `${title}${rows.join('')}  ${paint('green', '→')} ${advice?.text ?? ''}\n`;
}

/** For programs: requests without their bodies. */
export function benchJson({ requests, ...report }: BenchReport): Readonly<Record<string, unknown>> {
  return { ...report, requests: requests.map(({ method, path, service }) => ({ method, path, service })) };
}
