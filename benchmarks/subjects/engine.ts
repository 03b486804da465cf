import type { Payload } from './payloads.ts';
import { ask, loadStock, loadUnit } from './service.ts';
import { wrongAnswer, type Subject } from './subject.ts';
import { startWasmtime } from './wasmtime.ts';

/** Asks the caller's service, and tells how many µs the request took. */
type Ask = (uri: string) => Promise<{ readonly body: string; readonly took: number }>;

/** What a request that calls nothing takes is no part of a call: the fastest of so many last ones is taken off. */
const EMPTY = 15;

/** The hop app: one request makes many calls within one event. */
function subject(
  asks: Ask,
  to: 'service' | 'own',
  pids: readonly number[],
  dispose: () => Promise<void>,
): Subject {
  return {
    individually: false,
    pids,
    async calls(payload: Payload) {
      const uri = (count: number): string =>
        `/hop?call=${payload.call}&size=${payload.size}&to=${to}&count=${count}`;
      const request = async (count: number): Promise<number> => {
        const { body, took } = await asks(uri(count));
        if (body !== JSON.stringify({ right: count })) throw wrongAnswer(payload, body);
        return took;
      };
      await request(10);
      const empty: number[] = [];
      return async (count) => {
        // One before each batch, so that both are as warm as the other.
        empty.push(await request(0));
        if (empty.length > EMPTY) empty.shift();
        return Math.max(0, (await request(count)) - Math.min(...empty));
      };
    },
    [Symbol.asyncDispose]: dispose,
  };
}

function inThisThread(exports: Readonly<Record<string, unknown>>): Ask {
  return async (uri) => {
    const began = performance.now();
    const body = ask(exports, uri);
    return { body, took: (performance.now() - began) * 1000 };
  };
}

const nothing = async (): Promise<void> => {};

export async function nodeSubject(wasm: string, cache: string, to: 'service' | 'own'): Promise<Subject> {
  const unit = await loadUnit(wasm, cache);
  return subject(inThisThread(unit.instance().exports), to, [process.pid], nothing);
}

/** `folder` holds the component as jco transpiles it by itself. */
export async function stockSubject(
  wasm: string,
  folder: string,
  cache: string,
  environment: 'own' | 'plain',
): Promise<Subject> {
  const exports = await loadStock(wasm, folder, cache, environment);
  return subject(inThisThread(exports), 'service', [process.pid], nothing);
}

export async function wasmtimeSubject(wasm: string): Promise<Subject> {
  const host = await startWasmtime(wasm);
  const asks: Ask = async (uri) => {
    const { body, ns } = await host.request(uri);
    return { body, took: ns / 1000 };
  };
  return subject(asks, 'service', [process.pid, host.pid], async () => host[Symbol.asyncDispose]());
}

/** Real Spin: every request has fresh instances, which the empty request has too. */
export async function spinSubject(app: string): Promise<Subject> {
  const { startSpin } = await import('./spin.ts');
  const spin = await startSpin(app);
  const asks: Ask = async (uri) => {
    const began = performance.now();
    const body = await spin.ask(uri);
    return { body, took: (performance.now() - began) * 1000 };
  };
  return subject(asks, 'service', spin.pids(), async () => spin[Symbol.asyncDispose]());
}
