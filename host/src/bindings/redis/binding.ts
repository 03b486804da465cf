import type { Binding } from '../binding.ts';
import { bareAddress } from '../broker-address.ts';
import { createBrokerEvent, tooLate, type BrokerEventOptions } from '../broker-event.ts';
import type { Channel } from '../channel/channel.ts';
import { transferOf } from '../channel/message.ts';
import type { DeferredRoute } from '../config.ts';
import type { Deferred } from '../deferred.ts';
import { isAllowed, type AllowedHost } from '../http/allowed-hosts.ts';
import { limitOf, wayOf } from './command.ts';
import { createRedisConnectionClass, type RedisAccess } from './connection-class.ts';
import { other, RedisError, spinText } from './error.ts';
import type { RedisAnswer, RedisQuestion, RedisResult } from './message.ts';
import { isRedisAddress } from './address.ts';

export const REDIS = 'fermyon:spin/redis@2.0.0';

export interface RedisOptions extends BrokerEventOptions {
  /** The worker's, shared with other bindings; absent: no address is allowed. */
  readonly channel: Channel | undefined;
  readonly allowed: readonly AllowedHost[];
  /** Keeps what leaves after the commit. */
  readonly deferred: Deferred;
  /** Servers that messages leave for after the commit need not be there when a guest connects. */
  readonly sends: readonly DeferredRoute[];
  /** Channels whose calls are answered, and how long such a call may take, ms. */
  readonly answered: Readonly<Record<string, number>>;
}

/**
 * `fermyon:spin/redis`: the main thread talks to the server, the guest waits. Whatever it asks for is an effect
 * outside, reads too, since what they see depends on when they are made: what the event has written is committed
 * first, and the event cannot run again. Only messages with a deferred route wait for the commit instead.
 */
export function createRedisBinding(options: RedisOptions): Binding {
  const { channel, allowed, deferred, sends, answered, warn } = options;
  const event = createBrokerEvent(options);
  const lazy = new Set(sends.flatMap((route) => (route.kind === 'redis' ? [route.address] : [])));
  let lastConnection = 0;

  function connect(address: string): RedisAccess {
    const name = bareAddress(address);
    if (!channel || !isAllowed(address, allowed)) {
      warn(`connection to ${name} refused: it is not among the granted hosts`);
      throw new RedisError({ tag: 'invalid-address' });
    }
    if (!isRedisAddress(address)) throw new RedisError({ tag: 'invalid-address' });
    const connection = ++lastConnection;
    /** A command has changed what the connection is, so that all that follow go the same way. */
    let own = false;

    function ask(question: RedisQuestion, within = Infinity, transfer: ArrayBuffer[] = []): RedisAnswer {
      const deadline = Math.min(event.deadline(), Date.now() + within);
      const answer = channel?.ask('redis', question, deadline, transfer);
      if (!answer) {
        event.unreachable(`${name} did not answer`);
        if (deadline < event.deadline()) throw other('no answer before the deadline');
        throw tooLate(name);
      }
      if (answer.kind === 'unreachable') {
        event.unreachable(`${name} cannot be reached: ${answer.message}`);
        throw other(answer.message);
      }
      if (answer.kind === 'refused') throw other(spinText(answer.message));
      return answer;
    }

    function send(command: string, args: readonly (string | Uint8Array)[]): readonly RedisResult[] {
      const way = own ? 'own' : wayOf(command, args);
      if (way === 'refused') throw other(`${command} is not possible here: messages come through triggers`);
      if (!event.effect())
        throw other(`${command} was not sent: another event has changed what this one had read`);
      own ||= way === 'own';
      const transfer = args.flatMap((arg) => (typeof arg === 'string' ? [] : transferOf(arg)));
      const question = { kind: 'command', address, args: [command, ...args], way, connection } as const;
      const answer = ask(question, limitOf(command, args, answered), [...new Set(transfer)]);
      return answer.kind === 'results' ? answer.results : [];
    }

    if (!lazy.has(name)) ask({ kind: 'open', address });
    return {
      send,
      publish(topic, payload) {
        if (deferred.add({ kind: 'redis', address: name, topic, payload, qos: 1 })) return;
        send('PUBLISH', [topic, payload]);
      },
      end() {
        if (own) channel?.tell('redis', { kind: 'drop', connection });
      },
    };
  }

  const { Connection, open } = createRedisConnectionClass(connect);
  const { begin, hasOutsideEffect, unavailable } = event;
  return {
    imports: { [REDIS]: { Connection } },
    begin,
    hasOutsideEffect,
    unavailable,
    liveHandles: open,
  };
}
