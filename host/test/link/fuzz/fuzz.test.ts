import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { unwrap } from '../../../src/diagnostics/error.ts';
import { link } from '../../../src/link/link.ts';
import { corpus } from '../../corpus/corpus.ts';
import { componentOf, readCase } from '../case.ts';
import { quickjs } from '../quickjs.ts';
import type { FuzzOrder, FuzzReport } from './fuzz.fixture.ts';

/** `npm run soak` runs a hundred times as many. */
const SOAK = process.env['TENON_SOAK'] !== undefined;
const CASES = SOAK ? 1_000_000 : 10_000;
/** Another each time where many are run, the same where a change is to be told from chance. */
const SEED = SOAK ? Date.now() % 2 ** 31 : 20_260_401;
/** What one case may take at most: a reader that believes a count would take more. */
const MEMORY_MB = 160;

const WIT = `package tenon:build;
package a:b@1.0.0 { interface t { resource r { m: func(); } record p { x: u32 } f: func(p: list<p>) -> result<r, string>; } }
package c:d {
  world provider { import a:b/t@1.0.0; use a:b/t@1.0.0.{p, r}; import g: func(p: p) -> option<r>; export a:b/t@1.0.0; }
  world importer { import a:b/t@1.0.0; export run: func() -> string; }
}`;

const TIMEOUT = SOAK ? 7_200_000 : 300_000;

test(
  `${CASES} hostile components come to values or diagnostics, in ${MEMORY_MB} MB`,
  async () => {
    const graph = await readCase('merged-versions');
    const [provider, importer] = [
      await componentOf(WIT, 'c:d/provider'),
      await componentOf(WIT, 'c:d/importer'),
    ];
    const linked = unwrap(link(graph)).bytes;
    const small = (await corpus()).map(({ bytes }) => bytes).filter((bytes) => bytes.length < 4096);
    const instances = graph.instances.map(({ bytes }) => bytes);
    const report = await fuzz({
      seeds: [provider, importer, linked, ...small, ...instances],
      provider,
      importer,
      cases: CASES,
    });
    // Neither all refused at the first byte nor all harmless.
    expect(report.decoded).toBeGreaterThan(CASES / 20);
    expect(report.decoded).toBeLessThan(CASES / 2);
    expect(report.composed).toBeGreaterThan(CASES / 500);
  },
  TIMEOUT,
);

test(
  `so do ${CASES / 100} of a mutated service as a toolchain builds it`,
  async () => {
    const service = await quickjs(
      'package a:b; interface t { f: func() -> string; } world w { export t; }',
      'w',
      'export const t = { f: () => "here" };',
    );
    const importer = await componentOf(
      'package c:d; package a:b { interface t { f: func() -> string; } } package e:f { world w { import a:b/t; export run: func(); } }',
      'e:f/w',
    );
    const report = await fuzz({ seeds: [service], provider: service, importer, cases: CASES / 100 });
    expect(report.composed).toBeGreaterThan(0);
  },
  TIMEOUT,
);

/** Runs that many cases; what composes of a valid component must be valid. */
async function fuzz(of: Omit<FuzzOrder, 'seed' | 'progress'>): Promise<FuzzReport> {
  const progress = new Int32Array(new SharedArrayBuffer(4));
  const report = await run({ ...of, seed: SEED, progress }).catch((error: unknown) => {
    throw new Error(`case ${progress[0]} of seed ${SEED}: ${String(error)}`, { cause: error });
  });
  expect(report.failure).toBeUndefined();
  expect(progress[0]).toBe(of.cases);
  expect(report.checked).toBeGreaterThan(0);
  expect(report.invalid).toEqual([]);
  return report;
}

async function run(order: FuzzOrder): Promise<FuzzReport> {
  const worker = new Worker(new URL('./fuzz.fixture.ts', import.meta.url), {
    workerData: order,
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
  });
  try {
    return await new Promise<FuzzReport>((resolve, reject) => {
      worker.on('message', resolve);
      worker.on('error', reject);
      worker.on('exit', (code) => reject(new Error(`the worker exited with ${code}`)));
    });
  } finally {
    await worker.terminate();
  }
}
