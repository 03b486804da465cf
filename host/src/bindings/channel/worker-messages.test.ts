import { threadId, Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { onWorkerMessage } from './worker-messages.ts';

test('many listen to one process, which sees one listener while there is any', () => {
  const before = process.listenerCount('workerMessage');
  const stops = Array.from({ length: 20 }, () => onWorkerMessage(() => {}));
  expect(process.listenerCount('workerMessage')).toBe(before + 1);
  for (const stop of stops) stop();
  expect(process.listenerCount('workerMessage')).toBe(before);
});

test('each is told of what another thread sends, until it stops', async () => {
  const heard: string[] = [];
  const { promise: second, resolve, reject } = Promise.withResolvers<void>();
  const stopFirst = onWorkerMessage((message) => {
    heard.push(`first ${String(message)}`);
    stopFirst();
  });
  const stopSecond = onWorkerMessage((message) => {
    heard.push(`second ${String(message)}`);
    if (message === 'b') resolve();
  });
  const code = `
    const { postMessageToThread } = require('node:worker_threads');
    // Sending does not keep a thread alive.
    setInterval(() => {}, 1000);
    (async () => { for (const m of ['a', 'b']) await postMessageToThread(${threadId}, m); })();`;
  const worker = new Worker(code, { eval: true });
  worker.on('error', reject);
  await second;
  stopSecond();
  await worker.terminate();
  expect(heard).toEqual(['first a', 'second a', 'second b']);
});
