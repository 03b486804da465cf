import { createClient } from 'redis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { AppLog, RunningApp } from '../../src/trigger/app.ts';
import { startProxy, startRedis, type BrokerProcess, type Proxy } from '../brokers.ts';
import type { Project } from '../fixtures/project.ts';
import { tool } from '../tools.ts';
import { ask, askedProject, startPart, type Ended } from './asked-app.ts';

const redis = tool('redis-server');

describe.skipIf(redis.missing)(`calls that are answered over Redis${redis.reason}`, () => {
  let project: Project;
  let server: BrokerProcess;
  /** Before the server, one for each side. */
  let near: Proxy;
  let far: Proxy;
  let front: RunningApp;
  let back: RunningApp;
  const log: AppLog[] = [];

  beforeAll(async () => {
    project = askedProject();
    server = await startRedis();
    [near, far] = [await startProxy(server.address), await startProxy(server.address)];
    back = await startPart(project, 'back', far.address);
    front = await startPart(project, 'front', near.address, log);
  });
  beforeEach(() => void log.splice(0));
  afterEach(async () => {
    for (const proxy of [near, far]) {
      proxy.delay(0);
      proxy.release('up');
      proxy.release('down');
      await proxy.accept();
    }
    // The provider may have to subscribe again.
    await vi.waitFor(() => expect(back.messages[0]?.subscribed).toBe(true), { timeout: 30_000 });
  });
  afterAll(async () => {
    await front?.close();
    await back?.close();
    for (const one of [near, far, server]) await one?.[Symbol.asyncDispose]();
    project?.[Symbol.dispose]();
  });

  /** Why calls came to nothing, as the caller logged it: one line for each. */
  const failures = (): string[] =>
    log.flatMap(({ message }) => {
      const [, why] =
        /^front called back\.echo of back over Redis channel asked, which failed: (.*)$/.exec(message) ?? [];
      return why === undefined ? [] : [why];
    });

  const expectSound = async (): Promise<void> => {
    expect(await ask(front, 'sound')).toEqual({ status: 200, answer: { ok: 'sound!' } });
  };

  test('end in their value, or in the error of the contract', async () => {
    await expectSound();
    expect(await ask(front, 'refuse')).toEqual({ status: 200, answer: { err: 'refuse' } });
    expect(failures()).toEqual([]);
  });

  test.each([
    ['throws what the contract does not know', 'throw it', /back\.echo of back threw RangeError: throw it$/],
    ['gives a value of another type', 'wrong', /back\.echo of back gave a wrong value: Mismatch: result: /],
  ])('are told at once that the provider %s', async (_, text, reason) => {
    expect((await ask(front, text)).status).toBe(500);
    expect(failures()).toEqual([expect.stringMatching(reason)]);
    expect(failures()[0]).not.toContain('no reply within');
    await expectSound();
  });

  test('are told at once that the call was none of the contract', async () => {
    // Somebody changes it on its way.
    const client = await createClient({ url: server.address }).connect();
    const blocked = await client.duplicate().connect();
    const message = { text: 7, _tenon: { id: 'x', reply: 'tenon:reply:x', deadline: Date.now() + 60_000 } };
    await client.publish('asked', JSON.stringify(message));
    const reply = await blocked.blPop('tenon:reply:x', 30);
    expect(JSON.parse(reply!.element)).toEqual({
      tag: 'failed',
      val: 'malformed: text: expected string, found 7',
      _tenon: { id: 'x' },
    });
    client.destroy();
    blocked.destroy();
  });

  test.each([
    ['nothing reaches the server', () => near, 'up', 'no answer before the deadline'],
    ['no answer of the server arrives', () => near, 'down', 'no answer before the deadline'],
    ['nothing reaches the provider', () => far, 'down', 'no reply within 2000 ms'],
    ['nothing of the provider arrives', () => far, 'up', 'no reply within 2000 ms'],
  ] as const)(
    'end by their deadline, the event’s being far, where %s',
    async (_, proxy, direction, reason) => {
      await expectSound();
      proxy().hold(direction);
      const { status } = await ask(front, 'lost');
      expect([status, failures()]).toEqual([reason.startsWith('no answer') ? 503 : 500, [reason]]);
      proxy().release(direction);
      await vi.waitFor(expectSound, { timeout: 30_000 });
    },
  );

  test('do not take a late reply for theirs', async () => {
    const late = far.holdFrom('up', 'RPUSH');
    const answer = ask(front, 'late');
    await late;
    expect(await answer).toEqual({ status: 500 });
    const after = Array.from({ length: 8 }, (_, index) => ask(front, `after ${index}`));
    far.release('up');
    expect(await Promise.all(after)).toEqual(
      after.map((_, index) => ({ status: 200, answer: { ok: `after ${index}!` } })),
    );
  });

  test('end in their own value or in one error, whatever happens to the network', async () => {
    const faults: readonly ((proxy: Proxy) => void | Promise<void>)[] = [
      (proxy) => proxy.cut(),
      (proxy) => proxy.halve('down'),
      (proxy) => proxy.delay(40),
      (proxy) => proxy.halve('up'),
      (proxy) => proxy.delay(0),
      async (proxy) => {
        await proxy.refuse();
        await proxy.accept();
      },
    ];
    const ended = new Map<string, Ended>();
    const over = new AbortController();
    const caller = async (name: string): Promise<void> => {
      for (let index = 0; !over.signal.aborted; index++) {
        const text = `${index % 5 === 0 ? 'refuse' : 'call'} ${name} ${index}`;
        ended.set(text, await ask(front, text));
      }
    };
    const callers = ['a', 'b', 'c'].map(caller);
    for (let round = 0; round < 3; round++) {
      for (const fault of faults) {
        for (const proxy of [near, far]) {
          const before = ended.size;
          await fault(proxy);
          await vi.waitFor(() => expect(ended.size).toBeGreaterThan(before + 5), {
            timeout: 30_000,
            interval: 1,
          });
        }
      }
    }
    over.abort();
    await Promise.all(callers);
    const failed = [...ended].filter(([, { status }]) => status !== 200);
    const answered = [...ended].filter(([, { status }]) => status === 200);
    expect(answered.map(([text, { answer }]) => [text, answer])).toEqual(
      answered.map(([text]) => [text, text.startsWith('refuse') ? { err: text } : { ok: `${text}!` }]),
    );
    expect(failed.length).toBeGreaterThan(0);
    expect(failures()).toHaveLength(failed.length);
    expect(new Set(failed.map(([, { status }]) => status))).toEqual(new Set([500, 503]));
    await vi.waitFor(expectSound, { timeout: 30_000 });
  });
});
