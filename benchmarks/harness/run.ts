import type { Effort } from './effort.ts';
import { loadSuite } from './load-suite.ts';
import { orderOf } from './order.ts';
import { FreshProcesses } from './process.ts';
import type { Progress } from './progress.ts';
import { missing } from './requirements.ts';
import type { CaseResult, SuiteResult } from './schema.ts';
import type { Case, Measured, SuiteName } from './suite.ts';
import type { Work } from './work.ts';

/** Runs one suite: prepares it, then every case in each round, each in a fresh process. */
export async function runSuite(name: SuiteName, effort: Effort, progress: Progress): Promise<SuiteResult> {
  const suite = await loadSuite(name);
  const skipped: { name: string; label: string; reason: string }[] = [];
  const cases = suite.cases(effort).filter(({ name, label, needs = [] }) => {
    const reason = needs.map(missing).find((one) => one !== undefined);
    if (reason !== undefined) skipped.push({ name, label, reason });
    return reason === undefined;
  });
  const parts = cases.flatMap((one) => (one.parts ?? ['']).map((part) => ({ ...one, part })));
  const partsOf = (round: number) => parts.filter(({ once }) => round === 0 || !once);
  progress.begin(name, parts.length + partsOf(1).length * (effort.rounds - 1));
  using processes = new FreshProcesses();
  const prepared = await processes.run({
    do: 'prepare',
    suite: name,
    cases: cases.map((one) => one.name),
    effort,
  });
  progress.prepared();
  const rounds = new Map<string, (readonly Measured[])[]>(cases.map((one) => [one.name, []]));
  for (let round = 0; round < effort.rounds; round++) {
    for (const { name: caseName, part, label } of orderOf(partsOf(round), round)) {
      progress.step(round, part === '' ? label : `${label}, ${part}`);
      const run: Work = { do: 'run', suite: name, name: caseName, part, prepared, effort };
      rounds.get(caseName)?.push((await processes.run(run)) as readonly Measured[]);
    }
  }
  progress.end();
  return {
    name,
    title: suite.title,
    cases: cases.map((one) => caseResult(one, rounds.get(one.name) ?? [])),
    skipped,
  };
}

/** The rounds of a case put together, figure by figure. */
export function caseResult({ name, label }: Case, rounds: readonly (readonly Measured[])[]): CaseResult {
  const keyOf = ({ at, measure }: Measured): string => `${at}\n${measure}`;
  const byKey = new Map<string, Measured[]>();
  for (const measured of rounds.flat()) {
    const key = keyOf(measured);
    byKey.set(key, [...(byKey.get(key) ?? []), measured]);
  }
  const figures = [...byKey.values()].map((all) => ({
    at: all[0]!.at,
    measure: all[0]!.measure,
    unit: all[0]!.unit,
    rounds: all.map(({ value }) => significant(value)),
    samples: all.map(({ samples }) => samples),
  }));
  return { name, label, figures };
}

/** Five digits: more would be noise in the file. */
function significant(value: number): number {
  return Number(value.toPrecision(5));
}
