import type { OutgoingMessage } from '../bindings/deferred.ts';
import { streamOf } from '../bindings/outbox/stream.ts';
import type { Publish } from './outbox-sender.ts';
import { within } from './within.ts';

/** Messages of one stream that may wait; more are lost. */
const MAX_WAITING = 10_000;

/** Sends messages that nobody keeps. */
export interface MemorySender {
  send(message: OutgoingMessage): void;
  close(drainMs: number): Promise<void>;
}

interface Line {
  waiting: number;
  last: Promise<void>;
  /** Whether the last one was lost: said once. */
  losing: boolean;
}

/**
 * Sends each message once, in order per stream; what its broker does not take is lost, and said so.
 *
 * @param onUntried told of what is lost without a try
 */
export function createMemorySender(
  publish: Publish,
  log: (level: 'warn' | 'debug', message: string) => void,
  onUntried: (message: OutgoingMessage) => void = () => {},
): MemorySender {
  const lines = new Map<string, Line>();
  const cutOff = new AbortController();

  function lost(message: OutgoingMessage, line: Line, reason: string): void {
    log(
      line.losing ? 'debug' : 'warn',
      `a message to ${message.topic} at ${message.address} is lost: ${reason}`,
    );
    line.losing = true;
  }

  return {
    send(message) {
      const stream = streamOf(message);
      const line = lines.get(stream) ?? { waiting: 0, last: Promise.resolve(), losing: false };
      lines.set(stream, line);
      if (line.waiting >= MAX_WAITING) {
        onUntried(message);
        return lost(message, line, `${MAX_WAITING} wait before it`);
      }
      line.waiting++;
      const { last } = line;
      line.last = (async () => {
        await last;
        try {
          await publish(message, cutOff.signal);
          line.losing = false;
        } catch (error) {
          lost(message, line, error instanceof Error ? error.message : String(error));
        }
        if (--line.waiting === 0 && !line.losing) lines.delete(stream);
      })();
      return undefined;
    },
    async close(drainMs) {
      await within(drainMs, Promise.all([...lines.values()].map(({ last }) => last)));
      cutOff.abort(new Error('the app is closing'));
    },
  };
}
