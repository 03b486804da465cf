import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { OutgoingMessage } from '../bindings/deferred.ts';
import { ledgerStore } from '../bindings/store/ledger-store.ts';
import { openSqliteStore } from '../bindings/store/sqlite.ts';
import { openSqliteOutbox } from './outbox-sqlite.ts';
import { createOutboxes } from './outbox.ts';

const cleanup: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const undo of cleanup.splice(0).toReversed()) await undo();
});

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'tenon-outbox-'));
  cleanup.push(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

test('units of one database share its outbox; what waits goes where its variable says by then', async () => {
  const state = folder();
  const sent = Promise.withResolvers<OutgoingMessage>();
  const outboxes = createOutboxes({
    app: 'app',
    publisher: {
      async publish(message) {
        if (message.topic === 'nowhere') throw new Error('it has no address, and is not sent');
        sent.resolve(message);
        return {};
      },
    },
    isCopy: () => false,
    addressOf: (variable) => (variable === 'mqtt_address' ? 'mqtt://moved:1883' : undefined),
    log: () => {},
  });
  cleanup.push(() => outboxes.close(0));
  const ledger = outboxes.ledger(ledgerStore({}, state));
  const path = join(state, 'sqlite_key_value.db');
  expect(outboxes.ledger(ledgerStore({}, state)).wake).toBe(ledger.wake);
  expect(outboxes.ledger(ledgerStore({}, join(state, 'other'))).wake).not.toBe(ledger.wake);

  const store = openSqliteStore(path, 'normal', ledger.app);
  cleanup.push(() => store[Symbol.dispose]());
  const message = { kind: 'mqtt', payload: new Uint8Array([1]), qos: 1 } as const;
  const messages = [
    { ...message, address: 'redis_address', topic: 'nowhere' },
    { ...message, address: 'mqtt_address', topic: 't' },
  ];
  store.commit([], [], () => true, { messages, once: undefined });
  expect(await outboxes.size()).toEqual({ length: 0, bytes: 0 });
  await outboxes.start();
  expect(await sent.promise).toMatchObject({ address: 'mqtt://moved:1883', topic: 't' });
  let size = await outboxes.size();
  while (size.length > 1) {
    await new Promise(setImmediate);
    size = await outboxes.size();
  }
  expect(size).toEqual({ length: 1, bytes: 1, oldest: expect.any(Number) as number });
});

test('a message that nobody heard stays, a copy does not', async () => {
  const outboxes = createOutboxes({
    app: 'app',
    publisher: { publish: async () => ({ receivers: 0 }) },
    isCopy: ({ topic }) => topic === 'copies',
    addressOf: () => undefined,
    log: () => {},
  });
  cleanup.push(() => outboxes.close(0));
  const state = folder();
  const ledger = outboxes.ledger(ledgerStore({}, state));
  const path = join(state, 'sqlite_key_value.db');
  const store = openSqliteStore(path, 'normal', ledger.app);
  cleanup.push(() => store[Symbol.dispose]());
  const message = {
    kind: 'redis',
    address: 'redis://127.0.0.1:6379',
    payload: new Uint8Array([1]),
    qos: 1,
  } as const;
  const messages = ['copies', 'calls', 'copies'].map((topic) => ({ ...message, topic }));
  store.commit([], [], () => true, { messages, once: undefined });
  await outboxes.start();
  const queue = await openSqliteOutbox(path, 'app');
  cleanup.push(async () => queue[Symbol.asyncDispose]());
  let left = await queue.list(10);
  while (left.length > 1 || left[0]?.attempts !== 1) {
    await new Promise(setImmediate);
    left = await queue.list(10);
  }
  expect(left).toMatchObject([{ topic: 'calls', error: 'nobody is subscribed' }]);
  expect(outboxes.copies).toEqual({ sent: 2, failed: 0, lost: 0 });
});

test('a copy that its broker does not take is counted at each try', async () => {
  let refusals = 3;
  const outboxes = createOutboxes({
    app: 'app',
    publisher: {
      async publish() {
        if (refusals-- > 0) throw new Error('connection refused');
        return {};
      },
    },
    isCopy: ({ topic }) => topic === 'copies',
    addressOf: () => undefined,
    log: () => {},
  });
  cleanup.push(() => outboxes.close(0));
  const state = folder();
  const ledger = outboxes.ledger(ledgerStore({}, state));
  const store = openSqliteStore(join(state, 'sqlite_key_value.db'), 'normal', ledger.app);
  cleanup.push(() => store[Symbol.dispose]());
  const address = 'mqtt://127.0.0.1:1883';
  const message = { kind: 'mqtt', address, topic: 'copies', payload: new Uint8Array([1]), qos: 1 } as const;
  store.commit([], [], () => true, { messages: [message], once: undefined });
  await outboxes.start();
  while (outboxes.copies.sent === 0) {
    outboxes.retry();
    await new Promise(setImmediate);
  }
  expect(outboxes.copies).toEqual({ sent: 1, failed: 3, lost: 0 });
});

test('a message whose handler is not ready waits, and leaves as soon as it is', async () => {
  const sent: string[] = [];
  const done = Promise.withResolvers<void>();
  const outboxes = createOutboxes({
    app: 'app',
    publisher: {
      async publish({ topic, address }) {
        sent.push(`${address} ${topic}`);
        if (sent.length === 2) done.resolve();
        return {};
      },
    },
    isCopy: () => false,
    addressOf: () => 'mqtt://here:1883',
    log: () => {},
  });
  cleanup.push(() => outboxes.close(0));
  const state = folder();
  const ledger = outboxes.ledger(ledgerStore({}, state));
  const path = join(state, 'sqlite_key_value.db');
  const store = openSqliteStore(path, 'normal', ledger.app);
  cleanup.push(() => store[Symbol.dispose]());
  const message = { kind: 'mqtt', address: 'mqtt_address', payload: new Uint8Array([1]), qos: 1 } as const;
  const messages = ['handled', 'foreign'].map((topic) => ({ ...message, topic }));
  store.commit([], [], () => true, { messages, once: undefined });
  let ready = false;
  await outboxes.start(({ address, topic }) =>
    address === 'mqtt://here:1883' && topic === 'handled' && !ready ? 'not subscribed' : undefined,
  );
  const queue = await openSqliteOutbox(path, 'app');
  cleanup.push(async () => queue[Symbol.asyncDispose]());
  let [entry] = await queue.list(1);
  while (!entry?.error) {
    await new Promise(setImmediate);
    [entry] = await queue.list(1);
  }
  expect(entry).toMatchObject({ topic: 'handled', error: 'not subscribed' });
  ready = true;
  outboxes.retry();
  await done.promise;
  expect(sent).toEqual(['mqtt://here:1883 foreign', 'mqtt://here:1883 handled']);
});

test('the outbox lies with the atomic stores, else with the others, else in the state folder', () => {
  const store = { type: 'sqlite', path: '/a.db', atomic: true, durability: 'normal' } as const;
  const plain = { ...store, path: '/b.db', atomic: false };
  const full = { ...store, durability: 'full' } as const;
  expect(ledgerStore({ plain, store, full }, '/state')).toEqual(full);
  expect(ledgerStore({ plain, store }, '/state')).toEqual(store);
  expect(ledgerStore({ plain }, '/state')).toEqual(plain);
  const redis = { type: 'redis', url: 'redis://127.0.0.1:6379', atomic: true } as const;
  expect(ledgerStore({ plain, redis }, '/state')).toEqual(redis);
  expect(ledgerStore({}, '/state')).toEqual({ ...store, path: '/state/sqlite_key_value.db' });
});
