import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrokerProcess } from '../../host/test/brokers.ts';
import { startApp, type RunningApp, type StartOptions } from '../../host/src/trigger/app.ts';

export interface MeasuredApp extends AsyncDisposable {
  readonly app: RunningApp;
}

/** An app with the brokers that it needs and state of its own, which go with it. */
export async function startMeasured(
  options: StartOptions,
  brokers: readonly ('redis' | 'mqtt')[],
): Promise<MeasuredApp> {
  const state = await mkdtemp(join(tmpdir(), 'tenon-bench-'));
  const started: BrokerProcess[] = [];
  const dispose = async (app?: RunningApp): Promise<void> => {
    await app?.close();
    for (const broker of started) await broker[Symbol.asyncDispose]();
    await rm(state, { recursive: true, force: true });
  };
  try {
    const addresses: { redis?: string; mqtt?: string } = {};
    for (const kind of brokers) {
      const { startMosquitto, startRedis } = await import('../../host/test/brokers.ts');
      const broker = await (kind === 'redis' ? startRedis() : startMosquitto());
      started.push(broker);
      addresses[kind] = broker.address;
    }
    const app = await startApp({ listen: '127.0.0.1:0', stateDir: state, ...addresses, ...options });
    return { app, [Symbol.asyncDispose]: () => dispose(app) };
  } catch (error) {
    await dispose();
    throw error;
  }
}
