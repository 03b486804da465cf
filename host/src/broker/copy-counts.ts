import type { OutgoingMessage } from '../bindings/deferred.ts';
import type { Published } from './publisher.ts';

/** What has become so far of the copies that tees make of calls. */
export interface CopyCounts {
  /** With their brokers. */
  readonly sent: number;
  /** Tries in vain: the copy stays in the outbox, and is tried again. */
  readonly failed: number;
  /** Copies with `qos = 0` that no broker took: they are gone. */
  readonly lost: number;
}

export interface CopyCounter {
  readonly counts: CopyCounts;
  /** Counts how a publication ends, where it is that of a copy; `inVain` is what its failure means. */
  count(
    message: OutgoingMessage,
    inVain: 'failed' | 'lost',
    published: Promise<Published>,
  ): Promise<Published>;
  /** A message was lost without a try. */
  lost(message: OutgoingMessage): void;
}

export function countCopies(isCopy: (message: OutgoingMessage) => boolean): CopyCounter {
  const counts = { sent: 0, failed: 0, lost: 0 };
  return {
    get counts() {
      return { ...counts };
    },
    async count(message, inVain, published) {
      let end: keyof CopyCounts = inVain;
      try {
        const result = await published;
        end = 'sent';
        return result;
      } finally {
        if (isCopy(message)) counts[end]++;
      }
    },
    lost(message) {
      if (isCopy(message)) counts.lost++;
    },
  };
}
