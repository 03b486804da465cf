import type { Aedes } from 'aedes';
import type { HandledMessage } from './embedded.ts';
import { BrokerUnreachable } from './unreachable.ts';

/** Which messages the broker's persistent sessions still have to acknowledge. */
export interface Sessions {
  onHandled(listener: (message: HandledMessage) => void): () => void;
  /**
   * To be called before a message is published, with the very bytes of it. What it gives resolves, once the message
   * is published, when every handler's session has acknowledged it: with their number.
   */
  handled(payload: Buffer): () => Promise<number>;
}

/** The broker's packet: `brokerCounter` numbers the messages published. */
interface Packet {
  readonly cmd?: string;
  readonly topic: string;
  readonly payload: Buffer;
  readonly messageId?: number;
  readonly brokerCounter?: number;
}

/** What the broker's memory does when a message goes through a persistent session (aedes-persistence 11). */
interface Persistence {
  outgoingEnqueueCombi(subscriptions: readonly Subscription[], packet: Packet): Promise<void>;
  outgoingUpdate(client: Client, packet: Packet): Promise<void>;
  outgoingClearMessageId(client: Client, packet: Packet): Promise<Packet | undefined>;
  cleanSubscriptions(client: Client): Promise<void>;
}

interface Subscription {
  readonly clientId: string;
}

interface Client {
  readonly id: string;
}

/** A message on its way through sessions. */
interface Journey {
  readonly topic: string;
  readonly payload: Buffer;
  readonly receivers: number;
  /** Ids of the sessions that have not acknowledged it. */
  readonly waiting: Set<string>;
  readonly ended: PromiseWithResolvers<number>;
}

/**
 * Watches the broker's memory: nothing else knows of a message which sessions it went to, those that are away
 * included, and when each has acknowledged it.
 */
export function watchSessions(aedes: Aedes, isHandler: (clientId: string) => boolean): Sessions {
  const { persistence } = aedes as unknown as { persistence: Persistence };
  const listeners = new Set<(message: HandledMessage) => void>();
  /** By the broker's number of the message. */
  const journeys = new Map<number, Journey>();
  /** By the bytes of a message that is being published. */
  const expected = new Map<Buffer, (journey: Journey) => void>();
  /** By session and message id, the broker's number: a confirmation has no more than the id. */
  const numbers = new Map<string, number>();

  const enqueue = persistence.outgoingEnqueueCombi.bind(persistence);
  persistence.outgoingEnqueueCombi = async (subscriptions, packet) => {
    const handlers = new Set(subscriptions.map(({ clientId }) => clientId).filter(isHandler));
    const journey: Journey = {
      topic: packet.topic,
      payload: packet.payload,
      receivers: handlers.size,
      waiting: handlers,
      ended: Promise.withResolvers<number>(),
    };
    // Whoever does not wait for it does not mind how it ends.
    journey.ended.promise.catch(() => {});
    if (handlers.size === 0) journey.ended.resolve(0);
    else if (packet.brokerCounter !== undefined) journeys.set(packet.brokerCounter, journey);
    expected.get(packet.payload)?.(journey);
    await enqueue(subscriptions, packet);
  };

  const update = persistence.outgoingUpdate.bind(persistence);
  persistence.outgoingUpdate = async (client, packet) => {
    const key = `${packet.messageId} ${client.id}`;
    if (packet.cmd === 'pubrel') acknowledged(client.id, numbers.get(key));
    else if (packet.brokerCounter !== undefined && journeys.has(packet.brokerCounter))
      numbers.set(key, packet.brokerCounter);
    await update(client, packet);
  };

  const clear = persistence.outgoingClearMessageId.bind(persistence);
  persistence.outgoingClearMessageId = async (client, packet) => {
    const cleared = await clear(client, packet);
    const key = `${packet.messageId} ${client.id}`;
    acknowledged(client.id, numbers.get(key));
    numbers.delete(key);
    return cleared;
  };

  const forget = persistence.cleanSubscriptions.bind(persistence);
  persistence.cleanSubscriptions = async (client) => {
    for (const [number, journey] of journeys) {
      if (!journey.waiting.has(client.id)) continue;
      journeys.delete(number);
      journey.ended.reject(new BrokerUnreachable(`the session ${client.id} ended before it had handled it`));
    }
    await forget(client);
  };

  function acknowledged(clientId: string, number: number | undefined): void {
    const journey = number === undefined ? undefined : journeys.get(number);
    if (number === undefined || !journey?.waiting.delete(clientId)) return;
    const { topic, payload } = journey;
    for (const listener of listeners) listener({ topic, payload, clientId });
    if (journey.waiting.size > 0) return;
    journeys.delete(number);
    journey.ended.resolve(journey.receivers);
  }

  return {
    onHandled(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    handled(payload) {
      let journey: Journey | undefined;
      expected.set(payload, (begun) => {
        journey = begun;
      });
      return () => {
        expected.delete(payload);
        return journey?.ended.promise ?? Promise.resolve(0);
      };
    },
  };
}
