import { RESP_TYPES, createClient, ErrorReply } from 'redis';
import type { RedisResult } from '../bindings/redis/message.ts';
import { BrokerUnreachable, RedisRefusal, unreachable } from './unreachable.ts';

/** One connection to one server. It never reconnects: who needs another makes another. */
export interface RedisConnection {
  readonly closed: boolean;
  /** Commands that wait for their answers. */
  readonly pending: number;
  /**
   * The server's answer, arrays flattened.
   *
   * @throws RedisRefusal, BrokerUnreachable
   */
  send(args: readonly (string | Uint8Array)[]): Promise<RedisResult[]>;
  onClosed(listener: () => void): void;
  /** Closes it at once; what is under way fails. */
  destroy(): void;
}

const CONNECT_TIMEOUT = 5_000;

/** Numbers as text, so that none loses digits, and bytes as they are. */
const TYPES = { [RESP_TYPES.BLOB_STRING]: Buffer, [RESP_TYPES.NUMBER]: String } as const;

/**
 * Connects to a server.
 *
 * @param address as in Spin: `redis://user:secret@host:port/database`, `rediss:` with TLS
 * @throws RedisRefusal where the server does not want the user, BrokerUnreachable
 */
export async function openRedisConnection(address: string): Promise<RedisConnection> {
  const client = createClient({
    url: address.replace(/^valkey/, 'redis'),
    RESP: 2,
    disableOfflineQueue: true,
    disableClientInfo: true,
    maintNotifications: 'disabled',
    socket: { connectTimeout: CONNECT_TIMEOUT, reconnectStrategy: false },
  });
  const listeners: (() => void)[] = [];
  let closed = false;
  let pending = 0;
  let reason: unknown;
  /** What is under way fails with it. */
  function close(why: unknown): void {
    if (closed) return;
    closed = true;
    reason = why;
    client.destroy();
    for (const listener of listeners) listener();
  }
  // Also of an answer that is none of Redis, after which the library would go on.
  client.on('error', close);
  try {
    await client.connect();
  } catch (error) {
    close(error);
    throw failure(error);
  }
  return {
    get closed() {
      return closed;
    },
    get pending() {
      return pending;
    },
    async send(args) {
      if (closed) throw new BrokerUnreachable('the connection is closed');
      pending++;
      try {
        const words = args.map((arg) => (typeof arg === 'string' ? arg : bufferOf(arg)));
        return flatten(await client.sendCommand<Reply>(words, { typeMapping: TYPES }));
      } catch (error) {
        throw failure(closed ? reason : error);
      } finally {
        pending--;
      }
    },
    onClosed(listener) {
      if (closed) listener();
      else listeners.push(listener);
    },
    destroy: () => close(new BrokerUnreachable('the connection was given up')),
  };
}

type Reply = null | string | Buffer | ErrorReply | readonly Reply[];

/** Nested arrays in a row, as Spin gives them (crates/factor-outbound-redis/src/host.rs); the first error counts. */
function flatten(reply: Reply, into: RedisResult[] = []): RedisResult[] {
  if (reply === null) into.push({ tag: 'nil' });
  else if (typeof reply === 'string') into.push(numberOrStatus(reply));
  // The library's bytes lie in buffers with other things.
  else if (Buffer.isBuffer(reply)) into.push({ tag: 'binary', val: new Uint8Array(reply) });
  else if (reply instanceof ErrorReply) throw reply;
  else for (const one of reply as readonly Reply[]) flatten(one, into);
  return into;
}

/** Both are text here. No command has a status of digits only, but a script that makes one. */
function numberOrStatus(text: string): RedisResult {
  return /^[+-]?\d+$/.test(text) ? { tag: 'int64', val: BigInt(text) } : { tag: 'status', val: text };
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function failure(error: unknown): RedisRefusal | BrokerUnreachable {
  if (!(error instanceof ErrorReply)) return unreachable(error);
  // A server that is starting is as good as none.
  if (error.message.startsWith('LOADING ')) return unreachable(error);
  return new RedisRefusal(error.message, { cause: error });
}
