import { Connection } from 'fermyon:spin/mqtt@2.0.0';
import { addressOf, type Channel } from './broker.ts';
import { messageId } from './message-id.ts';

const QOS = ['at-most-once', 'at-least-once', 'exactly-once'] as const;
const KEEP_ALIVE_S = 30;

/** Publishes one message; throws what the host interface does, or a BrokerFailure. */
export function publishMqtt({ topic, qos, address }: Channel, payload: Uint8Array): void {
  const { url, username, password } = credentials(addressOf('mqtt_address', address));
  // Opened for each message: a handle that is left makes an instance unfit for the next event.
  const connection = Connection.open(withClientId(url), username, password, KEEP_ALIVE_S);
  try {
    connection.publish(topic, payload, QOS[qos]);
  } finally {
    connection[Symbol.dispose]();
  }
}

/** A broker ends the connection of a client whose id another one brings, so each has its own. */
function withClientId(url: string): string {
  if (/[?&]client_id=/.test(url)) return url;
  return `${url}${url.includes('?') ? '&' : '?'}client_id=tenon-${messageId()}`;
}

/** The host interface takes name and password apart from the address, where they usually stand. */
function credentials(address: string): { url: string; username: string; password: string } {
  const [, scheme, username, password = '', rest] =
    /^([^/]*\/\/)([^/@:]*)(?::([^/@]*))?@(.*)$/.exec(address) ?? [];
  if (scheme === undefined || username === undefined) return { url: address, username: '', password: '' };
  return {
    url: scheme + rest,
    username: decodeURIComponent(username),
    password: decodeURIComponent(password),
  };
}
