import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BindingsConfig } from '../../src/bindings/config.ts';
import { unwrap } from '../../src/diagnostics/error.ts';
import { link } from '../../src/link/link.ts';
import { prepareUnit } from '../../src/runtime/prepare.ts';
import { testUnits } from '../runtime/harness.ts';
import { tool } from '../tools.ts';
import { featuresService, helperService, type Builder } from './services.ts';

const run = promisify(execFile);
const PROBE = new URL('probe.py', import.meta.url).pathname;
const MEMORY = 256 * 1024 * 1024;
const wasmtime = tool('python-wasmtime');
const wasmTools = tool('wasm-tools');

const units = testUnits();
let folder: string;
/** As built and flattened, both of componentize-qjs's own snapshots, and flattened of Tenon's. */
let built: Uint8Array;
let flattened: Uint8Array;
let own: Uint8Array;

async function unit(by: Builder, flatten: boolean): Promise<Uint8Array> {
  const [features, helper] = await Promise.all([featuresService(by), helperService(by)]);
  const linked = unwrap(
    link({
      instances: [
        { name: 'features', bytes: features },
        { name: 'helper', bytes: helper },
      ],
      edges: [{ importer: 'features', import: 't:helper/api', provider: 'helper', export: 't:helper/api' }],
      root: 'features',
      passes: { flatten },
    }),
  );
  expect(linked.report.flattened).toEqual(
    flatten ? [{ instance: 'helper' }, { instance: 'features' }] : undefined,
  );
  return linked.bytes;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenon-flatten-'));
  built = await unit('toolchain', false);
  flattened = await unit('toolchain', true);
  own = await unit('tenon', true);
  await Promise.all([
    writeFile(join(folder, 'built.wasm'), built),
    writeFile(join(folder, 'flattened.wasm'), flattened),
    writeFile(join(folder, 'own.wasm'), own),
  ]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const CONFIG: BindingsConfig = {
  unit: 'features',
  services: ['features', 'helper'],
  grants: [{ kind: 'random' }, { kind: 'clocks' }, { kind: 'stdio' }],
  stores: {},
  variables: {},
  environment: {},
  sends: [],
};

/** What every case says on Node, each as an event of its own, and what is left of one event in the next. */
async function onNode(
  wasm: Uint8Array,
): Promise<{ answers: readonly string[]; resetObstacles: readonly string[] }> {
  const prepared = await prepareUnit(wasm, await units.cacheDir(), { memoryLimit: MEMORY });
  const { host } = await units.start(wasm, { prepared, bindings: { config: CONFIG } });
  const call = (name: string, ...args: unknown[]) =>
    host.dispatch({ kind: 'call', interface: 't:features/probe', function: name, args });
  const names = await call('names');
  if (names.kind !== 'result') throw new Error(`names: ${JSON.stringify(names)}`);
  const answers: string[] = [];
  for (const name of [...(names.value as string[]), 'state']) {
    const outcome = await call('run', name);
    answers.push(`${name}: ${outcome.kind === 'result' ? String(outcome.value) : outcome.kind}`);
  }
  answers.push((await call('crash')).kind);
  return { answers, resetObstacles: prepared.resetObstacles };
}

describe('a flattened unit', () => {
  test('says the same as one as built, on Node', { timeout: 120_000 }, async () => {
    const [before, after, ours] = [await onNode(built), await onNode(flattened), await onNode(own)];
    expect(ours).toEqual(after);
    expect(after.answers).toEqual(before.answers);
    expect(after.resetObstacles.length).toBe(before.resetObstacles.length);
    expect(before.answers.length).toBeGreaterThan(50);
    expect(before.answers.filter((answer) => answer.includes('threw'))).toEqual([]);
    expect(before.answers.slice(-2)).toEqual(['state: 1', 'trap']);
  });

  test.skipIf(wasmtime.missing)(
    `says the same as one as built, on Wasmtime${wasmtime.reason}`,
    { timeout: 120_000 },
    async () => {
      const files = ['built.wasm', 'flattened.wasm', 'own.wasm'].map((name) => join(folder, name));
      const { stdout } = await run('python3', [PROBE, ...files], { maxBuffer: 1 << 24 });
      const [before, after, ours] = JSON.parse(stdout) as string[][];
      expect(after).toEqual(before);
      expect(ours).toEqual(before);
      expect(before?.at(-1)).toBe('trapped');
      const node = await onNode(flattened);
      expect(after?.slice(0, -1)).toEqual(node.answers.slice(0, -2));
    },
  );

  test.skipIf(wasmTools.missing)(`is valid${wasmTools.reason}`, async () => {
    for (const name of ['flattened.wasm', 'own.wasm']) {
      const validated = run('wasm-tools', ['validate', '--features', 'all', join(folder, name)]);
      await expect(validated).resolves.toMatchObject({ stderr: '' });
    }
  });

  test('still has the engine only once', () => {
    expect(flattened.length).toBeLessThan(built.length);
    expect(own.length).toBeLessThan(built.length);
  });
});
