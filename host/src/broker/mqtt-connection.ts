import { randomBytes } from 'node:crypto';
import { connect as connectTcp } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { MqttClient } from 'mqtt';
import type { MqttLogin } from '../bindings/mqtt/message.ts';
import { type BrokerUnreachable, unreachable } from './unreachable.ts';

/** One connection to one broker. It never reconnects: who needs another makes another. */
export interface MqttConnection {
  /** Messages that wait for their acknowledgement. */
  readonly pending: number;
  /**
   * Resolves when the message is written (QoS 0), acknowledged (1) or released (2).
   *
   * @throws BrokerUnreachable
   */
  publish(topic: string, payload: Uint8Array, qos: 0 | 1 | 2): Promise<void>;
  onClosed(listener: () => void): void;
  /** Closes it at once; what is under way fails. */
  destroy(): void;
  /** Tells the broker, and closes it. */
  end(): Promise<void>;
}

const CONNECT_TIMEOUT = 5_000;

/**
 * Connects to a broker, as a client with a clean session and an id of its own: 22 characters, as many as every
 * broker must allow [MQTT-3.1.3-5].
 *
 * @throws BrokerUnreachable, also where the broker does not want the user
 */
export function openMqttConnection(login: MqttLogin): Promise<MqttConnection> {
  const { username, password, keepAlive } = login;
  const client = new MqttClient(() => streamTo(login.address), {
    protocolVersion: 4,
    clientId: `tenon-${randomBytes(8).toString('hex')}`,
    clean: true,
    keepalive: keepAlive,
    connectTimeout: CONNECT_TIMEOUT,
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    ...(username !== '' && { username }),
    ...(password !== '' && { password }),
  });
  const listeners: (() => void)[] = [];
  /** Each is told why its message will not be acknowledged. */
  const waiting = new Set<(error: BrokerUnreachable) => void>();
  let closed: BrokerUnreachable | undefined;
  let reason: unknown;

  function ended(why: unknown): void {
    if (closed) return;
    closed = unreachable(why);
    for (const fail of waiting) fail(closed);
    for (const listener of listeners) listener();
    client.end(true);
    // Where it was asked to end before, and waits for acknowledgements, that changes nothing.
    client.stream.destroy();
  }

  const connection: MqttConnection = {
    get pending() {
      return waiting.size;
    },
    publish(topic, payload, qos) {
      if (closed) return Promise.reject(closed);
      return new Promise((resolve, reject) => {
        waiting.add(reject);
        const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
        client.publish(topic, bytes, { qos }, (error) => {
          waiting.delete(reject);
          if (error) reject(unreachable(error));
          else resolve();
        });
      });
    },
    onClosed(listener) {
      if (closed) listener();
      else listeners.push(listener);
    },
    destroy: () => ended(new Error('the connection was given up')),
    end: () => new Promise((resolve) => client.end(false, {}, () => resolve())),
  };

  return new Promise((resolve, reject) => {
    listeners.push(() => reject(closed as BrokerUnreachable));
    client.on('error', (error) => {
      reason = error;
    });
    client.on('close', () => ended(reason ?? new Error('the broker closed the connection')));
    client.on('connect', () => resolve(connection));
  });
}

/** Without TCP's delay: a QoS 1 message waits for an acknowledgement, not for more to send. */
function streamTo(address: string) {
  const { protocol, hostname, port } = new URL(address);
  const host = hostname.replace(/^\[|\]$/g, '');
  if (protocol === 'mqtts:' || protocol === 'ssl:') {
    return connectTls({ host, port: Number(port || 8883), noDelay: true } as ConnectionOptions);
  }
  return connectTcp({ host, port: Number(port || 1883), noDelay: true });
}
