import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { BindingsConfig } from '../../src/bindings/config.ts';
import type { ProbeParts } from '../../src/bindings/probe.fixture.ts';
import { serveChannel, type ChannelServer } from '../../src/bindings/channel/serve.ts';
import { createBrokers, type Brokers, type BrokersOptions } from '../../src/broker/brokers.ts';
import type { Ran } from './worker.fixture.ts';

/** Workers with a unit's bindings, and the main thread's part of them. */
export interface Rig extends AsyncDisposable {
  readonly brokers: Brokers;
  readonly server: ChannelServer;
  worker(): GuestWorker;
}

export interface GuestWorker {
  /** Runs code as one event; see worker.fixture.ts for what it can use. */
  run(code: string, deadlineMs?: number): Promise<Ran>;
  terminate(): Promise<unknown>;
}

export interface RigOptions extends BrokersOptions {
  /** The code runs in this guest. */
  readonly parts?: ProbeParts;
}

export function rig(config: Partial<BindingsConfig> = {}, options: RigOptions = {}): Rig {
  const brokers = createBrokers(options);
  const server = serveChannel({ redis: brokers.redis, mqtt: brokers.mqtt });
  const workers: Worker[] = [];
  return {
    brokers,
    server,
    worker() {
      const whole: BindingsConfig = {
        unit: 'unit',
        services: ['unit'],
        grants: [
          { kind: 'redis', host: 'redis://127.0.0.1:*' },
          { kind: 'mqtt', host: 'mqtt://127.0.0.1:*' },
        ],
        stores: {},
        variables: {},
        environment: {},
        sends: [],
        network: server.address,
        ...config,
      };
      const worker = new Worker(new URL('./worker.fixture.ts', import.meta.url), {
        workerData: { config: whole, parts: options.parts },
      });
      workers.push(worker);
      return {
        async run(code, deadlineMs = 30_000) {
          worker.postMessage({ code, deadline: Date.now() + deadlineMs }, []);
          const [ran] = (await once(worker, 'message')) as [Ran];
          return ran;
        },
        terminate: () => worker.terminate(),
      };
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(workers.map((worker) => worker.terminate()));
      server[Symbol.dispose]();
      await brokers.close();
    },
  };
}
