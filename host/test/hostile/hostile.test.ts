import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type AppLog, type RunningApp } from '../../src/trigger/app.ts';
import { temporaryFolder } from '../orders/app.ts';

const MANIFEST = fileURLToPath(new URL('./hostile.toml', import.meta.url));

describe('an app whose service does its worst', () => {
  let app: RunningApp;
  let state: Awaited<ReturnType<typeof temporaryFolder>>;
  let log: AppLog[] = [];

  beforeAll(async () => {
    state = await temporaryFolder('hostile');
    app = await startApp({
      manifest: MANIFEST,
      listen: '127.0.0.1:0',
      stateDir: state.path,
      log: (entry) => log.push(entry),
    });
  });
  afterAll(async () => {
    await app?.close();
    await state?.[Symbol.asyncDispose]();
  });
  afterEach(async () => {
    // Whatever happened: the next request is served, and nothing of the failed event is in the store.
    expect(await (await fetch(`${app.url}/ok`)).text()).toBe('fine');
    expect(await (await fetch(`${app.url}/keys`)).json()).toEqual([]);
    log = [];
  });

  const answer = async (path: string): Promise<[number, string]> => {
    const response = await fetch(`${app.url}${path}`);
    return [response.status, await response.text()];
  };
  /** What was logged as an error; the lines of a stack trace belong to the line above them. */
  const errors = (): string[] =>
    log
      .filter(({ level, message }) => level === 'error' && !/^\s/.test(message))
      .map(({ message }) => message);

  test('loops for ever in every worker: others are answered, the loops get 504 at their deadline', async () => {
    const loops = Array.from({ length: 6 }, () => answer('/loop'));
    expect(await answer('/calm')).toEqual([200, 'calm']);
    expect(await Promise.all(loops)).toEqual(loops.map(() => [504, '']));
    expect(errors()).toHaveLength(6);
    expect(errors()[0]).toMatch(/not done within 4000 ms/);
  });

  test('allocates without end: it traps at its cap, 500 with an empty body', async () => {
    expect(await answer('/grow')).toEqual([500, '']);
    expect(errors()).toHaveLength(1);
  });

  test('recurses without end: 500 with an empty body', async () => {
    expect(await answer('/recurse')).toEqual([500, '']);
    expect(errors()).toHaveLength(1);
  });

  test('throws: 500 with an empty body, one log line with the place in its TypeScript', async () => {
    expect(await answer('/throw')).toEqual([500, '']);
    expect(errors()).toHaveLength(1);
    expect(JSON.stringify(log)).toMatch(/on purpose/);
    expect(JSON.stringify(log)).toMatch(/app\.ts:25:15/);
  });
});
