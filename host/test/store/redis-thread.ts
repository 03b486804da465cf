import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { createChannel, type Channel } from '../../src/bindings/channel/channel.ts';
import type { NetworkAddress } from '../../src/bindings/channel/message.ts';
import type { AskRedis } from '../../src/bindings/store/redis.ts';

/** Redis as workers have it: this thread waits for each answer, another one talks to the server. */
export interface RedisThread extends AsyncDisposable {
  readonly address: NetworkAddress;
  readonly channel: Channel;
  /** Asks the server at an address. */
  ask(address: string): AskRedis;
}

export async function startRedisThread(): Promise<RedisThread> {
  const worker = new Worker(new URL('./redis-thread.fixture.ts', import.meta.url));
  const [address] = (await once(worker, 'message')) as [NetworkAddress];
  const channel = createChannel(address);
  return {
    address,
    channel,
    ask: (server) => (args) =>
      channel.ask(
        'redis',
        { kind: 'command', address: server, args, way: 'shared', connection: 0 },
        Date.now() + 10_000,
      ) ?? { kind: 'unreachable', message: 'no answer' },
    async [Symbol.asyncDispose]() {
      channel[Symbol.dispose]();
      await worker.terminate();
    },
  };
}
