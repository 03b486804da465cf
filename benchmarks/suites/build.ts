import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildApp } from '../../host/src/build/app.ts';
import { writeChain } from '../apps/chain.ts';
import type { Effort } from '../harness/effort.ts';
import type { Case, Measured, Suite } from '../harness/suite.ts';
import { partOf } from './chain.ts';

/** What building takes, and how large the result is. */
const TIMES: Readonly<Record<string, string>> = {
  first: 'first build',
  cached: 'nothing changed',
  changed: 'one service changed',
};
const SIZES: Readonly<Record<string, { readonly label: string; readonly options: object }>> = {
  apart: { label: 'linked, not hoisted', options: { flatten: false, hoist: false } },
  'apart-flattened': { label: 'linked, flattened, not hoisted', options: { hoist: false } },
  hoisted: { label: 'linked, hoisted', options: { flatten: false } },
  'hoisted-flattened': { label: 'linked, flattened and hoisted', options: {} },
  fused: { label: 'fused', options: { profile: 'fused' } },
};

interface Prepared {
  /** A chain that has been built before. */
  readonly manifest: string;
}

export const build: Suite = {
  name: 'build',
  title: 'Building',
  cases: () => [
    ...Object.entries(TIMES).map(([name, label]): Case => ({ name, label })),
    ...Object.entries(SIZES).map(([name, { label }]): Case => ({ name, label, once: true })),
  ],
  async prepare({ depths }) {
    const { manifest } = writeChain('ask', depths);
    await buildApp({ manifest });
    return { manifest } satisfies Prepared;
  },
  async run(name: string, _part: string, { manifest }: Prepared, effort: Effort) {
    if (name in SIZES) return sizes(manifest, SIZES[name]!.options, effort);
    const folder = await mkdtemp(join(tmpdir(), 'tenon-build-'));
    try {
      return [await timed(name, folder, effort)];
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

/** A chain of its own: the cache lies beside the manifest. */
async function timed(name: string, folder: string, { depths }: Effort): Promise<Measured> {
  // Not the longest: that one build takes long enough.
  const depth = depths.find((one) => one > 1) ?? 1;
  const chain = writeChain('ask', [depth], folder);
  const { manifest } = chain;
  const building = async (): Promise<number> => {
    const began = performance.now();
    const { units } = await buildApp({ manifest });
    const took = performance.now() - began;
    if (units[0]?.unit.services.length !== depth) throw new Error('the unit does not have all its services');
    return took;
  };
  let value = await building();
  if (name === 'cached') value = await building();
  if (name === 'changed') {
    const service = chain.services(depth).at(-1)!;
    const file = join(dirname(manifest), service, `${service}.ts`);
    await writeFile(file, (await readFile(file, 'utf8')).replace('n + 1', 'n + 1 + 0'));
    value = await building();
  }
  return { at: partOf(depth), measure: 'time', unit: 'ms', value, samples: 1 };
}

async function sizes(manifest: string, options: object, { depths }: Effort): Promise<Measured[]> {
  const chain = writeChain('ask', depths);
  const folder = await mkdtemp(join(tmpdir(), 'tenon-size-'));
  try {
    const { outDir } = await buildApp({ manifest, ...options, outDir: folder });
    const measured = depths.map(async (depth): Promise<Measured> => {
      const { size } = await stat(join(outDir, `${chain.door(depth)}.wasm`));
      return { at: partOf(depth), measure: 'size', unit: 'MB', value: size / 1e6, samples: 1 };
    });
    return await Promise.all(measured);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
