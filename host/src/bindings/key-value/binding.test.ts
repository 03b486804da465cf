import { afterEach, describe, expect, test } from 'vitest';
import type { Grant } from '../../plan/types.ts';
import type { EventContext } from '../binding.ts';
import { COMMITTING, LATE, PENDING, tryClaim } from '../claim.ts';
import { createEventStore } from '../store/event-store.ts';
import type { OpenStores } from '../store/open.ts';
import { openSqliteStore } from '../store/sqlite.ts';
import type { Store } from '../store/store.ts';
import { createKeyValueBinding, KEY_VALUE } from './binding.ts';
import type { KeyValueError } from './store-class.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

interface GuestStore extends Disposable {
  get(key: string): Uint8Array | undefined;
  set(key: string, value: Uint8Array): void;
  delete(key: string): void;
  exists(key: string): boolean;
  getKeys(): string[];
}

const opened: Store[] = [];
afterEach(() => {
  for (const store of opened.splice(0)) store[Symbol.dispose]();
});

function setup(labels: readonly string[] = ['default'], direct: readonly string[] = []) {
  const store = openSqliteStore(':memory:', 'normal');
  opened.push(store);
  const stores: OpenStores = {
    atomic: store,
    atomicLabels: new Map(labels.map((label) => [label, label])),
    direct: new Map(direct.map((label) => [label, { store, space: label }])),
    ledger: () => store,
    trouble: { message: undefined },
    [Symbol.dispose]: () => {},
  };
  const grants: Grant[] = [...labels, ...direct, 'nowhere'].map((label) => ({ kind: 'key-value', label }));
  const unsent = (): never => {
    throw new Error('nothing is to be sent');
  };
  const events = createEventStore({ unit: 'unit', stores, sends: [], wakeSender: unsent, sendNow: unsent });
  const keyValue = createKeyValueBinding(grants, events);
  const { Store } = keyValue.imports[KEY_VALUE] as { Store: { open(label: string): GuestStore } };
  const binding = { ...events, ...keyValue };
  return { store, binding, open: (label = 'default') => Store.open(label) };
}

function event(deadline = Date.now() + 60_000): EventContext {
  return { id: 1, deadline, claim: new Int32Array(new SharedArrayBuffer(4)), attempt: 1 };
}

function payload(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return (error as KeyValueError).payload;
  }
  throw new Error('it did not fail');
}

describe('an event', () => {
  test('sees its own writes, and others see them only once it has committed', () => {
    const { store, binding, open } = setup();
    store.write({ label: 'default', key: 'old', value: bytes('o') });
    const context = event();
    binding.begin?.(context);
    const guest = open();
    guest.set('k', bytes('v'));
    guest.delete('old');
    expect(guest.get('k')).toEqual(bytes('v'));
    expect(guest.exists('old')).toBe(false);
    expect(guest.getKeys()).toEqual(['k']);
    expect(store.keys('default').keys).toEqual(['old']);
    expect(binding.commit?.(context)).toEqual({ kind: 'committed' });
    expect(store.keys('default').keys).toEqual(['k']);
    expect(Atomics.load(context.claim, 0)).toBe(COMMITTING);
    expect(binding.hasOutsideEffect?.()).toBe(false);
  });

  test('leaves nothing when it is aborted, nor to the next', () => {
    const { store, binding, open } = setup();
    binding.begin?.(event());
    open().set('k', bytes('v'));
    binding.abort?.(event());
    const next = event();
    binding.begin?.(next);
    expect(open().exists('k')).toBe(false);
    expect(binding.commit?.(next)).toEqual({ kind: 'committed' });
    expect(store.exists('default', 'k')).toBe(false);
  });

  test('that was overtaken conflicts, stays pending and may run again', () => {
    const { store, binding, open } = setup();
    const context = event();
    binding.begin?.(context);
    expect(open().exists('id')).toBe(false);
    open().set('id', bytes('mine'));
    store.write({ label: 'default', key: 'id', value: bytes('theirs') });
    expect(binding.commit?.(context)).toEqual({ kind: 'conflict' });
    expect(Atomics.load(context.claim, 0)).toBe(PENDING);
    binding.abort?.(context);
    binding.begin?.({ ...context, attempt: 2 });
    expect(open().get('id')).toEqual(bytes('theirs'));
    open().set('other', bytes('mine'));
    expect(binding.commit?.(context)).toEqual({ kind: 'committed' });
  });

  test('that is late writes nothing, whether the claim or the clock says so', () => {
    const { store, binding, open } = setup();
    const late = event();
    const past = event(Date.now() - 1);
    tryClaim(late.claim, LATE);
    for (const context of [late, past]) {
      binding.begin?.(context);
      open().set('k', bytes('v'));
      expect(binding.commit?.(context)).toEqual({ kind: 'late' });
      binding.abort?.(context);
    }
    expect(store.exists('default', 'k')).toBe(false);
  });

  test('that only reads claims too, and conflicts when its reads do not fit together', () => {
    const { store, binding, open } = setup();
    const one = event();
    binding.begin?.(one);
    open().get('a');
    store.write({ label: 'default', key: 'a', value: bytes('1') });
    // One read is always true of some moment.
    expect(binding.commit?.(one)).toEqual({ kind: 'committed' });
    expect(Atomics.load(one.claim, 0)).toBe(COMMITTING);

    const two = event();
    binding.begin?.(two);
    open().get('a');
    store.write({ label: 'default', key: 'a', value: bytes('2') });
    store.write({ label: 'default', key: 'b', value: bytes('2') });
    open().get('b');
    expect(binding.commit?.(two)).toEqual({ kind: 'conflict' });
  });

  test('commits several labels together', () => {
    const { store, binding, open } = setup(['default', 'cache']);
    const context = event();
    binding.begin?.(context);
    open('default').set('k', bytes('d'));
    open('cache').set('k', bytes('c'));
    expect(binding.commit?.(context)).toEqual({ kind: 'committed' });
    expect([store.get('default', 'k'), store.get('cache', 'k')]).toEqual([bytes('d'), bytes('c')]);
  });
});

test('an event that failed on reads that do not fit together is to be run again, another is not', () => {
  const { store, binding, open } = setup();
  binding.begin?.(event());
  open().get('a');
  open().get('b');
  expect(binding.overtaken?.()).toBe(false);
  for (const key of ['a', 'b']) store.write({ label: 'default', key, value: bytes('1') });
  expect(binding.overtaken?.()).toBe(true);
  binding.abort?.(event());
  expect(binding.overtaken?.()).toBe(false);
});

test('an event cannot fill the memory of the host', () => {
  const { binding, open } = setup();
  const context = event();
  binding.begin?.(context);
  const guest = open();
  const large = new Uint8Array(50_000_000);
  for (let time = 0; time < 5; time++) guest.set('same', large);
  guest.set('other', large);
  expect(payload(() => guest.set('third', large))).toMatchObject({
    tag: 'other',
    val: expect.stringContaining('bytes at most') as string,
  });
  binding.abort?.(context);
});

describe('before an outside effect', () => {
  test('what was written is committed, and the event is not run again', () => {
    const { store, binding, open } = setup();
    const context = event();
    binding.begin?.(context);
    open().set('k', bytes('v'));
    expect(binding.beforeEffect()).toBe(true);
    expect(store.get('default', 'k')).toEqual(bytes('v'));
    expect(binding.hasOutsideEffect?.()).toBe(true);
    expect(Atomics.load(context.claim, 0)).toBe(PENDING);
    open().set('after', bytes('a'));
    binding.abort?.(context);
    expect(store.keys('default').keys).toEqual(['k']);
  });

  test('an overtaken event ends, to be run again; with an effect behind it, it goes on without the next', () => {
    const { store, binding, open } = setup();
    binding.begin?.(event());
    open().get('k');
    open().set('mine', bytes('m'));
    store.write({ label: 'default', key: 'k', value: bytes('1') });
    expect(() => binding.beforeEffect()).toThrow(expect.objectContaining({ code: 'bindings/overtaken' }));
    expect(binding.overtaken?.()).toBe(true);
    expect(binding.hasOutsideEffect?.()).toBe(false);

    binding.begin?.(event());
    expect(binding.overtaken?.()).toBe(false);
    expect(binding.beforeEffect()).toBe(true);
    open().get('k');
    open().set('mine', bytes('m'));
    store.write({ label: 'default', key: 'k', value: bytes('2') });
    expect(binding.beforeEffect()).toBe(false);
    expect(store.exists('default', 'mine')).toBe(false);
  });

  test('a late event has no effect any more', () => {
    const { store, binding, open } = setup();
    const context = event();
    binding.begin?.(context);
    open().set('k', bytes('v'));
    tryClaim(context.claim, LATE);
    expect(() => binding.beforeEffect()).toThrow(expect.objectContaining({ code: 'bindings/deadline' }));
    expect(store.exists('default', 'k')).toBe(false);
  });
});

test('without `atomic`, each write is made at once and is an outside effect', () => {
  const { store, binding, open } = setup([], ['plain']);
  binding.begin?.(event());
  const guest = open('plain');
  expect(binding.hasOutsideEffect?.()).toBe(false);
  guest.set('k', bytes('v'));
  expect(store.get('plain', 'k')).toEqual(bytes('v'));
  expect(guest.getKeys()).toEqual(['k']);
  expect(binding.hasOutsideEffect?.()).toBe(true);
  binding.abort?.(event());
  expect(store.exists('plain', 'k')).toBe(true);
});

describe('opening a store', () => {
  test('refuses labels without a grant, and granted ones without a store', () => {
    const { open } = setup();
    expect(payload(() => open('secret'))).toEqual({ tag: 'access-denied' });
    expect(payload(() => open('nowhere'))).toEqual({ tag: 'no-such-store' });
  });

  test('gives 256 handles at most, and again once they are dropped', () => {
    const { binding, open } = setup();
    const handles = Array.from({ length: 256 }, () => open());
    expect(binding.liveHandles?.()).toBe(256);
    expect(payload(() => open())).toEqual({ tag: 'store-table-full' });
    for (const handle of handles) {
      handle[Symbol.dispose]();
      handle[Symbol.dispose]();
    }
    expect(binding.liveHandles?.()).toBe(0);
    expect(open().exists('k')).toBe(false);
  });
});

test("the database's own errors reach the guest as `other`", () => {
  const { store, open } = setup();
  const guest = open();
  opened.splice(opened.indexOf(store), 1);
  store[Symbol.dispose]();
  expect(payload(() => guest.get('k'))).toEqual({
    tag: 'other',
    val: expect.stringContaining('finalized') as string,
  });
});
