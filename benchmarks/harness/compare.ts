import type { Figure, Results } from './schema.ts';
import { median, medianDeviation } from '../../host/src/cli/bench/statistics.ts';
import { higherIsBetter } from './suite.ts';

/** A figure that is in both files. */
export interface Change {
  readonly suite: string;
  readonly case: string;
  readonly at: string;
  readonly measure: string;
  readonly unit: string;
  readonly before: number;
  readonly after: number;
  /** How far it must move to be more than noise, as a part of what it was. */
  readonly noise: number;
  readonly verdict: 'better' | 'worse' | 'same';
}

export interface Comparison {
  /** Why the figures say less than they seem to. */
  readonly warnings: readonly string[];
  readonly changes: readonly Change[];
  /** Cases that only one of the files has. */
  readonly unmatched: readonly string[];
}

/** No change below this is told: machines are not quieter. */
const LEAST = 0.1;
/** So many median deviations of the rounds are noise. */
const DEVIATIONS = 4;
/** Tails and memory vary more than rounds of one run show. */
const TAILS: Readonly<Record<string, number>> = { p99: 0.5, p90: 0.2 };

/** What changed from one run to another, and whether it is more than noise. */
export function compare(before: Results, after: Results): Comparison {
  const known = figuresOf(before);
  const found = figuresOf(after);
  const changes = [...found].flatMap(([key, now]) => {
    const then = known.get(key);
    return then ? [changeOf(then, now)] : [];
  });
  const caseKey = ({ suite, case: name }: Place): string => `${suite}/${name}`;
  const cases = [known, found].map((all) => new Set([...all.values()].map(caseKey)));
  const unmatched = [...cases[0]!.symmetricDifference(cases[1]!)].sort();
  return { warnings: warnings(before, after), changes, unmatched };
}

interface Place {
  readonly suite: string;
  readonly case: string;
  readonly figure: Figure;
}

function figuresOf(results: Results): Map<string, Place> {
  const all = new Map<string, Place>();
  for (const suite of results.suites) {
    for (const one of suite.cases) {
      for (const figure of one.figures) {
        const place = { suite: suite.name, case: one.name, figure };
        all.set([suite.name, one.name, figure.at, figure.measure, figure.unit].join('\n'), place);
      }
    }
  }
  return all;
}

function changeOf(then: Place, { suite, case: name, figure }: Place): Change {
  const { at, measure, unit, rounds } = figure;
  const before = median(then.figure.rounds);
  const after = median(rounds);
  const noise = Math.max(
    TAILS[measure] ?? LEAST,
    (DEVIATIONS * Math.max(medianDeviation(then.figure.rounds), medianDeviation(rounds))) / before,
  );
  const beyond = before > 0 && Math.abs(after - before) > noise * before && apart(then.figure.rounds, rounds);
  const good = higherIsBetter(unit) ? after > before : after < before;
  const verdict = !beyond ? 'same' : good ? 'better' : 'worse';
  return { suite, case: name, at, measure, unit, before, after, noise, verdict };
}

/** Whether no round of one run is where the other's are. */
function apart(a: readonly number[], b: readonly number[]): boolean {
  return Math.max(...a) < Math.min(...b) || Math.max(...b) < Math.min(...a);
}

function warnings(before: Results, after: Results): string[] {
  const found: string[] = [];
  if (before.machine.name !== after.machine.name)
    found.push(`they are of different machines: ${before.machine.name} and ${after.machine.name}`);
  if (before.quick || after.quick)
    found.push('a quick run is there to see that it works, not to be compared');
  for (const { date, machine } of [before, after])
    if (machine.load > machine.cores / 2) found.push(`the machine was busy on ${date}: load ${machine.load}`);
  return found;
}

export function comparisonText({ warnings, changes, unmatched }: Comparison): string {
  const lines = warnings.map((warning) => `warning: ${warning}`);
  for (const verdict of ['worse', 'better'] as const) {
    for (const one of changes.filter((change) => change.verdict === verdict)) {
      const place = [one.suite, one.case, one.at, one.measure].filter(Boolean).join(', ');
      const percent = ((one.after / one.before - 1) * 100).toFixed(0);
      lines.push(
        `${verdict}: ${place}: ${round(one.before)} → ${round(one.after)} ${one.unit} (${Number(percent) > 0 ? '+' : ''}${percent} %, noise ${(one.noise * 100).toFixed(0)} %)`,
      );
    }
  }
  for (const name of unmatched) lines.push(`only in one of them: ${name}`);
  const same = changes.filter(({ verdict }) => verdict === 'same').length;
  lines.push(`${changes.length} figures compared, ${same} of them the same within noise`);
  return `${lines.join('\n')}\n`;
}

function round(value: number): string {
  return String(Number(value.toPrecision(4)));
}
