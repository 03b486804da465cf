import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import type { Mailbox } from './mailbox.ts';
import type { ToWorker } from './messages.ts';
import type { UnitEvent } from './types.ts';

/** So long does a worker rest at its mailbox before it returns to its event loop, ms. */
const LINGER_MS = 5;
/** So long may it go on without a turn of its event loop, where the engine's own tasks wait, ms. */
const TURN_MS = 100;

export interface ServedBy {
  run(id: number, event: UnitEvent, deadline: number): void;
  stop(): void;
}

/**
 * Runs the events that come to a worker, by its port or into its mailbox. While they come closely one after
 * another, the event loop is left aside but for a turn now and then.
 */
export function serve(port: MessagePort, mailbox: Mailbox, { run, stop }: ServedBy): void {
  /** Whether the worker goes on after a message. */
  const receive = (message: ToWorker): boolean => {
    if (message.kind === 'event') run(message.id, message.event, message.deadline);
    if (message.kind !== 'stop') return true;
    stop();
    port.close();
    return false;
  };

  const runAllThatCame = (): boolean => {
    mailbox.beBusy();
    for (;;) {
      const mailed = mailbox.takeEvent();
      if (mailed) {
        run(mailed.id, mailed.event, mailed.deadline);
        continue;
      }
      const received = receiveMessageOnPort(port) as { readonly message: ToWorker } | undefined;
      if (!received) return true;
      if (!receive(received.message)) return false;
    }
  };

  let turning: NodeJS.Immediate | undefined;
  const attend = (): void => {
    clearImmediate(turning);
    const turnEnds = performance.now() + TURN_MS;
    do {
      if (!runAllThatCame()) return;
      if (performance.now() > turnEnds) {
        // Whoever calls meanwhile finds it busy, and it looks for what came when it is back.
        turning = setImmediate(attend);
        return;
      }
    } while (mailbox.rest(LINGER_MS));
  };

  port.on('message', (message: ToWorker) => {
    clearImmediate(turning);
    mailbox.beBusy();
    if (receive(message)) attend();
  });
}
