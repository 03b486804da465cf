import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expectGolden } from '../../host/test/golden.ts';
import { engineSuite, resultsOf } from '../harness/results.fixture.ts';
import { resultsSchema } from '../harness/schema.ts';
import { reportPages } from './pages.ts';

const BENCHMARKS = join(import.meta.dirname, '..');

const HOP = resultsOf({
  js: { u32: [0.1], '16 B': [0.1] },
  'fused-node': { u32: [0.9, 1, 1.1], '16 B': [1], '1 KB': [1.2] },
  'linked-node': { u32: [2, 2.4, 2.2], '16 B': [2.4], '1 KB': [4.8] },
  'stock-node': { u32: [13], '16 B': [11] },
  'linked-wasmtime': { u32: [3], '16 B': [3.5] },
  'fused-wasmtime': { u32: [1], '16 B': [1.1] },
  'mqtt-0': { u32: [85], '16 B': [120], '1 KB': [130] },
  undici: { u32: [140], '16 B': [150], '1 KB': [160] },
});
const ENGINE = engineSuite({
  'linked-wasmtime': [160, 960],
  'flattened-wasmtime': [110, 350],
  'fused-wasmtime': [110, 118],
});
const RESULTS = { ...HOP, suites: [...HOP.suites, ENGINE] };

describe('REPORT.md', () => {
  const pages = reportPages(RESULTS);
  const report = pages['REPORT.md'] ?? '';

  test('of some results is as it was reviewed', () => {
    expectGolden(join(import.meta.dirname, 'golden/report.md'), report);
  });

  test.each(Object.keys(pages).filter((file) => file.endsWith('.svg')))(
    '%s is as it was reviewed',
    (file) => {
      expectGolden(join(import.meta.dirname, 'golden', file.replace('charts/', '')), pages[file]!);
    },
  );

  test('shows every chart that there is, and no other', () => {
    const shown = [...report.matchAll(/\]\((charts\/.+?)\)/g)].map(([, file]) => file);
    expect(shown.sort()).toEqual(
      Object.keys(pages)
        .filter((file) => file !== 'REPORT.md')
        .sort(),
    );
    expect(shown).not.toEqual([]);
  });

  test('tells what is missed as well as what is met', () => {
    expect(report).toContain('| stock jco glue against linked, Node, u32 | at least 5 × | 5.91 × | yes |');
    expect(report).toContain(
      '| stock jco glue against linked, Node, 16 B | at least 5 × | 4.58 × | **no** |',
    );
    expect(report).toContain(
      '| the fastest broker hop against fused, Node, u32 | at least 100 × | 85.0 × | **no** |',
    );
  });

  test('works out what a further engine costs, and when a broker is dearer', () => {
    // (960 - 160) / 4 services; 200 / (120 - 3.5) calls.
    expect(report).toContain('| linked, as built | 200 | 3.50 | 1.72 |');
    expect(report).toContain('| fused | 2.00 | 1.10 | 0.02 |');
  });

  test('leaves out what was not measured', () => {
    const bare = reportPages({ ...HOP, suites: [] })['REPORT.md'];
    expect(bare).not.toMatch(/undefined|NaN/);
    expect(bare).not.toContain('## What was aimed at');
  });
});

const results = existsSync(join(BENCHMARKS, 'results'))
  ? readdirSync(join(BENCHMARKS, 'results')).filter((file) => file.endsWith('.json'))
  : [];
describe.skipIf(results.length === 0)('what is committed [skipped where no whole run is]', () => {
  test.each(results)('results/%s are results of a whole run', (file) => {
    const parsed = resultsSchema.parse(JSON.parse(readFileSync(join(BENCHMARKS, 'results', file), 'utf8')));
    expect(parsed.quick).toBe(false);
    expect(parsed.rounds).toBeGreaterThanOrEqual(5);
  });

  test('REPORT.md and its charts are made from the newest results', () => {
    const newest = [...results].sort().at(-1);
    const text = readFileSync(join(BENCHMARKS, 'results', newest ?? 'none'), 'utf8');
    for (const [file, page] of Object.entries(reportPages(resultsSchema.parse(JSON.parse(text)))))
      expect(readFileSync(join(BENCHMARKS, file), 'utf8')).toBe(page);
  });
});
