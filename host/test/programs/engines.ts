import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { buildApp, cacheFolder } from '../../src/build/app.ts';
import { createUnitHost } from '../../src/runtime/pool.ts';
import { prepareUnit } from '../../src/runtime/prepare.ts';
import type { UnitStats } from '../../src/runtime/types.ts';
import { startWasmtime } from '../wasmtime/unit.ts';

const MANIFEST = fileURLToPath(new URL('programs.toml', import.meta.url));
const MEMORY = 64 * 1024 * 1024;

/** One of those that run programs; each program finds it as if it were the first. */
export interface Engine extends AsyncDisposable {
  readonly name: string;
  /** What a program says; undefined where its event traps. */
  run(program: string): Promise<string | undefined>;
  /** How its instances came to fresh state; on Wasmtime each is new. */
  stats?(): UnitStats;
}

/** A request that has the program in a header: wasmtime-py passes a text at once, and bytes one by one. */
const requestOf = (program: string) => ({
  method: 'GET',
  uri: '/',
  headers: [
    ['host', 'localhost'],
    ['x-program', encodeURIComponent(program)],
  ] as const,
});

/** The file of the app's unit. */
async function unitFile(flatten: boolean, outDir: string): Promise<string> {
  const { units } = await buildApp({
    manifest: MANIFEST,
    flatten,
    outDir: join(outDir, flatten ? 'flattened' : 'built'),
  });
  return units[0]!.wasm;
}

/** A unit on Node, as `tenon up` runs it: an instance is reset for the next event where that can be. */
async function node(name: string, wasm: string): Promise<Engine> {
  const prepared = await prepareUnit(await readFile(wasm), join(cacheFolder(MANIFEST), 'prepared'), {
    memoryLimit: MEMORY,
  });
  const host = await createUnitHost({
    name,
    prepared,
    workers: 1,
    inFlight: 16,
    deadlineMs: 60_000,
    instance: 'fresh',
    bindings: {
      config: {
        unit: name,
        services: ['runner', 'desk'],
        grants: [],
        stores: {},
        variables: {},
        environment: {},
        sends: [],
      },
    },
    log: () => {},
  });
  return {
    name,
    async run(program) {
      const request = { ...requestOf(program), body: Buffer.alloc(0) };
      const outcome = await host.dispatch({ kind: 'http', request });
      if (outcome.kind === 'trap') return undefined;
      if (outcome.kind !== 'response' || outcome.response.status !== 200)
        throw new Error(`${name}: expected an answer, found ${JSON.stringify(outcome)}`);
      return Buffer.from(outcome.response.body).toString();
    },
    stats: () => host.stats(),
    [Symbol.asyncDispose]: () => host[Symbol.asyncDispose](),
  };
}

/** Both units on Wasmtime 42, in one process. */
function wasmtime(units: Readonly<Record<string, string>>): Engine[] {
  const harness = startWasmtime(units, 'ignore');
  return Object.entries(harness.units).map(([name, unit]) => ({
    name,
    async run(program) {
      try {
        const { status, body } = await unit.request(requestOf(program));
        if (status !== 200) throw new Error(`${name}: expected an answer, found ${status}`);
        return Buffer.from(body).toString();
      } catch (error) {
        if (/wasm trap|error while executing/.test((error as Error).message)) return undefined;
        throw error;
      }
    },
    [Symbol.asyncDispose]: () => harness[Symbol.asyncDispose](),
  }));
}

/** The app built in both ways, on all that can run it. */
export async function startEngines(outDir: string, withWasmtime: boolean): Promise<Engine[]> {
  const built = await unitFile(false, outDir);
  const flattened = await unitFile(true, outDir);
  return [
    await node('flattened on Node', flattened),
    await node('as built on Node', built),
    ...(withWasmtime ? wasmtime({ 'flattened on Wasmtime': flattened, 'as built on Wasmtime': built }) : []),
  ];
}
