import type { OutgoingMessage } from '../deferred.ts';

/** Where messages go that keep their order: one topic of one broker. */
export type Stream = Pick<OutgoingMessage, 'kind' | 'address' | 'topic'>;

/** A stream as the one text by which an outbox keeps it. */
export function streamOf({ kind, address, topic }: Stream): string {
  return JSON.stringify([kind, address, topic]);
}

export function parseStream(text: string): Stream {
  const [kind, address, topic] = JSON.parse(text) as [Stream['kind'], string, string];
  return { kind, address, topic };
}
