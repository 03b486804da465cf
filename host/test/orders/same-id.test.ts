import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startApp } from '../../src/trigger/app.ts';
import { copyOfOrders, inParallel, statusOf, type Accepted } from './app.ts';

const FREE_IDS = 5;

test('events that draw the same id do not overwrite each other: one runs again and draws another', async () => {
  await using copy = await copyOfOrders();
  // Five ids for sixteen orders at once: almost every event meets another on its id.
  const source = join(copy.path, 'components/receiver/receiver.ts');
  const text = await readFile(source, 'utf8');
  const narrowed = text.replace('const LAST_ID = 999_998;', `const LAST_ID = ${100_000 + FREE_IDS - 1};`);
  expect(narrowed).not.toBe(text);
  await writeFile(source, narrowed);

  await using app = await startApp({
    manifest: copy.manifest,
    listen: '127.0.0.1:0',
    stateDir: copy.path,
    workers: 4,
  });
  const answers = await inParallel(16, 16, async () => {
    const response = await fetch(`${app.url}/order`, { method: 'POST', body: '{"details":"x"}' });
    return {
      status: response.status,
      task: ((await response.json().catch(() => ({}))) as { task?: Accepted }).task,
    };
  });

  const accepted = answers.flatMap(({ task }) => (task ? [task] : []));
  expect(new Set(accepted.map((task) => task.id)).size).toBe(accepted.length);
  expect(accepted.length).toBeLessThanOrEqual(FREE_IDS);
  // Who was refused found no free id (503 from the service) or met others three times (503 from the host).
  expect(answers.filter(({ status }) => status !== 202 && status !== 503)).toEqual([]);
  expect(await Promise.all(accepted.map((task) => statusOf(app.url!, task)))).toEqual(
    accepted.map(() => 'fulfilled'),
  );
});
