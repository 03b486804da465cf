import { bareAddress } from '../bindings/broker-address.ts';
import type { OutgoingMessage } from '../bindings/deferred.ts';
import type { EmbeddedBroker } from './embedded.ts';
import type { MqttLinks } from './mqtt-links.ts';
import type { RedisLinks } from './redis-links.ts';
import { BrokerUnreachable } from './unreachable.ts';

/** Hands messages to their brokers, over connections that are made again by themselves. */
export interface Publisher {
  /**
   * Resolves when a message has arrived: for MQTT as far as its QoS goes, at PUBACK for 1; with the embedded broker
   * and a QoS above 0 when every persistent session that subscribes to it has acknowledged it; for Redis with the
   * number of those who heard it. Tries once; who wants it delivered asks again.
   *
   * Rejects with an error for people: a `BrokerUnreachable` may be asked again later; with the signal's reason when
   * that is aborted.
   */
  publish(message: OutgoingMessage, signal: AbortSignal): Promise<Published>;
  /** Hands a reply to whoever waits at a list of a Redis server; it goes by itself where nobody does. */
  reply(address: string, list: string, payload: Uint8Array, signal: AbortSignal): Promise<void>;
}

export interface Published {
  /** How many got it, where the broker says so. */
  readonly receivers?: number;
}

export interface PublisherOptions {
  readonly mqtt: MqttLinks;
  readonly redis: RedisLinks;
  readonly embedded?: EmbeddedBroker | undefined;
  /** Full addresses, with user and password: messages carry bare ones. */
  readonly addresses: readonly string[];
}

const KEEP_ALIVE = 30;
/** How long a reply waits for its caller, as in guest/src/messaging/root-redis.ts. */
const REPLY_S = '60';

export function createPublisher({ mqtt, redis, embedded, addresses }: PublisherOptions): Publisher {
  const full = new Map(addresses.map((address) => [bareAddress(address), address]));

  async function publishMqtt(
    message: OutgoingMessage,
    address: string,
    signal: AbortSignal,
  ): Promise<Published> {
    const name = bareAddress(address);
    if (embedded && name === embedded.address && message.qos > 0) return embedded.deliver(message, signal);
    const url = new URL(address);
    const login = {
      address: name,
      username: decodeURIComponent(url.username),
      password: decodeURIComponent(url.password),
      keepAlive: KEEP_ALIVE,
    };
    await mqtt.publish(login, message, signal);
    return {};
  }

  async function publishRedis(
    { topic, payload }: OutgoingMessage,
    address: string,
    signal: AbortSignal,
  ): Promise<Published> {
    const connection = await redis.shared(address, signal);
    const [receivers] = await connection.send(['PUBLISH', topic, payload]);
    return receivers?.tag === 'int64' ? { receivers: Number(receivers.val) } : {};
  }

  return {
    async publish(message, signal) {
      const address = full.get(bareAddress(message.address)) ?? message.address;
      try {
        return await (message.kind === 'mqtt'
          ? publishMqtt(message, address, signal)
          : publishRedis(message, address, signal));
      } catch (error) {
        if (!(error instanceof BrokerUnreachable)) throw error;
        throw new BrokerUnreachable(`${bareAddress(address)} cannot be reached: ${error.message}`, {
          cause: error,
        });
      }
    },
    async reply(address, list, payload, signal) {
      const connection = await redis.shared(full.get(bareAddress(address)) ?? address, signal);
      const pushed = connection.send(['RPUSH', list, payload]);
      await Promise.all([pushed, connection.send(['EXPIRE', list, REPLY_S])]);
    },
  };
}
