import { Connection } from 'fermyon:spin/mqtt@2.0.0';
import { addressOf, type Channel } from './broker.ts';
import { messageId } from './message-id.ts';

const QOS = ['at-most-once', 'at-least-once', 'exactly-once'] as const;
const KEEP_ALIVE_S = 30;

/** Publishes one message; throws what the host interface does, or a BrokerFailure. */
export function publishMqtt({ topic, qos, address }: Channel, payload: Uint8Array): void {
  const { url, username, password } = credentials(addressOf('mqtt_address', address));
  // Opened for each message: a handle that is left makes an instance unfit for the next event.
  const connection = Connection.open(withParameters(url), username, password, KEEP_ALIVE_S);
  try {
    connection.publish(topic, payload, QOS[qos]);
  } finally {
    connection[Symbol.dispose]();
  }
}

/** The largest packet of MQTT. Spin's client sends none over 10 KiB unless both of its limits are raised. */
const MAX_PACKET = 268_435_460;
const LIMITS = `max_incoming_packet_size_bytes=${MAX_PACKET}&max_outgoing_packet_size_bytes=${MAX_PACKET}`;

/** A broker ends the connection of a client whose id another one brings, so each has its own. */
function withParameters(url: string): string {
  const parameters = [
    ...(/[?&]client_id=/.test(url) ? [] : [`client_id=tenon-${messageId()}`]),
    ...(/[?&]max_outgoing_packet_size_bytes=/.test(url) ? [] : [LIMITS]),
  ];
  if (parameters.length === 0) return url;
  return `${url}${url.includes('?') ? '&' : '?'}${parameters.join('&')}`;
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
