import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildApp, cacheFolder } from '../../src/build/app.ts';
import { createUnitHost } from '../../src/runtime/pool.ts';
import { prepareUnit } from '../../src/runtime/prepare.ts';
import type { LogEntry, UnitStats } from '../../src/runtime/types.ts';
import { startApp } from '../../src/trigger/app.ts';
import { temporaryFolder } from '../orders/app.ts';
import { startWasmtime } from '../wasmtime/unit.ts';
import { decode, encode } from './encoding.ts';

export type AppName = 'every-type' | 'plain' | 'liar';
/** A contract, a function of it, and arguments. */
export type Call = readonly [contract: string, name: string, args: readonly unknown[]];

/** Something that runs one of the apps. */
export interface Host extends AsyncDisposable {
  /** The outcomes of calls that are made in one event; undefined where the event trapped. */
  calls(...calls: readonly Call[]): Promise<readonly unknown[] | undefined>;
  /** The answer to a GET, undefined where the event trapped. */
  get(path: string): Promise<string | undefined>;
  /** All that it logged; on Wasmtime nothing. */
  readonly log: readonly string[];
  stats?(): UnitStats;
}

export const manifestOf = (app: AppName): string => fileURLToPath(new URL(`./${app}.toml`, import.meta.url));

interface Answer {
  readonly status: number;
  readonly text: string;
}

function hostOf(
  request: (method: 'GET' | 'POST', path: string, body: string) => Promise<Answer | undefined>,
  rest: Pick<Host, 'log' | 'stats' | typeof Symbol.asyncDispose>,
): Host {
  const ask = async (method: 'GET' | 'POST', path: string, body = ''): Promise<string | undefined> => {
    const answer = await request(method, path, body);
    if (answer === undefined || (answer.status === 500 && answer.text === '')) return undefined;
    if (answer.status !== 200) throw new Error(`expected 200, found ${answer.status}: ${answer.text}`);
    return answer.text;
  };
  return {
    async calls(...calls) {
      const text = await ask('POST', '/', calls.map(encode).join('\n'));
      return text?.split('\n').map(decode);
    },
    get: (path) => ask('GET', path),
    ...rest,
  };
}

/** The app as `tenon up` serves it, with placements as on its command line. */
export async function serve(app: AppName, place: readonly string[] = []): Promise<Host> {
  const state = await temporaryFolder('every-type');
  const log: string[] = [];
  const running = await startApp({
    manifest: manifestOf(app),
    place,
    // Other suites use the folder beside the manifest at the same time.
    ...(place.length > 0 && { outDir: join(state.path, 'out') }),
    listen: '127.0.0.1:0',
    stateDir: state.path,
    log: ({ message }) => void log.push(message),
  });
  return hostOf(
    async (method, path, body) => {
      const response = await fetch(running.url + path, { method, ...(method === 'POST' && { body }) });
      return { status: response.status, text: await response.text() };
    },
    {
      log,
      stats: () => Object.values(running.stats())[0]!,
      async [Symbol.asyncDispose]() {
        await running.close();
        await state[Symbol.asyncDispose]();
      },
    },
  );
}

/** The app's unit on Node, a new instance for each event. */
export async function instantiate(app: AppName): Promise<Host> {
  const { units } = await buildApp({ manifest: manifestOf(app) });
  const { unit, wasm } = units[0]!;
  const log: string[] = [];
  const prepared = await prepareUnit(await readFile(wasm), join(cacheFolder(manifestOf(app)), 'prepared'), {
    memoryLimit: 64 * 1024 * 1024,
  });
  const host = await createUnitHost({
    name: unit.name,
    prepared,
    workers: 1,
    inFlight: 16,
    deadlineMs: 30_000,
    instance: 'fresh',
    fresh: 'instantiate',
    bindings: {
      config: {
        unit: unit.name,
        services: unit.services,
        grants: unit.grants,
        stores: {},
        variables: {},
        environment: {},
        sends: [],
      },
    },
    log: ({ message }: LogEntry) => void log.push(message),
  });
  return hostOf(
    async (method, uri, body) => {
      const request = { method, uri, headers: [], body: Buffer.from(body) };
      const outcome = await host.dispatch({ kind: 'http', request });
      if (outcome.kind === 'trap') return undefined;
      if (outcome.kind !== 'response') throw new Error(`expected a response, found ${outcome.kind}`);
      const { response } = outcome;
      return { status: response.status, text: Buffer.from(response.body).toString() };
    },
    { log, stats: () => host.stats(), [Symbol.asyncDispose]: () => host[Symbol.asyncDispose]() },
  );
}

/** The app's unit on Wasmtime 42, a new instance for each event. */
export async function wasmtime(app: AppName): Promise<Host> {
  const { units } = await buildApp({ manifest: manifestOf(app) });
  const harness = startWasmtime({ unit: units[0]!.wasm }, 'ignore');
  return hostOf(
    async (method, uri, body) => {
      const request = { method, uri, headers: [['host', 'localhost']] as const, body: Buffer.from(body) };
      try {
        const answer = await harness.units['unit']!.request(request);
        return { status: answer.status, text: Buffer.from(answer.body).toString() };
      } catch (error) {
        if (/wasm trap|error while executing/.test((error as Error).message)) return undefined;
        throw error;
      }
    },
    { log: [], [Symbol.asyncDispose]: () => harness[Symbol.asyncDispose]() },
  );
}
