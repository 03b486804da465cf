import type { MqttLogin } from '../bindings/mqtt/message.ts';
import type { MqttConnection } from './mqtt-connection.ts';
import { abortable, BrokerUnreachable } from './unreachable.ts';
import { within } from './within.ts';

/** A process's connections to MQTT brokers, one for each login; made when needed, again after they broke. */
export interface MqttLinks {
  /** Publishes one message; rejects with BrokerUnreachable, or with the signal's reason. */
  publish(login: MqttLogin, message: MqttMessage, signal: AbortSignal): Promise<void>;
  /** Loads the library, which the first connection would wait for otherwise, and all of this thread with it. */
  load(): Promise<void>;
  /** Connections that are open. */
  readonly open: number;
  close(): Promise<void>;
}

export interface MqttMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: 0 | 1 | 2;
}

const CLOSE_TIMEOUT = 1_000;

/** Nothing of it is loaded by an app that connects to no broker. */
const library = () => import('./mqtt-connection.ts');

export function createMqttLinks(): MqttLinks {
  const shared = new Map<string, Promise<MqttConnection>>();
  const all = new Set<MqttConnection>();
  let closed = false;

  async function connect(login: MqttLogin): Promise<MqttConnection> {
    const { openMqttConnection } = await library();
    const connection = await openMqttConnection(login);
    if (closed) {
      connection.destroy();
      throw new BrokerUnreachable('the app is closing');
    }
    all.add(connection);
    connection.onClosed(() => all.delete(connection));
    return connection;
  }

  function share(key: string, login: MqttLogin): Promise<MqttConnection> {
    const connecting = connect(login);
    shared.set(key, connecting);
    const forget = (): void => {
      if (shared.get(key) === connecting) shared.delete(key);
    };
    connecting.then((connection) => connection.onClosed(forget), forget);
    return connecting;
  }

  return {
    async publish(login, { topic, payload, qos }, signal) {
      const key = JSON.stringify([login.address, login.username, login.password, login.keepAlive]);
      const connecting = shared.get(key) ?? share(key, login);
      const connection = await abortable(connecting, signal);
      try {
        await abortable(connection.publish(topic, payload, qos), signal);
      } catch (error) {
        // It has not acknowledged in time: whether it is slow or gone, others need not wait for it.
        if (error instanceof DOMException && error.name === 'TimeoutError') {
          if (shared.get(key) === connecting) shared.delete(key);
          if (connection.pending <= 1) connection.destroy();
        }
        throw error;
      }
    },
    async load() {
      await library();
    },
    get open() {
      return all.size;
    },
    async close() {
      closed = true;
      shared.clear();
      // One that still waits for an acknowledgement would not end by itself.
      await within(CLOSE_TIMEOUT, Promise.all([...all].map((connection) => connection.end())));
      for (const connection of all) connection.destroy();
    },
  };
}
