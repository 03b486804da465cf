import { bareAddress } from '../../bindings/broker-address.ts';
import type { Subscriber, SubscriberOptions, SubscriberState } from '../../broker/subscriber.ts';
import type { RunningTrigger } from '../trigger.ts';
import { MessageHandler, type HandlerOptions, type MessageCounts } from './handler.ts';

/** A trigger whose messages come from a broker. */
export interface RunningMessageTrigger extends RunningTrigger {
  readonly unit: string;
  /** Topic or channel. */
  readonly topic: string;
  /** Whether messages arrive now. */
  readonly subscribed: boolean;
  readonly counts: MessageCounts;
}

export interface ServeOptions extends Omit<HandlerOptions, 'onFull'> {
  /** With user and password, without query. */
  readonly address: string;
  readonly topic: string;
  /** The most bytes that may wait, where the broker cannot be told to wait. */
  readonly maxBytes?: number;
  /** How long running events may take to finish after close(), ms. */
  readonly drainMs: number;
  readonly subscribe: (options: SubscriberOptions) => Subscriber;
}

/**
 * Subscribes and hands messages to the unit. Resolves once that is so, or once it is known why not yet: then it
 * goes on trying.
 */
export async function serveMessages(options: ServeOptions): Promise<RunningMessageTrigger> {
  const { topic, unit, name, maxBytes = Infinity, drainMs, log } = options;
  // Without user and password: it is shown and logged.
  const address = bareAddress(options.address);
  const handler = new MessageHandler({
    ...options,
    onFull: (full) => (full ? subscriber.pause() : subscriber.resume()),
  });
  const subscriber = options.subscribe({
    address: options.address,
    topic,
    onMessage(message) {
      if (handler.heldBytes + message.payload.length <= maxBytes) handler.take(message);
      else void handler.refuse(message, `more than ${maxBytes} bytes wait already`);
    },
    onState(state) {
      log({ unit, ...describe(name, address, state) });
      if (state.kind === 'subscribed') options.onSubscribed?.();
    },
  });
  await subscriber.settled;
  return {
    address,
    unit,
    topic,
    get subscribed() {
      return subscriber.subscribed;
    },
    get counts() {
      return handler.counts;
    },
    async close() {
      subscriber.stop();
      await handler.drain(drainMs);
      await subscriber.close();
    },
  };
}

function describe(
  name: string,
  address: string,
  state: SubscriberState,
): { readonly level: 'debug' | 'warn' | 'error'; readonly message: string } {
  switch (state.kind) {
    case 'subscribed':
      return { level: 'debug', message: `${name}: subscribed at ${address}` };
    case 'lost':
      return {
        level: 'warn',
        message: `${name}: no connection to ${address}: ${state.reason}; trying again`,
      };
    case 'refused':
      return { level: 'error', message: `${name}: ${address} refuses the subscription: ${state.reason}` };
  }
}
