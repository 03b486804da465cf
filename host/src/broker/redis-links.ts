import type { RedisConnection } from './redis-connection.ts';
import { abortable, BrokerUnreachable } from './unreachable.ts';

/** So many connections for blocking commands are kept for the next ones, for each server. */
const MAX_IDLE = 4;

/** A process's connections to Redis servers, by address; made when needed, again after they broke. */
export interface RedisLinks {
  /** The one that everybody's commands share. */
  shared(address: string, signal: AbortSignal): Promise<RedisConnection>;
  /** One for nobody else, to be given back or destroyed. */
  take(address: string, signal: AbortSignal): Promise<RedisConnection>;
  giveBack(address: string, connection: RedisConnection): void;
  /**
   * Shares a connection no longer: it has not answered in time. It stays until those that still wait for it have
   * their answers, or it breaks.
   */
  retire(address: string, connection: RedisConnection): void;
  /** Loads the library, which the first connection would wait for otherwise, and all of this thread with it. */
  load(): Promise<void>;
  /** Connections that are open. */
  readonly open: number;
  close(): void;
}

/** Nothing of it is loaded by an app that connects to no server. */
const library = () => import('./redis-connection.ts');

export function createRedisLinks(): RedisLinks {
  const shared = new Map<string, Promise<RedisConnection>>();
  /** What the shared ones are, once they are there. */
  const current = new Map<string, RedisConnection>();
  const idle = new Map<string, RedisConnection[]>();
  const all = new Set<RedisConnection>();
  let closed = false;

  async function connect(address: string): Promise<RedisConnection> {
    const { openRedisConnection } = await library();
    const connection = await openRedisConnection(address);
    if (closed) {
      connection.destroy();
      throw new BrokerUnreachable('the app is closing');
    }
    all.add(connection);
    connection.onClosed(() => all.delete(connection));
    return connection;
  }

  function share(address: string): Promise<RedisConnection> {
    const connecting = connect(address);
    shared.set(address, connecting);
    const forget = (): void => {
      if (shared.get(address) === connecting) shared.delete(address);
    };
    const keep = (connection: RedisConnection): void => {
      current.set(address, connection);
      connection.onClosed(forget);
    };
    connecting.then(keep, forget);
    return connecting;
  }

  return {
    shared: (address, signal) => abortable(shared.get(address) ?? share(address), signal),
    async take(address, signal) {
      for (let kept = idle.get(address)?.pop(); kept; kept = idle.get(address)?.pop())
        if (!kept.closed) return kept;
      const connecting = connect(address);
      try {
        return await abortable(connecting, signal);
      } catch (error) {
        // Nobody waits for it any more.
        connecting.then(
          (connection) => connection.destroy(),
          () => {},
        );
        throw error;
      }
    },
    giveBack(address, connection) {
      const kept = idle.get(address) ?? [];
      idle.set(address, kept);
      if (closed || connection.closed || kept.length >= MAX_IDLE) connection.destroy();
      else kept.push(connection);
    },
    retire(address, connection) {
      if (current.get(address) === connection) shared.delete(address);
      if (connection.pending === 0) connection.destroy();
    },
    async load() {
      await library();
    },
    get open() {
      return all.size;
    },
    close() {
      closed = true;
      for (const connection of all) connection.destroy();
      shared.clear();
      idle.clear();
    },
  };
}
