import type { Answerer, Asker, Reply } from '../bindings/channel/serve.ts';
import { transferOf } from '../bindings/channel/message.ts';
import type { RedisAnswer, RedisQuestion, RedisResult } from '../bindings/redis/message.ts';
import type { RedisConnection } from './redis-connection.ts';
import type { RedisLinks } from './redis-links.ts';
import { abortable, RedisRefusal, unreachable } from './unreachable.ts';

/** What a host keeps of one answer at most, as in Spin (crates/world, MAX_HOST_BUFFERED_BYTES). */
const MAX_RESULTS = 128 * 1024 * 1024;

type Command = Extract<RedisQuestion, { kind: 'command' }>;
/** A worker's connections of their own, by the numbers that it has given them. */
type OwnConnections = Map<number, Promise<RedisConnection>>;

/** Answers what the workers' bindings ask of Redis servers. */
export function createRedisAnswerer(links: RedisLinks): Answerer<'redis'> {
  const own = new WeakMap<AbortSignal, OwnConnections>();

  function ownOf(worker: AbortSignal): OwnConnections {
    const known = own.get(worker);
    if (known) return known;
    const made: OwnConnections = new Map();
    own.set(worker, made);
    worker.addEventListener('abort', () => {
      for (const connection of made.keys()) drop(made, connection);
    });
    return made;
  }

  function drop(connections: OwnConnections, connection: number): void {
    const dropped = connections.get(connection);
    connections.delete(connection);
    dropped?.then(
      (one) => one.destroy(),
      () => {},
    );
  }

  async function shared({ address, args }: Command, { signal }: Asker): Promise<RedisResult[]> {
    const connection = await links.shared(address, signal);
    try {
      return await abortable(connection.send(args), signal);
    } catch (error) {
      // Whether it is slow or gone, others need not wait for it.
      if (isTimeout(error)) links.retire(address, connection);
      throw error;
    }
  }

  async function blocking({ address, args }: Command, { signal }: Asker): Promise<RedisResult[]> {
    const connection = await links.take(address, signal);
    try {
      const results = await abortable(connection.send(args), signal);
      links.giveBack(address, connection);
      return results;
    } catch (error) {
      // What the server would still take for it must not be lost: it gives nothing to a connection that is gone.
      if (error instanceof RedisRefusal) links.giveBack(address, connection);
      else connection.destroy();
      throw error;
    }
  }

  /** One that broke stays broken: what it was told before does not hold for another. */
  async function alone({ address, args, connection }: Command, asker: Asker): Promise<RedisResult[]> {
    const connections = ownOf(asker.worker);
    const connecting = connections.get(connection) ?? links.take(address, asker.signal);
    connections.set(connection, connecting);
    const taken = await connecting;
    try {
      return await abortable(taken.send(args), asker.signal);
    } catch (error) {
      if (!(error instanceof RedisRefusal)) taken.destroy();
      throw error;
    }
  }

  const ways = { shared, blocking, own: alone };
  return async (question, asker) => {
    try {
      switch (question.kind) {
        case 'open':
          await links.shared(question.address, asker.signal);
          return { answer: { kind: 'opened' } };
        case 'command':
          return resultsReply(await ways[question.way](question, asker));
        case 'drop':
          drop(ownOf(asker.worker), question.connection);
          return undefined;
      }
    } catch (error) {
      if (error instanceof RedisRefusal) return { answer: { kind: 'refused', message: error.message } };
      return { answer: { kind: 'unreachable', message: unreachable(error).message } };
    }
  };
}

function resultsReply(results: readonly RedisResult[]): Reply<RedisAnswer> {
  const bytes = results.reduce((sum, one) => sum + ITEM + sizeOf(one), 0);
  if (bytes > MAX_RESULTS)
    return { answer: { kind: 'refused', message: `query result exceeds limit of ${MAX_RESULTS} bytes` } };
  const transfer = results.flatMap((one) => (one.tag === 'binary' ? transferOf(one.val) : []));
  return { answer: { kind: 'results', results }, transfer };
}

/** What a result costs beside its bytes. */
const ITEM = 32;

function sizeOf(result: RedisResult): number {
  if (result.tag === 'binary') return result.val.length;
  return result.tag === 'status' ? Buffer.byteLength(result.val) : 0;
}

function isTimeout(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'TimeoutError';
}
