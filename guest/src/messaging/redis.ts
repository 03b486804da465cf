import { exported } from '../async/loop.ts';
import { logError } from '../console/log-error.ts';
import { decodeUtf8 } from '../encoding/utf8.ts';

/** A message of a Redis channel. Spin does not tell the channel: a service listens on one. */
export interface RedisMessage {
  readonly bytes: Uint8Array;
  text(): string;
  json(): unknown;
}

export type RedisHandler = (message: RedisMessage) => void | PromiseLike<void>;

/**
 * `handle-message` of `fermyon:spin/inbound-redis`. What the handler throws is logged once and becomes the
 * interface's error, so that the host knows the message was not handled.
 *
 * @example export const inboundRedis = handleRedis((message) => store(message.json()))
 */
export function handleRedis(handler: RedisHandler): { handleMessage: (message: Uint8Array) => void } {
  const call = exported((message: Uint8Array) => handler(redisMessage(message)));
  return {
    handleMessage(message) {
      try {
        call(message);
      } catch (error) {
        logError('the Redis message was not handled:', error);
        throw 'error'; // The WIT enum's only name for it.
      }
    },
  };
}

function redisMessage(bytes: Uint8Array): RedisMessage {
  return { bytes, text: () => decodeUtf8(bytes), json: () => JSON.parse(decodeUtf8(bytes)) as unknown };
}
