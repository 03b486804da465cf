import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { compare, comparisonText } from './harness/compare.ts';
import { FULL, QUICK } from './harness/effort.ts';
import { machine, versions } from './harness/machine.ts';
import { timerCost } from './harness/measure.ts';
import { createProgress } from './harness/progress.ts';
import { runSuite } from './harness/run.ts';
import { resultsSchema, type Results } from './harness/schema.ts';
import { SUITE_NAMES, type SuiteName } from './harness/suite.ts';
import { writeReport } from './report/report.ts';
import { tablesText } from './report/tables.ts';

const HELP = `npm run bench [-- <options>]        measure, and write the results and the report
npm run bench -- compare <a.json> <b.json>    what changed beyond noise from a to b
npm run bench -- report <results.json>        write the report again, from results alone

Options:
  --suite <a,b>   only these of ${SUITE_NAMES.join(', ')}
  --quick         one short round of everything, to see that it works; no report is written
  --out <folder>  where results/, charts/ and REPORT.md are written (default: benchmarks/)
  --json          print the results, or the comparison, as JSON
  --quiet         do not say what is being measured
  --help          this text

A whole run takes eight to ten minutes on two cores, and wants the machine for itself. SPIN_BIN names a
Spin binary to measure on as well. Redis, Mosquitto and Wasmtime's Python package are used where they
are installed; what is missing is left out and named in the report.

Exit codes: 0, 1 where a comparison found something slower, 2 for a wrong command line.
`;

class UsageError extends Error {}

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(args);
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const out = values.out ?? import.meta.dirname;
  const [command, ...files] = positionals;
  switch (command) {
    case undefined:
      return await run(suitesOf(values.suite), values, out);
    case 'compare': {
      const [before, after] = files;
      if (before === undefined || after === undefined || files.length > 2)
        throw new UsageError('compare takes two files of results');
      const comparison = compare(read(before), read(after));
      process.stdout.write(values.json ? `${JSON.stringify(comparison)}\n` : comparisonText(comparison));
      return comparison.changes.some(({ verdict }) => verdict === 'worse') ? 1 : 0;
    }
    case 'report': {
      if (files.length !== 1) throw new UsageError('report takes one file of results');
      writeReport(read(files[0]!), out);
      return 0;
    }
    default:
      throw new UsageError(`there is no command ${command}`);
  }
}

interface RunOptions {
  readonly quick?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

async function run(suites: readonly SuiteName[], options: RunOptions, out: string): Promise<number> {
  const effort = options.quick ? QUICK : FULL;
  const progress = createProgress(process.stderr, options.quiet ?? false);
  const started = performance.now();
  const began = { date: new Date().toISOString(), machine: machine(), timerNs: timerCost() };
  const measured: Results['suites'] = [];
  for (const name of suites) measured.push(await runSuite(name, effort, progress));
  const results = resultsSchema.parse({
    format: 1,
    date: began.date,
    quick: effort.quick,
    machine: began.machine,
    versions: versions(),
    timerNs: began.timerNs,
    rounds: effort.rounds,
    suites: measured,
  } satisfies Results);

  const name = `${began.date.slice(0, 10)}-${began.machine.name}${effort.quick ? '-quick' : ''}.json`;
  const file = join(out, 'results', name);
  mkdirSync(dirname(file), { recursive: true });
  const text = JSON.stringify(results, undefined, 1);
  writeFileSync(file, `${text}\n`);
  if (!effort.quick) writeReport(results, out);
  process.stdout.write(options.json ? `${JSON.stringify(results)}\n` : tablesText(results));
  const took = ((performance.now() - started) / 1000).toFixed(0);
  if (!options.quiet) process.stderr.write(`written after ${took} s: ${file}\n`);
  return 0;
}

function readArguments(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        suite: { type: 'string' },
        quick: { type: 'boolean' },
        out: { type: 'string' },
        json: { type: 'boolean' },
        quiet: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function suitesOf(text: string | undefined): readonly SuiteName[] {
  if (text === undefined) return SUITE_NAMES;
  const wanted = text.split(',').map((name) => name.trim());
  const unknown = wanted.find((name) => !SUITE_NAMES.includes(name as SuiteName));
  if (unknown !== undefined)
    throw new UsageError(`there is no suite ${unknown}; there are ${SUITE_NAMES.join(', ')}`);
  return SUITE_NAMES.filter((name) => wanted.includes(name));
}

function read(file: string): Results {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new UsageError(`${file} cannot be read`);
  }
  const parsed = resultsSchema.safeParse(parseJson(text));
  if (!parsed.success)
    throw new UsageError(`${file} is no file of results: ${parsed.error.issues[0]?.message}`);
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const wrong = error instanceof UsageError;
  process.stderr.write(wrong ? `${error.message}\n\n${HELP}` : `${(error as Error).stack}\n`);
  process.exitCode = wrong ? 2 : 70;
}
