import { get } from 'fermyon:spin/variables@2.0.0';
import { writeErr } from '../console/write.ts';
import { decodeUtf8, encodeUtf8 } from '../encoding/utf8.ts';
import { reasonOf } from './broker.ts';
import { messageId } from './message-id.ts';
import { redisCommands, type RedisCommands } from './redis-commands.ts';
import {
  handle,
  requireFunctions,
  type Received,
  type ReceivedCall,
  type Reply,
  type Session,
} from './root.ts';

export interface RedisRoot {
  /** `orders/fulfilment`: who claims; each app has messages for itself. */
  readonly claimant: string;
  /** Absent: what the variable `redis_address` says. */
  readonly address?: string;
  /** Whether callers wait for replies. */
  readonly replies: boolean;
}

/** How long a claim lasts: longer than replicas lag behind one another. */
const CLAIM_S = '3600';
/** How long a reply waits for its caller, who may be gone. */
const REPLY_S = '60';

type HandleMessage = (message: Uint8Array) => void;

/**
 * `handle-message` of `fermyon:spin/inbound-redis` that calls a service. The interface's error says nothing, so why
 * a message was not handled is logged.
 */
export function rootRedis(
  service: string,
  calls: readonly ReceivedCall[],
  root: RedisRoot,
): { handleMessage: HandleMessage } {
  requireFunctions(service, calls);
  return {
    handleMessage(message) {
      const redis = redisCommands(root.address);
      let failure: string | undefined;
      try {
        failure = handle(calls, message, sessionOf(root, redis));
      } catch (error) {
        failure = `Redis failed: ${reasonOf(error)}`;
      } finally {
        redis[Symbol.dispose]();
      }
      if (failure === undefined) return;
      writeErr(`the Redis message was not handled: ${failure}\n`);
      throw 'error'; // The WIT enum's only name for it.
    },
  };
}

function sessionOf(root: RedisRoot, redis: RedisCommands): Session {
  let claimed: string | undefined;
  return {
    claim(message, own, { claim: path }) {
      const id = own.id ?? (path === undefined ? undefined : memberAt(message, path));
      if (id === undefined) return true;
      const key = `tenon:claim:${root.claimant}:${id}`;
      if (!claim(redis, key)) return false;
      claimed = key;
      return true;
    },
    release() {
      if (claimed !== undefined) redis.send('DEL', claimed);
    },
    ...(root.replies && {
      reply(own: Received, reply: Reply) {
        redis.send('RPUSH', own.reply!, encodeUtf8(JSON.stringify({ ...reply, _tenon: { id: own.id } })));
        redis.send('EXPIRE', own.reply!, REPLY_S);
      },
    }),
  };
}

/**
 * Sets the key unless another replica has. A replica that tries again after its own failure, of which the key is
 * still there, knows it by its name.
 */
function claim(redis: RedisCommands, key: string): boolean {
  const replica = replicaName();
  const [set] = redis.send('SET', key, replica, 'NX', 'EX', CLAIM_S);
  if (set !== undefined && set.tag !== 'nil') return true;
  const [holder] = redis.send('GET', key);
  return holder?.tag === 'binary' && decodeUtf8(holder.val) === replica;
}

/** The name that a host gives the process, where it tries again what failed; else one that no other has. */
function replicaName(): string {
  try {
    return get('tenon_replica');
  } catch {
    return messageId();
  }
}

/** The text or number at a path such as `order.id`; undefined where there is none. */
function memberAt(message: object, path: string): string | undefined {
  let value: unknown = message;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}
