import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import type { BrokerProcess } from '../../host/test/brokers.ts';
import { answer, argumentOf, type Argument, type Payload } from './payloads.ts';
import { wrongAnswer, type Subject } from './subject.ts';

/** How a program without Tenon would call another one. */
export interface Transport {
  /** Runs in a process of its own and answers calls; gives its address. Absent where one process is both ends. */
  serve?(broker: string): Promise<string>;
  /** The caller's end. */
  connect(address: string, broker: string): Promise<Caller>;
}

export interface Caller {
  call(name: Payload['call'], argument: Argument): Promise<Argument>;
  close(): Promise<void>;
}

export const TRANSPORTS = {
  'node-http': async () => (await import('./transports/node-http.ts')).nodeHttp,
  undici: async () => (await import('./transports/undici.ts')).undici,
  trpc: async () => (await import('./transports/trpc.ts')).trpc,
  'redis-one-way': async () => (await import('./transports/redis.ts')).redisOneWay,
  'redis-reply': async () => (await import('./transports/redis.ts')).redisReply,
  'mqtt-0': async () => (await import('./transports/mqtt.ts')).mqttQos0,
  'mqtt-1': async () => (await import('./transports/mqtt.ts')).mqttQos1,
  'moleculer-local': async () => (await import('./transports/moleculer.ts')).moleculerLocal,
  'moleculer-tcp': async () => (await import('./transports/moleculer.ts')).moleculerTcp,
  'moleculer-redis': async () => (await import('./transports/moleculer.ts')).moleculerRedis,
} satisfies Readonly<Record<string, () => Promise<Transport>>>;
export type TransportName = keyof typeof TRANSPORTS;

const CALLEE = fileURLToPath(new URL('./callee.ts', import.meta.url));

/** A transport with its broker, a callee in a process of its own, and the caller here. */
export async function transportSubject(name: TransportName): Promise<Subject> {
  const transport: Transport = await TRANSPORTS[name]();
  const broker = await startBroker(name);
  const callee = transport.serve ? fork(CALLEE, [name, broker?.address ?? '']) : undefined;
  const address = callee ? await addressOf(callee, name) : '';
  const caller = await transport.connect(address, broker?.address ?? '');
  return {
    individually: name !== 'moleculer-local',
    pids: [process.pid, ...[callee?.pid, broker?.pid].filter((pid) => pid !== undefined)],
    async calls(payload) {
      const argument = argumentOf(payload);
      const wanted = answer(payload.call, argument);
      const found = await caller.call(payload.call, argument);
      if (!isDeepStrictEqual(found, wanted)) throw wrongAnswer(payload, found);
      return async (count) => {
        for (let n = 0; n < count; n++) await caller.call(payload.call, argument);
        return undefined;
      };
    },
    async [Symbol.asyncDispose]() {
      await caller.close();
      if (callee && callee.exitCode === null) {
        const exited = once(callee, 'exit');
        callee.disconnect();
        await exited;
      }
      await broker?.[Symbol.asyncDispose]();
    },
  };
}

async function startBroker(name: TransportName): Promise<BrokerProcess | undefined> {
  if (!name.includes('redis') && !name.includes('mqtt')) return undefined;
  const { startMosquitto, startRedis } = await import('../../host/test/brokers.ts');
  return name.includes('redis') ? startRedis() : startMosquitto();
}

async function addressOf(callee: ChildProcess, name: string): Promise<string> {
  const ended = once(callee, 'exit').then(() => undefined);
  const message = once(callee, 'message').then(([address]) => address as string);
  const address = await Promise.race([message, ended]);
  if (address === undefined) throw new Error(`the callee of ${name} ended with ${callee.exitCode}`);
  return address;
}
