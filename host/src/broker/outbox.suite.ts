import { hostname } from 'node:os';
import { afterEach, describe, expect, test } from 'vitest';
import type { OutgoingMessage } from '../bindings/deferred.ts';
import type { Store } from '../bindings/store/store.ts';
import { startOutboxSender, type OutboxSender, type Publish } from './outbox-sender.ts';
import type { OutboxQueue } from './outbox-queue.ts';

const ADDRESS = 'mqtt://127.0.0.1:1883';

function message(topic: string, payload: string): OutgoingMessage {
  return { kind: 'mqtt', address: ADDRESS, topic, payload: new TextEncoder().encode(payload), qos: 1 };
}

/** An empty database with the outbox of one app. */
export interface OutboxDatabase {
  /** One more connection of a worker, with the app's name. */
  readonly store: () => Store;
  readonly queue: () => Promise<OutboxQueue>;
  readonly drop: () => void;
}

/** A broker that notes what it was given, and a way to wait until it has so many. */
function broker(accepts: (message: OutgoingMessage) => void = () => {}) {
  const got: string[] = [];
  const waiting = new Set<() => void>();
  return {
    got,
    async publish(one: OutgoingMessage) {
      accepts(one);
      got.push(`${one.topic} ${new TextDecoder().decode(one.payload)}`);
      for (const check of waiting) check();
    },
    async until(count: number): Promise<void> {
      if (got.length >= count) return;
      await new Promise<void>((resolve) => {
        const check = (): void => {
          if (got.length < count) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
      });
    },
  };
}

async function emptied(queue: OutboxQueue): Promise<void> {
  while ((await queue.size()).length > 0) await new Promise(setImmediate);
}

/** What every outbox must do, wherever it lies, and what sends what waits in it. */
export function outboxSuite(name: string, database: () => OutboxDatabase): void {
  const cleanup: (() => Promise<void> | void)[] = [];
  afterEach(async () => {
    for (const undo of cleanup.splice(0).toReversed()) await undo();
  });

  /** What commits messages as a worker does, and senders. */
  async function outbox() {
    const { store: open, queue: openQueue, drop } = database();
    cleanup.push(drop);
    const store = open();
    const queue = await openQueue();
    const wake = new Int32Array(new SharedArrayBuffer(4));
    const log: string[] = [];
    cleanup.push(async () => {
      store[Symbol.dispose]();
      await queue[Symbol.asyncDispose]();
    });
    return {
      queue,
      log,
      commit(...messages: readonly OutgoingMessage[]) {
        store.commit([], [], () => true, { messages, once: undefined });
        Atomics.add(wake, 0, 1);
        Atomics.notify(wake, 0);
      },
      async sender(publish: Publish): Promise<OutboxSender> {
        const sender = startOutboxSender({
          queue: await openQueue(),
          publish,
          wake,
          log: (_, line) => log.push(line),
        });
        let isOpen = true;
        const close = async (drainMs: number): Promise<void> => {
          if (isOpen) await sender.close(drainMs);
          isOpen = false;
        };
        cleanup.push(() => close(0));
        return { ...sender, close };
      },
    };
  }

  describe(`an outbox in ${name}`, () => {
    test('sends what waits, in order per topic, and removes it', async () => {
      const { commit, sender, queue } = await outbox();
      const { publish, got, until } = broker();
      commit(message('a', '1'), message('b', '1'), message('a', '2'));
      await sender(publish);
      await until(3);
      for (let number = 3; number <= 200; number++) commit(message('a', `${number}`));
      await until(201);
      await emptied(queue);
      const numbers = Array.from({ length: 200 }, (_, index) => `a ${index + 1}`);
      expect(got.filter((one) => one.startsWith('a'))).toEqual(numbers);
      expect(got.filter((one) => one.startsWith('b'))).toEqual(['b 1']);
    });

    test('tries again what a broker does not take, keeps its order, and holds nothing else up', async () => {
      const { commit, sender, queue, log } = await outbox();
      let down = 3;
      const { publish, got, until } = broker(({ topic }) => {
        if (topic === 'stuck' && down-- > 0) throw new Error('connection refused');
      });
      commit(message('stuck', '1'), message('stuck', '2'), message('flows', '1'));
      await sender(publish);
      await until(1);
      expect(got).toEqual(['flows 1']);
      await until(3);
      await emptied(queue);
      expect(got).toEqual(['flows 1', 'stuck 1', 'stuck 2']);
      expect(log).toEqual([
        `topic stuck at ${ADDRESS}: messages wait in the outbox: connection refused`,
        `topic stuck at ${ADDRESS}: messages leave the outbox again`,
      ]);
    });

    test('says of what waits how often it was tried, and why in vain; a nudge tries again at once', async () => {
      const { commit, sender, queue } = await outbox();
      let down = true;
      const tried = Promise.withResolvers<void>();
      let tries = 0;
      const { publish, got, until } = broker(() => {
        // The next one is 1.6 s away.
        if (++tries === 4) tried.resolve();
        if (down) throw new Error('connection refused');
      });
      commit(message('t', 'x'.repeat(10)));
      await sender(publish);
      await tried.promise;
      let [entry] = await queue.list(10);
      while (entry?.attempts !== 4) {
        await new Promise(setImmediate);
        [entry] = await queue.list(10);
      }
      expect(entry).toMatchObject({
        kind: 'mqtt',
        address: ADDRESS,
        topic: 't',
        size: 10,
        attempts: 4,
        error: 'connection refused',
      });
      expect(await queue.size()).toEqual({ length: 1, bytes: 10, oldest: entry.at });
      expect(await queue.isHeld()).toBe(true);
      down = false;
      await queue.nudge();
      await until(1);
      expect(got).toHaveLength(1);
    });

    test('of two processes one sends; the other takes over when it ends', async () => {
      const { commit, sender, queue } = await outbox();
      const [one, two] = [broker(), broker()];
      const first = await sender(one.publish);
      commit(message('t', '0'));
      await one.until(1);
      await sender(two.publish);
      for (let number = 1; number <= 20; number++) commit(message('t', `${number}`));
      await one.until(21);
      await emptied(queue);
      expect(two.got).toEqual([]);
      await first.close(1_000);
      commit(message('t', 'after'));
      await two.until(1);
      expect([one.got.length, two.got]).toEqual([21, ['t after']]);
    });

    test('a process that died has the right to send no longer; one that may live keeps it', async () => {
      const { commit, sender, queue } = await outbox();
      const { publish, until } = broker();
      // A process of this machine that there is not, and one elsewhere of which nothing is known.
      expect(await queue.hold(`${hostname()} 999999999 dead`, 60_000)).toBe(true);
      expect(await queue.hold('elsewhere 1 alive', 60_000)).toBe(true);
      expect(await queue.hold(`${hostname()} ${process.pid} mine`, 60_000)).toBe(false);
      await queue.release('elsewhere 1 alive');
      expect(await queue.isHeld()).toBe(false);
      expect(await queue.hold(`${hostname()} 999999999 dead`, 60_000)).toBe(true);
      commit(message('t', '1'));
      await sender(publish);
      await until(1);
    });

    test('what is on its way when it closes is waited for, and the rest stays', async () => {
      const { commit, sender, queue } = await outbox();
      const begun = Promise.withResolvers<void>();
      const answer = Promise.withResolvers<void>();
      const one = await sender(async () => {
        begun.resolve();
        await answer.promise;
      });
      commit(message('t', '1'), message('t', '2'));
      await begun.promise;
      const closed = one.close(10_000);
      answer.resolve();
      await closed;
      expect((await queue.list(10)).map(({ id, attempts }) => [id, attempts])).toEqual([[2, 0]]);
    });

    test('what does not end is cut off when it closes, and stays', async () => {
      const { commit, sender, queue } = await outbox();
      const begun = Promise.withResolvers<void>();
      const one = await sender(async (_, signal) => {
        begun.resolve();
        await new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason as Error)),
        );
      });
      commit(message('t', '1'));
      await begun.promise;
      await one.close(0);
      expect((await queue.list(10)).map(({ id, attempts }) => [id, attempts])).toEqual([[1, 0]]);
      expect(await queue.isHeld()).toBe(false);
    });

    test('an entry is dropped by its id, or all are', async () => {
      const { commit, queue } = await outbox();
      commit(message('a', '1'), message('b', '2'), message('a', '3'));
      expect(await queue.remove([2, 17])).toBe(1);
      expect((await queue.list(10)).map(({ id }) => id)).toEqual([1, 3]);
      expect(await queue.clear()).toBe(2);
      expect(await queue.size()).toEqual({ length: 0, bytes: 0 });
      // An id is never used again.
      commit(message('a', '4'));
      expect((await queue.list(10)).map(({ id }) => id)).toEqual([4]);
    });
  });
}
