import type { RedisResult } from 'fermyon:spin/redis@2.0.0';
import { decodeUtf8 } from '../encoding/utf8.ts';
import { ended, withPayload } from '../fused/fuse.ts';
import { BrokerFailure, type Channel } from './broker.ts';
import {
  messageOf,
  pathOf,
  requireEvent,
  undelivered,
  type BrokerEdge,
  type Called,
  type Mapping,
  type SentCall,
} from './call.ts';
import { messageId } from './message-id.ts';
import { redisCommands } from './redis-commands.ts';

export interface AskedCall extends SentCall {
  /** ms that a call may take */
  readonly deadline: number;
  /** For the value of a result that is ok, or of a function that cannot fail; absent where there is none. */
  readonly result?: Mapping;
  /** For a result's error; `empty` where that has no value, absent where the function has no error. */
  readonly error?: Mapping | 'empty';
}

/**
 * A function whose calls are published and answered on a list of their own, so that no reply is taken for that of
 * another call, however late it comes. Throws the errors of the contract as a linked call does.
 */
export function askRedis(edge: BrokerEdge, called: AskedCall, channel: Channel): Called {
  return (...args) => {
    requireEvent(edge);
    const id = messageId();
    const reply = `tenon:reply:${id}`;
    const deadline = Date.now() + called.deadline;
    const message = messageOf(edge, called, args, { id, reply, deadline });
    let answer: Answer;
    try {
      answer = readAnswer(exchange(called, channel, message, reply, deadline), id);
    } catch (error) {
      throw undelivered(edge, called, 'Redis', channel, error);
    }
    return valueOf(edge, called, answer);
  };
}

/** Publishes the message and waits for the reply. */
function exchange(
  called: AskedCall,
  { topic, address }: Channel,
  message: Uint8Array,
  reply: string,
  deadline: number,
): string {
  const redis = redisCommands(address);
  try {
    const [receivers] = redis.send('PUBLISH', topic, message);
    if (receivers?.tag === 'int64' && receivers.val === 0) throw new BrokerFailure('nobody listens there');
    // A timeout of 0 would be for ever.
    const left = deadline - Date.now();
    const answer = left > 0 ? redis.send('BLPOP', reply, (left / 1000).toFixed(3)) : [];
    const value = answer[1] && bytesOf(answer[1]);
    if (value === undefined) throw new BrokerFailure(`no reply within ${called.deadline} ms`);
    return decodeUtf8(value);
  } finally {
    redis[Symbol.dispose]();
  }
}

function bytesOf(result: RedisResult): Uint8Array | undefined {
  return result.tag === 'binary' ? result.val : undefined;
}

interface Answer {
  readonly tag: 'ok' | 'err';
  readonly val?: unknown;
}

/** A reply as in docs/wire-format.md. Throws a BrokerFailure where it is none, or says that there is no answer. */
function readAnswer(text: string, id: string): Answer {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new BrokerFailure('the reply is not JSON');
  }
  const {
    tag,
    val,
    _tenon: own,
  } = (json ?? {}) as { tag?: unknown; val?: unknown; _tenon?: { id?: unknown } };
  if (own?.id !== id) throw new BrokerFailure(`the reply is for the message ${JSON.stringify(own?.id)}`);
  if (tag === 'failed') throw new BrokerFailure(String(val));
  if (tag !== 'ok' && tag !== 'err') throw new BrokerFailure(`the reply has the tag ${JSON.stringify(tag)}`);
  return { tag, val };
}

function valueOf(edge: BrokerEdge, called: AskedCall, { tag, val }: Answer): unknown {
  const { result, error } = called;
  let payload: unknown;
  try {
    if (tag === 'ok') return result?.(val, 'result');
    if (error === undefined) throw new BrokerFailure('the function has no error');
    payload = error === 'empty' ? undefined : error(val, 'error');
  } catch (mismatch) {
    throw ended(`${pathOf(edge, called)} gave a wrong value:`, mismatch);
  }
  throw withPayload(payload);
}
