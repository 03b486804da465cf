import { expect, test } from 'vitest';
import type { OutgoingMessage } from '../bindings/deferred.ts';
import { createMemorySender } from './memory-sender.ts';

function message(topic: string, payload: number): OutgoingMessage {
  return { kind: 'mqtt', address: 'mqtt://a:1883', topic, payload: new Uint8Array([payload]), qos: 0 };
}

test('sends each once and in order per topic; what is refused is lost, and said once', async () => {
  const got: string[] = [];
  const log: string[] = [];
  const sender = createMemorySender(
    async ({ topic, payload }) => {
      // Each takes a while: without order the next would overtake it.
      await new Promise(setImmediate);
      if (topic === 'down') throw new Error('connection refused');
      got.push(`${topic} ${payload[0]}`);
    },
    (level, line) => log.push(`${level}: ${line}`),
  );
  for (const number of [1, 2, 3]) {
    sender.send(message('a', number));
    sender.send(message('down', number));
  }
  await sender.close(10_000);
  expect(got).toEqual(['a 1', 'a 2', 'a 3']);
  expect(log).toEqual(
    ['warn', 'debug', 'debug'].map(
      (level) => `${level}: a message to down at mqtt://a:1883 is lost: connection refused`,
    ),
  );
});

test('what takes too long is cut off when it closes', async () => {
  const given = Promise.withResolvers<AbortSignal>();
  const sender = createMemorySender(
    async (_, signal) => {
      given.resolve(signal);
      await new Promise(() => {});
    },
    () => {},
  );
  sender.send(message('a', 1));
  const signal = await given.promise;
  expect(signal.aborted).toBe(false);
  await sender.close(0);
  expect(signal.aborted).toBe(true);
});
