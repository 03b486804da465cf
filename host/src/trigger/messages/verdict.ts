import type { EventOutcome } from '../../runtime/types.ts';

/** What becomes of a message after one event for it. */
export type Verdict =
  | { readonly kind: 'done'; readonly repeated: boolean }
  /** The service was not at fault, and no other message would fare better: wait, and try again. */
  | { readonly kind: 'wait'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string }
  /** No further try can help. */
  | { readonly kind: 'malformed'; readonly reason: string };

/** How a generated handler says that a message is not of its contract (guest/src/messaging/root.ts). */
const MALFORMED = 'malformed: ';
/** What a generated handler for Redis says before its reason, which the interface's error has no place for. */
const REDIS_PREFIX = 'the Redis message was not handled: ';

/** What an event's outcome means for its message. */
export function judge(outcome: EventOutcome): Verdict {
  switch (outcome.kind) {
    case 'result':
      return { kind: 'done', repeated: false };
    case 'repeated':
      return { kind: 'done', repeated: true };
    case 'overloaded':
      return { kind: 'wait', reason: 'too many events wait already' };
    case 'unavailable':
      return { kind: 'wait', reason: outcome.message };
    case 'error':
      return failure(errorText(outcome.error) ?? said(outcome.said) ?? 'the service returned an error');
    case 'trap':
      return failure([outcome.message, said(outcome.said)].filter((part) => part !== undefined).join(': '));
    case 'deadline':
      return { kind: 'failed', reason: 'the event was not done within its deadline' };
    case 'conflict':
      return { kind: 'failed', reason: 'other events changed what it had read, each time it ran' };
    case 'response':
      throw new Error('an event for a message ended with an HTTP response');
  }
}

function failure(reason: string): Verdict {
  return { kind: reason.startsWith(MALFORMED) ? 'malformed' : 'failed', reason };
}

/** The text of `variant error { other(string) }`; `enum error` of fermyon:spin/inbound-redis has none. */
function errorText(error: unknown): string | undefined {
  const text = typeof error === 'object' && error !== null && 'val' in error ? error.val : undefined;
  return typeof text === 'string' ? text : undefined;
}

function said(line: string | undefined): string | undefined {
  return line?.startsWith(REDIS_PREFIX) ? line.slice(REDIS_PREFIX.length) : line;
}
