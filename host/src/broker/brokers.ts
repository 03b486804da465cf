import type { Answerer } from '../bindings/channel/serve.ts';
import type { EmbeddedBroker } from './embedded.ts';
import { createMqttAnswerer } from './mqtt-answers.ts';
import { createMqttLinks } from './mqtt-links.ts';
import { createPublisher, type Publisher } from './publisher.ts';
import { createRedisAnswerer } from './redis-answers.ts';
import { createRedisLinks } from './redis-links.ts';

export interface BrokersOptions {
  /** Messages to its address are published within the process. */
  readonly embedded?: EmbeddedBroker | undefined;
  /** Addresses that the app was given, with user and password: messages that wait for their commit carry bare ones. */
  readonly addresses?: readonly string[];
}

/** An app's connections to brokers, for all its units: made when needed, one for each address. */
export interface Brokers extends AsyncDisposable {
  /** Answer what the units' workers ask, see bindings/channel/serve.ts. */
  readonly redis: Answerer<'redis'>;
  readonly mqtt: Answerer<'mqtt'>;
  readonly publisher: Publisher;
  /** Loads what connections to a kind of broker need, before somebody waits for it. */
  load(kind: 'redis' | 'mqtt'): Promise<void>;
  /** Connections that are open. */
  readonly open: number;
  close(): Promise<void>;
}

export function createBrokers({ embedded, addresses = [] }: BrokersOptions = {}): Brokers {
  const redis = createRedisLinks();
  const mqtt = createMqttLinks();
  const close = async (): Promise<void> => {
    redis.close();
    await mqtt.close();
  };
  return {
    redis: createRedisAnswerer(redis),
    mqtt: createMqttAnswerer(mqtt),
    publisher: createPublisher({ mqtt, redis, embedded, addresses }),
    load: (kind) => (kind === 'redis' ? redis : mqtt).load(),
    get open() {
      return redis.open + mqtt.open;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
