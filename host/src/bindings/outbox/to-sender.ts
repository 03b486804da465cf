import { postMessageToThread } from 'node:worker_threads';
import type { LedgerConfig } from '../config.ts';
import type { OutgoingMessage } from '../deferred.ts';

/** Messages of a worker that are not kept: they are sent, or lost with the process. */
export interface FromMemory {
  readonly tenonSender: string;
  readonly messages: readonly OutgoingMessage[];
}

/** A worker's ways to its app's sender, which is on the main thread (broker/outbox.ts). */
export interface ToSender {
  readonly wakeSender: () => void;
  readonly sendNow: (messages: readonly OutgoingMessage[]) => void;
}

/** Without a ledger nothing is sent, since there are no routes for it. */
export function toSender(ledger: LedgerConfig | undefined): ToSender {
  if (!ledger) return { wakeSender: () => {}, sendNow: () => {} };
  const { wake, sender } = ledger;
  return {
    wakeSender() {
      Atomics.add(wake, 0, 1);
      Atomics.notify(wake, 0);
    },
    sendNow(messages) {
      const message: FromMemory = { tenonSender: sender.key, messages };
      // It is on its way when this returns; a sender that is gone sends nothing.
      postMessageToThread(sender.thread, message).catch(() => {});
    },
  };
}

export function isFromMemory(message: unknown, key: string): message is FromMemory {
  return (
    typeof message === 'object' && message !== null && 'tenonSender' in message && message.tenonSender === key
  );
}
