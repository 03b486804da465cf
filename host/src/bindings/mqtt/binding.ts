import type { Binding } from '../binding.ts';
import { bareAddress } from '../broker-address.ts';
import { createBrokerEvent, tooLate, type BrokerEventOptions } from '../broker-event.ts';
import type { Channel } from '../channel/channel.ts';
import { transferOf } from '../channel/message.ts';
import type { Deferred } from '../deferred.ts';
import { isAllowed, type AllowedHost } from '../http/allowed-hosts.ts';
import { isMqttAddress, isTopic } from './address.ts';
import {
  createMqttConnectionClass,
  MqttError,
  type GuestLogin,
  type MqttAccess,
} from './connection-class.ts';

export const MQTT = 'fermyon:spin/mqtt@2.0.0';

export interface MqttOptions extends BrokerEventOptions {
  /** The worker's, shared with other bindings; absent: no address is allowed. */
  readonly channel: Channel | undefined;
  readonly allowed: readonly AllowedHost[];
  /** Keeps what leaves after the commit. */
  readonly deferred: Deferred;
}

/** The longest keep-alive that MQTT knows, seconds. */
const MAX_KEEP_ALIVE = 65_535n;

/**
 * `fermyon:spin/mqtt`: the main thread publishes, the guest waits as long as the quality of service asks for:
 * until the message is sent, acknowledged (1) or released (2). What the event has written is committed first, and
 * the event cannot run again; messages with a deferred route wait for the commit instead.
 *
 * As in Spin an address needs a `client_id`, and no connection is made before the first message. Unlike in Spin
 * connections are shared: each process has one for each broker, user and keep-alive, under a client id of its
 * own, so that two events with the same id do not cut each other off.
 */
export function createMqttBinding(options: MqttOptions): Binding {
  const { channel, allowed, deferred, warn } = options;
  const event = createBrokerEvent(options);

  function connect({ address, username, password, keepAlive }: GuestLogin): MqttAccess {
    const name = bareAddress(address);
    if (!channel || !isAllowed(address, allowed)) {
      warn(`connection to ${name} refused: it is not among the granted hosts`);
      throw failed(`address ${address} is not permitted`);
    }
    if (!isMqttAddress(address)) throw new MqttError({ tag: 'invalid-address' });
    const seconds = Number(keepAlive > MAX_KEEP_ALIVE ? MAX_KEEP_ALIVE : keepAlive);
    return {
      publish(topic, payload, qos) {
        if (!isTopic(topic)) throw other(`no message can be published to the topic ${JSON.stringify(topic)}`);
        if (deferred.add({ kind: 'mqtt', address: name, topic, payload, qos })) return;
        if (!event.effect())
          throw other('nothing was published: another event has changed what this one had read');
        const login = { address: name, username, password, keepAlive: seconds };
        const answer = channel.ask(
          'mqtt',
          { ...login, topic, payload, qos },
          event.deadline(),
          transferOf(payload),
        );
        if (!answer) {
          event.unreachable(`${name} did not acknowledge a message`);
          throw tooLate(name);
        }
        if (answer.kind === 'unreachable') {
          event.unreachable(`${name} cannot be reached: ${answer.message}`);
          throw failed(answer.message);
        }
        if (answer.kind === 'refused') throw other(answer.message);
      },
    };
  }

  const { Connection, open } = createMqttConnectionClass(connect);
  const { begin, hasOutsideEffect, unavailable } = event;
  return { imports: { [MQTT]: { Connection } }, begin, hasOutsideEffect, unavailable, liveHandles: open };
}

function failed(message: string): MqttError {
  return new MqttError({ tag: 'connection-failed', val: message });
}

function other(message: string): MqttError {
  return new MqttError({ tag: 'other', val: message });
}
