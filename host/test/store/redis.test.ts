import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { storeContract } from '../../src/bindings/store/contract.suite.ts';
import { isolationSuite } from '../../src/bindings/store/isolation.suite.ts';
import { createRedisStore, type AskRedis } from '../../src/bindings/store/redis.ts';
import type { Store } from '../../src/bindings/store/store.ts';
import { openRedisOutbox } from '../../src/broker/outbox-redis.ts';
import { outboxSuite } from '../../src/broker/outbox.suite.ts';
import { startRedis, type BrokerProcess } from '../brokers.ts';
import { tool } from '../tools.ts';
import { startRedisThread, type RedisThread } from './redis-thread.ts';

const { missing, reason } = tool('redis-server');
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const yes = (): boolean => true;

describe.skipIf(missing)(`stores in Redis${reason}`, () => {
  let redis: BrokerProcess;
  let thread: RedisThread;
  let ask: AskRedis;
  beforeAll(async () => {
    redis = await startRedis();
    thread = await startRedisThread();
    ask = thread.ask(redis.address);
  });
  afterAll(async () => {
    await thread?.[Symbol.asyncDispose]();
    await redis?.[Symbol.asyncDispose]();
  });

  function empty(): Store {
    ask(['FLUSHALL']);
    return createRedisStore(ask, 'app');
  }

  storeContract(
    'Redis',
    () => {
      empty();
      return { open: () => createRedisStore(ask, 'app'), drop: () => void ask(['FLUSHALL']) };
    },
    'same',
  );

  isolationSuite('Redis', empty, 50);

  outboxSuite('Redis', () => {
    empty();
    return {
      store: () => createRedisStore(ask, 'app'),
      queue: async () => openRedisOutbox(redis.address, 'app'),
      drop: () => void ask(['FLUSHALL']),
    };
  });

  test("has Spin's keys: those of the database itself, whatever the label", () => {
    using store = empty();
    ask(['SET', 'spin', 'wrote']);
    expect(store.get('default', 'spin')).toEqual(bytes('wrote'));
    store.write({ label: 'default', key: 'tenon', value: bytes('wrote') });
    expect(ask(['GET', 'tenon'])).toEqual({
      kind: 'results',
      results: [{ tag: 'binary', val: bytes('wrote') }],
    });
  });

  test('hides its own keys from the stores of services, and lets none write them', () => {
    using store = empty();
    const message = {
      kind: 'mqtt',
      address: 'mqtt_address',
      topic: 't',
      payload: bytes('m'),
      qos: 1,
    } as const;
    const write = { label: 'default', key: 'k', value: bytes('v') };
    expect(store.commit([], [write], yes, { messages: [message], once: 'unit/1' })).toBe('committed');
    expect(store.keys('default').keys).toEqual(['k']);
    for (const key of ['tenon:app:inbox', 'tenon:']) {
      expect(() => store.get('default', key)).toThrow('must not start with tenon:');
      expect(() => store.exists('default', key)).toThrow('must not start with tenon:');
      expect(() => store.write({ ...write, key })).toThrow('must not start with tenon:');
      expect(() => store.commit([], [{ ...write, key }], yes)).toThrow('must not start with tenon:');
    }
  });

  test('commits an id once, with all that goes with it', () => {
    using store = empty();
    const message = {
      kind: 'mqtt',
      address: 'mqtt_address',
      topic: 't',
      payload: bytes('m'),
      qos: 1,
    } as const;
    const commit = (value: string, once = 'unit/1'): unknown =>
      store.commit([], [{ label: '', key: 'k', value: bytes(value) }], yes, { messages: [message], once });
    expect(store.hasCommitted('unit/1')).toBe(false);
    expect(commit('first')).toBe('committed');
    expect(store.hasCommitted('unit/1')).toBe(true);
    expect(commit('second')).toBe('repeated');
    expect(store.get('', 'k')).toEqual(bytes('first'));
    expect(createRedisStore(ask, 'another app').hasCommitted('unit/1')).toBe(false);
    expect(commit('third', 'unit/2')).toBe('committed');
    expect(ask(['GET', 'tenon:app:outbox:ids'])).toEqual({
      kind: 'results',
      results: [{ tag: 'binary', val: bytes('2') }],
    });
  });

  test('forgets ids after a week', () => {
    using store = empty();
    const handle = (once: string): unknown => store.commit([], [], yes, { messages: [], once });
    handle('unit/old');
    ask(['ZADD', 'tenon:app:inbox', String(Date.now() - 8 * 24 * 3_600_000), 'unit/old']);
    expect(store.hasCommitted('unit/old')).toBe(true);
    handle('unit/new');
    expect([store.hasCommitted('unit/old'), store.hasCommitted('unit/new')]).toEqual([false, true]);
  });

  test('finds its script again after the server has forgotten it', () => {
    using store = empty();
    const write = { label: '', key: 'k', value: bytes('v') };
    expect(store.commit([], [write], yes)).toBe('committed');
    ask(['SCRIPT', 'FLUSH']);
    expect(store.commit([], [{ ...write, value: bytes('w') }], yes)).toBe('committed');
    expect(store.get('', 'k')).toEqual(bytes('w'));
  });

  test('a value of another kind is an error of the one who reads it', () => {
    using store = empty();
    ask(['RPUSH', 'list', 'x']);
    expect(() => store.get('', 'list')).toThrow('WRONGTYPE');
    expect(store.exists('', 'list')).toBe(true);
    expect(store.commit([{ kind: 'presence', label: '', key: 'list', present: true }], [], yes)).toBe(
      'committed',
    );
  });

  test('a server that is gone is an error, and nothing hangs', async () => {
    await using gone = await startRedis();
    const store = createRedisStore(thread.ask(gone.address), 'app');
    store.write({ label: '', key: 'k', value: bytes('v') });
    await gone.kill();
    expect(() => store.get('', 'k')).toThrow('cannot be reached');
    expect(() => store.commit([], [{ label: '', key: 'k', value: bytes('v') }], yes)).toThrow(
      'cannot be reached',
    );
    await gone.start();
    expect(store.exists('', 'k')).toBe(false);
  });
});
