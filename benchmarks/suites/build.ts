import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { writeChain } from '../apps/chain.ts';
import type { Effort } from '../harness/effort.ts';
import type { Case, Measured, Suite } from '../harness/suite.ts';
import { partOf } from './chain.ts';

const run = promisify(execFile);
const TENON = fileURLToPath(new URL('../../host/bin/tenon.js', import.meta.url));

/** How large a unit is by what its linking does. */
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
    { name: 'times', label: 'tenon build' },
    ...Object.entries(SIZES).map(([name, { label }]): Case => ({ name, label, once: true })),
  ],
  async prepare({ depths }) {
    const { buildApp } = await import('../../host/src/build/app.ts');
    const { manifest } = writeChain('ask', depths);
    // So that sizes are a matter of linking alone.
    await buildApp({ manifest });
    return { manifest } satisfies Prepared;
  },
  async run(name: string, _part: string, { manifest }: Prepared, effort: Effort) {
    return name === 'times' ? times(effort) : sizes(manifest, SIZES[name]!.options, effort);
  },
};

/** Beyond this a first build takes longer than it tells. */
const LONGEST = 2;

/** The command as a user runs it, in a process of its own: a first build, a second one, one after a change. */
async function times({ depths }: Effort): Promise<Measured[]> {
  const depth = Math.max(...depths.filter((one) => one <= LONGEST));
  const folder = await mkdtemp(join(tmpdir(), 'tenon-build-'));
  try {
    // The cache lies beside the manifest, so this one has none.
    const chain = writeChain('ask', [depth], folder);
    const measured: Measured[] = [];
    const building = async (measure: string): Promise<void> => {
      const began = performance.now();
      const { stdout } = await run(process.execPath, [TENON, 'build', chain.manifest, '--json', '--quiet']);
      const value = performance.now() - began;
      const { units } = JSON.parse(stdout.trim().split('\n').at(-1)!) as { units: { services: string[] }[] };
      if (units[0]?.services.length !== depth) throw new Error(`unexpected units: ${stdout}`);
      measured.push({ at: partOf(depth), measure, unit: 'ms', value, samples: 1 });
    };
    await building('first build');
    await building('nothing changed');
    const service = chain.services(depth).at(-1)!;
    const file = join(dirname(chain.manifest), service, `${service}.ts`);
    await writeFile(file, (await readFile(file, 'utf8')).replace('n + 1', 'n + 1 + 0'));
    await building('one service changed');
    return measured;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function sizes(manifest: string, options: object, { depths }: Effort): Promise<Measured[]> {
  const { buildApp } = await import('../../host/src/build/app.ts');
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
