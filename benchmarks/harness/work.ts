import type { Effort } from './effort.ts';
import { loadSuite } from './load-suite.ts';
import { workBegins } from './since-start.ts';
import type { SuiteName } from './suite.ts';

/** What one process is told to do. */
export type Work =
  | {
      readonly do: 'prepare';
      readonly suite: SuiteName;
      readonly cases: readonly string[];
      readonly effort: Effort;
    }
  | {
      readonly do: 'run';
      readonly suite: SuiteName;
      readonly name: string;
      readonly part: string;
      readonly prepared: unknown;
      readonly effort: Effort;
    };

async function result(work: Work): Promise<unknown> {
  const suite = await loadSuite(work.suite);
  if (work.do === 'run') return suite.run(work.name, work.part, work.prepared as never, work.effort);
  const cases = suite.cases(work.effort).filter(({ name }) => work.cases.includes(name));
  return suite.prepare(work.effort, cases);
}

/** The process of one case, or of a suite's preparation: it waits for its work, does it, answers and ends. */
const ready = performance.now();
process.once('message', (work: Work) => {
  workBegins(ready);
  result(work).then(
    (value) => process.send?.({ value }, () => process.exit(0)),
    (error: unknown) =>
      process.send?.({ error: error instanceof Error ? error.stack : String(error) }, () => process.exit(1)),
  );
});
