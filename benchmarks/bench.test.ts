import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { QUICK } from './harness/effort.ts';
import { loadSuite } from './harness/load-suite.ts';
import { missing } from './harness/requirements.ts';
import { resultsSchema, type Results } from './harness/schema.ts';
import { SUITE_NAMES } from './harness/suite.ts';

const BENCH = join(import.meta.dirname, 'bench.ts');
const folder = mkdtempSync(join(tmpdir(), 'tenon-bench-'));
afterAll(() => rmSync(folder, { recursive: true }));

function bench(...args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [BENCH, ...args], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
}

/** Writes a file of results, changed. */
function fileOf(name: string, results: Results): string {
  const file = join(folder, name);
  writeFileSync(file, JSON.stringify(results));
  return file;
}

describe('a quick run of everything', () => {
  let results: Results;
  beforeAll(() => {
    // Every case checks its answers, and fails the run where one is wrong.
    const { status, stdout, stderr } = bench('--quick', '--json', '--quiet', '--out', folder);
    if (status !== 0) throw new Error(`it ended with ${status}: ${stderr}`);
    results = resultsSchema.parse(JSON.parse(stdout));
  }, 600_000);

  test.each(SUITE_NAMES)('has figures for every case and part of %s', async (name) => {
    const cases = (await loadSuite(name)).cases(QUICK);
    const found = results.suites.find((suite) => suite.name === name);
    const there = cases.filter(({ needs = [] }) => needs.every((one) => missing(one) === undefined));
    expect(found?.cases.map((one) => one.name)).toEqual(there.map((one) => one.name));
    expect(found?.skipped).toHaveLength(cases.length - there.length);
    for (const { name: caseName, parts = [] } of there) {
      const figures = found?.cases.find((one) => one.name === caseName)?.figures ?? [];
      const places = new Set(figures.map(({ at }) => at));
      expect([caseName, places.size > 0]).toEqual([caseName, true]);
      expect([caseName, parts.filter((part) => !places.has(part))]).toEqual([caseName, []]);
      for (const { rounds, samples } of figures) {
        expect([caseName, rounds.length, samples.length]).toEqual([caseName, QUICK.rounds, QUICK.rounds]);
        expect(rounds.every((value) => Number.isFinite(value) && value >= 0)).toBe(true);
      }
    }
  });

  test('is written where it was told to be, without a report', () => {
    const [file = ''] = readdirSync(join(folder, 'results'));
    expect(file).toBe(`${results.date.slice(0, 10)}-${results.machine.name}-quick.json`);
    expect(JSON.parse(readFileSync(join(folder, 'results', file), 'utf8'))).toEqual(results);
    expect(readdirSync(folder)).not.toContain('REPORT.md');
  });

  test('can be compared: with itself nothing changed, with one that is slower it exits with 1', () => {
    // A busy machine's rounds may be further apart than any change.
    const steady = (file: string, value: number): string => {
      const copy = structuredClone(results);
      const figure = copy.suites[0]!.cases[0]!.figures[0]!;
      figure.rounds = figure.rounds.map(() => value);
      return fileOf(file, copy);
    };
    const [before, after] = [steady('before.json', 1), steady('after.json', 2)];
    const { at } = results.suites[0]!.cases[0]!.figures[0]!;
    expect(bench('compare', before, before)).toMatchObject({ status: 0 });
    const worse = bench('compare', before, after);
    expect(worse.stdout).toContain(`worse: hop, js, ${at}, p50: `);
    expect(worse.status).toBe(1);
    expect(JSON.parse(bench('compare', '--json', after, before).stdout)).toMatchObject({
      changes: expect.arrayContaining([expect.objectContaining({ verdict: 'better', case: 'js' })]),
    });
  });

  test('makes a report, the same each time', () => {
    const file = fileOf('results.json', results);
    const report = (name: string): string => {
      const out = join(folder, name);
      expect(bench('report', file, '--out', out)).toMatchObject({ status: 0, stderr: '' });
      return readFileSync(join(out, 'REPORT.md'), 'utf8');
    };
    const text = report('one');
    expect(text).not.toMatch(/undefined|NaN/);
    for (const { title } of results.suites) expect(text).toContain(`## ${title}\n`);
    expect(report('two')).toBe(text);
  });
});

describe('the command line', () => {
  test('explains itself', () => {
    const { status, stdout } = bench('--help');
    expect([status, stdout]).toEqual([0, expect.stringContaining('--suite <a,b>')]);
  });

  test.each([
    [['--suite', 'hop,hip'], 'there is no suite hip; there are hop, chain, event, engine, build'],
    [['--quik'], "Unknown option '--quik'"],
    [['measure'], 'there is no command measure'],
    [['compare', 'a.json'], 'compare takes two files of results'],
    [['compare', 'nowhere.json', 'nowhere.json'], 'nowhere.json cannot be read'],
    [['report', join(import.meta.dirname, 'package.json')], 'is no file of results'],
  ])('refuses %j', (args, message) => {
    const { status, stdout, stderr } = bench(...args);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });
});
