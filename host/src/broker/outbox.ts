import { randomUUID } from 'node:crypto';
import { threadId } from 'node:worker_threads';
import type { LedgerConfig, StoreConfig } from '../bindings/config.ts';
import type { OutgoingMessage } from '../bindings/deferred.ts';
import { onWorkerMessage } from '../bindings/channel/worker-messages.ts';
import { isFromMemory } from '../bindings/outbox/to-sender.ts';
import { placeOf } from '../bindings/store/place.ts';
import { countCopies, type CopyCounts } from './copy-counts.ts';
import { createMemorySender } from './memory-sender.ts';
import { openOutbox } from './outbox-open.ts';
import type { OutboxSize } from './outbox-queue.ts';
import { startOutboxSender, type OutboxSender, type Publish } from './outbox-sender.ts';
import type { Published, Publisher } from './publisher.ts';

export interface OutboxesOptions {
  /** The app's name. */
  readonly app: string;
  /** Absent where no unit sends anything. */
  readonly publisher: Pick<Publisher, 'publish'> | undefined;
  /** Whether a message is a copy for whoever may listen: it has arrived even where nobody does. */
  readonly isCopy: (message: OutgoingMessage) => boolean;
  /** The value of a variable by which an address is kept; undefined if it has none now. */
  readonly addressOf: (variable: string) => string | undefined;
  readonly log: (level: 'warn' | 'debug', message: string) => void;
}

/** @param message with its address, not the name of a variable */
export type Obstacle = (message: OutgoingMessage) => string | undefined;

/** What of an app's messages leaves after the commit of their events, for all its units. */
export interface Outboxes {
  /** For the configuration of a unit whose outbox and inbox lie in this database (bindings/store/ledger-store.ts). */
  ledger(store: StoreConfig): LedgerConfig;
  /**
   * Begins to send, what was left by an earlier process included: once brokers and units are there.
   *
   * @param obstacle why a message must wait, if so: a broker keeps nothing for a handler that it does not know yet
   * @throws TenonError `bindings/store-unavailable`
   */
  start(obstacle?: Obstacle): Promise<void>;
  /** Tries again at once what would be tried again later. */
  retry(): void;
  /** What has become of copies of calls. */
  readonly copies: CopyCounts;
  /** What waits, in all databases. */
  size(): Promise<OutboxSize>;
  /** Waits for what is on its way, `drainMs` at most; the rest is sent by the next process. */
  close(drainMs: number): Promise<void>;
}

/** Makes the outboxes of an app: one for each database in which its units have theirs. */
export function createOutboxes(options: OutboxesOptions): Outboxes {
  const { app, publisher, isCopy, addressOf, log } = options;
  const key = randomUUID();
  const copies = countCopies(isCopy);
  const ledgers = new Map<string, LedgerConfig>();
  let senders: OutboxSender[] = [];
  let obstacle: Obstacle = () => undefined;
  function addressed(message: OutgoingMessage): OutgoingMessage {
    const address = message.address.includes('://') ? message.address : addressOf(message.address);
    if (address === undefined) throw new Error(`nothing says where ${message.address} is`);
    return { ...message, address };
  }
  async function publish(message: OutgoingMessage, signal: AbortSignal): Promise<Published> {
    return publisher ? publisher.publish(addressed(message), signal) : {};
  }
  /** A broker that has handed it to nobody has not kept it either. */
  const deliver: Publish = async (message, signal) => {
    const reason = obstacle(addressed(message));
    if (reason !== undefined) throw new Error(reason);
    const { receivers } = await copies.count(message, 'failed', publish(message, signal));
    if (receivers === 0 && !isCopy(message)) throw new Error('nobody is subscribed');
  };
  const memory = createMemorySender(
    async (message, signal) => void (await copies.count(message, 'lost', publish(message, signal))),
    log,
    copies.lost,
  );
  const onMessage = (message: unknown): void => {
    if (isFromMemory(message, key)) message.messages.forEach((one: OutgoingMessage) => memory.send(one));
  };
  const stopListening = onWorkerMessage(onMessage);

  async function start(given: Obstacle = obstacle): Promise<void> {
    if (!publisher) return;
    obstacle = given;
    for (const { store, wake } of ledgers.values()) {
      const queue = await openOutbox(store, app);
      senders.push(startOutboxSender({ queue, publish: deliver, wake, log }));
    }
  }

  return {
    ledger(store) {
      const known = ledgers.get(placeOf(store));
      if (known) return { ...known, store };
      const wake = new Int32Array(new SharedArrayBuffer(4));
      const made: LedgerConfig = { app, store, wake, sender: { thread: threadId, key } };
      ledgers.set(placeOf(store), made);
      return made;
    },
    start,
    retry() {
      for (const sender of senders) sender.retry();
    },
    get copies() {
      return copies.counts;
    },
    async size() {
      const sizes = await Promise.all(senders.map((sender) => sender.size()));
      const oldest = Math.min(...sizes.map((size) => size.oldest ?? Infinity));
      return {
        length: sizes.reduce((sum, size) => sum + size.length, 0),
        bytes: sizes.reduce((sum, size) => sum + size.bytes, 0),
        ...(oldest !== Infinity && { oldest }),
      };
    },
    async close(drainMs) {
      stopListening();
      const closing = senders;
      senders = [];
      await Promise.all([memory.close(drainMs), ...closing.map((sender) => sender.close(drainMs))]);
    },
  };
}
