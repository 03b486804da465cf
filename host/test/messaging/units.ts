import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { instantiator, type Host } from '../../../guest/test/instantiate.ts';
import { buildApp, type BuildOptions, type BuiltApp } from '../../src/build/app.ts';
import { FakeBrokers } from './fake-brokers.ts';

type Exports = Readonly<Record<string, unknown>>;

export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
}

/** An instance of a unit on the imagined network. */
export interface FakeUnit {
  readonly host: Host;
  readonly exports: Exports;
  request(uri: string, method?: string, body?: string): HttpAnswer;
  /** Handles a message; returns the handler's error, undefined if it has none. */
  mqtt(topic: string, payload: Uint8Array | string): unknown;
  redis(payload: Uint8Array | string): unknown;
}

export interface FakeApp {
  readonly app: BuiltApp;
  readonly brokers: FakeBrokers;
  /** A new instance of a unit. */
  unit(name: string): Promise<FakeUnit>;
}

/** Builds an app and runs its units in this thread, without a broker. */
export async function fakeApp(options: BuildOptions): Promise<FakeApp> {
  const app = await buildApp({ typeCheck: false, ...options });
  const brokers = new FakeBrokers();
  const makers = new Map<string, ReturnType<typeof instantiator>>();
  return {
    app,
    brokers,
    async unit(name) {
      const made =
        makers.get(name) ?? instantiator(await readFile(join(app.outDir, `${name}.wasm`)), brokers.imports());
      makers.set(name, made);
      const { host, exports } = await (await made)();
      return unitOf(host, exports);
    },
  };
}

function unitOf(host: Host, exports: Exports): FakeUnit {
  const own = exports as {
    inboundHttp?: { handleRequest(request: object): { status: number; body?: Uint8Array } };
    handleMessage?: (message: Uint8Array, metadata: { topic: string }) => void;
    inboundRedis?: { handleMessage(message: Uint8Array): void };
  };
  return {
    host,
    exports,
    request(uri, method = 'get', body = '') {
      const headers: [string, string][] = [['host', 'shop']];
      const { status, body: answer } = own.inboundHttp!.handleRequest({
        method,
        uri,
        headers,
        params: [],
        body: bytes(body),
      });
      return { status, text: new TextDecoder().decode(answer) };
    },
    mqtt: (topic, payload) => errorOf(() => own.handleMessage!(bytes(payload), { topic })),
    redis: (payload) => errorOf(() => own.inboundRedis!.handleMessage(bytes(payload))),
  };
}

function bytes(payload: Uint8Array | string): Uint8Array {
  return typeof payload === 'string' ? new TextEncoder().encode(payload) : payload;
}

/** What a function's `result` has for its error. */
function errorOf(call: () => void): unknown {
  try {
    call();
    return undefined;
  } catch (error) {
    // A trap is an Error; the error of a result is thrown as it is.
    if (error instanceof Error) throw error;
    return error;
  }
}
