import * as fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, test } from 'vitest';
import type { EventContext } from '../binding.ts';
import { COMMITTING, LATE, PENDING, tryClaim } from '../claim.ts';
import type { OutgoingMessage } from '../deferred.ts';
import { createEventStore } from './event-store.ts';
import { openStores } from './open.ts';

const ADDRESS = 'mqtt://127.0.0.1:1883';
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (value: Uint8Array): string => new TextDecoder().decode(value);

const cleanup: (() => void)[] = [];
afterEach(() => {
  for (const undo of cleanup.splice(0).toReversed()) undo();
});

/** A unit on a database of its own, as its workers see it; each `worker` is one more of them. */
function unit({ atomic = true, labels = ['default'] } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'tenon-events-'));
  cleanup.push(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'kv.db');
  const store = { type: 'sqlite', path, atomic, durability: 'normal' } as const;
  const sent: OutgoingMessage[] = [];
  let woken = 0;
  function worker(name = 'unit') {
    const events = createEventStore({
      unit: name,
      stores: openStores({
        stores: Object.fromEntries(labels.map((label) => [label, store])),
        ledger: {
          app: 'app',
          store,
          wake: new Int32Array(new SharedArrayBuffer(4)),
          sender: { thread: 0, key: '' },
        },
      }),
      sends: [
        { kind: 'mqtt', address: ADDRESS, topic: 'kept', delivery: 'outbox' },
        { kind: 'redis', address: ADDRESS, topic: 'kept', delivery: 'outbox' },
        { kind: 'mqtt', address: ADDRESS, topic: 'fleeting', delivery: 'memory' },
        { kind: 'mqtt', address: ADDRESS, topic: 'moving', delivery: 'outbox', variable: 'mqtt_address' },
      ],
      wakeSender: () => woken++,
      sendNow: (messages) => sent.push(...messages),
    });
    cleanup.push(() => events[Symbol.dispose]?.());
    return events;
  }
  const read = <T>(sql: string): T[] => {
    const database = new DatabaseSync(path, { readOnly: true });
    try {
      return database.prepare(sql).all() as T[];
    } finally {
      database.close();
    }
  };
  return {
    worker,
    sent,
    woken: () => woken,
    outbox: () =>
      read<{ payload: Uint8Array }>('SELECT payload FROM tenon_outbox ORDER BY seq').map(({ payload }) =>
        text(payload),
      ),
    streams: () =>
      read<{ stream: string }>('SELECT stream FROM tenon_outbox ORDER BY seq').map(
        ({ stream }) => JSON.parse(stream) as unknown,
      ),
    inbox: () => read<{ id: string }>('SELECT id FROM tenon_inbox ORDER BY seq').map(({ id }) => id),
    stored: () =>
      Object.fromEntries(
        read<{ key: string; value: Uint8Array }>('SELECT key, value FROM spin_key_value').map(
          ({ key, value }) => [key, text(value)],
        ),
      ),
    run: (sql: string) => {
      const database = new DatabaseSync(path);
      database.exec(sql);
      database.close();
    },
  };
}

function event(once?: string): EventContext {
  return {
    id: 1,
    deadline: Date.now() + 60_000,
    claim: new Int32Array(new SharedArrayBuffer(4)),
    attempt: 1,
    ...(once !== undefined && { once }),
  };
}

function message(payload: string, topic = 'kept', kind: 'mqtt' | 'redis' = 'mqtt'): OutgoingMessage {
  return { kind, address: ADDRESS, topic, payload: bytes(payload), qos: 1 };
}

describe('messages', () => {
  test('wait in the outbox from the commit on, in order, and the sender is woken once', () => {
    const { worker, outbox, woken, stored } = unit();
    const events = worker();
    const context = event();
    events.begin?.(context);
    events.access('default')?.write('k', bytes('v'));
    expect(['a', 'b'].map((payload) => events.deferred.add(message(payload)))).toEqual([true, true]);
    expect(events.deferred.add(message('c', 'kept', 'redis'))).toBe(true);
    expect(stored()).toEqual({});
    expect(events.commit?.(context)).toEqual({ kind: 'committed' });
    expect([stored(), outbox(), woken()]).toEqual([{ k: 'v' }, ['a', 'b', 'c'], 1]);
    // What was sent stays sent: the next event starts with nothing.
    events.begin?.(event());
    expect(events.commit?.(event())).toEqual({ kind: 'committed' });
    expect([outbox(), woken()]).toEqual([['a', 'b', 'c'], 1]);
  });

  test('from memory leave after the commit, and are not kept', () => {
    const { worker, sent, woken, run, outbox } = unit();
    const events = worker();
    const context = event();
    events.begin?.(context);
    expect(events.deferred.add(message('a', 'fleeting'))).toBe(true);
    expect(sent).toEqual([]);
    expect(events.commit?.(context)).toEqual({ kind: 'committed' });
    expect([sent.map(({ payload }) => text(payload)), woken()]).toEqual([['a'], 0]);
    run('CREATE TABLE IF NOT EXISTS tenon_outbox (seq INTEGER, payload BLOB)');
    expect(outbox()).toEqual([]);
  });

  test('are kept under the variable that says where they go', () => {
    const { worker, streams } = unit();
    const events = worker();
    events.begin?.(event());
    events.deferred.add(message('a', 'moving'));
    events.deferred.add(message('b', 'kept'));
    events.commit?.(event());
    expect(streams()).toEqual([
      ['mqtt', 'mqtt_address', 'moving'],
      ['mqtt', ADDRESS, 'kept'],
    ]);
  });

  test('without a route are not kept: they must leave at once', () => {
    const events = unit().worker();
    events.begin?.(event());
    expect(events.deferred.add(message('a', 'elsewhere'))).toBe(false);
    expect(events.deferred.add(message('a', 'fleeting', 'redis'))).toBe(false);
    expect(events.deferred.add({ ...message('a'), address: 'mqtt://other:1883' })).toBe(false);
  });

  test('of an event that ends badly are dropped', () => {
    const { worker, outbox, sent, woken } = unit();
    const events = worker();
    const late = event();
    tryClaim(late.claim, LATE);
    const send = (context: EventContext): void => {
      events.begin?.(context);
      events.deferred.add(message('a'));
      events.deferred.add(message('b', 'fleeting'));
    };
    const trapped = event();
    send(trapped);
    events.abort?.(trapped);
    send(late);
    expect(events.commit?.(late)).toEqual({ kind: 'late' });
    events.abort?.(late);
    const next = event();
    events.begin?.(next);
    events.deferred.add(message('mine'));
    events.commit?.(next);
    expect([outbox(), sent, woken()]).toEqual([['mine'], [], 1]);
  });

  test('of an event that runs again are sent once', () => {
    const { worker, outbox, woken } = unit();
    const [mine, theirs] = [worker(), worker()];
    const context = event();
    mine.begin?.(context);
    expect(mine.access('default')?.exists('id')).toBe(false);
    mine.access('default')?.write('id', bytes('mine'));
    mine.deferred.add(message('first run'));
    const other = event();
    theirs.begin?.(other);
    theirs.access('default')?.write('id', bytes('theirs'));
    expect(theirs.commit?.(other)).toEqual({ kind: 'committed' });
    expect(mine.commit?.(context)).toEqual({ kind: 'conflict' });
    mine.abort?.(context);
    mine.begin?.({ ...context, attempt: 2 });
    mine.deferred.add(message('second run'));
    expect(mine.commit?.(context)).toEqual({ kind: 'committed' });
    expect([outbox(), woken()]).toEqual([['second run'], 1]);
  });

  test('go before an effect that cannot be taken back, with what was written so far', () => {
    const { worker, outbox, stored, sent } = unit();
    const events = worker();
    const context = event('message 1');
    events.begin?.(context);
    events.access('default')?.write('before', bytes('1'));
    events.deferred.add(message('before'));
    events.deferred.add(message('fleeting', 'fleeting'));
    expect(events.beforeEffect()).toBe(true);
    expect([stored(), outbox(), sent.length]).toEqual([{ before: '1' }, ['before'], 1]);
    events.access('default')?.write('after', bytes('2'));
    events.deferred.add(message('after'));
    events.abort?.(context);
    expect([stored(), outbox()]).toEqual([{ before: '1' }, ['before']]);
    // It was not done, so it is to be done again.
    expect(events.repeats?.(context)).toBe(false);
  });

  test('of a unit whose stores are not atomic leave at its end all the same', () => {
    const { worker, outbox, stored } = unit({ atomic: false });
    const events = worker();
    const context = event();
    events.begin?.(context);
    events.access('default')?.write('k', bytes('v'));
    expect(stored()).toEqual({ k: 'v' });
    events.deferred.add(message('dropped'));
    events.abort?.(context);
    events.begin?.(event());
    events.deferred.add(message('sent'));
    expect(events.commit?.(event())).toEqual({ kind: 'committed' });
    expect(outbox()).toEqual(['sent']);
  });

  test('of a unit without stores are kept too', () => {
    const { worker, outbox } = unit({ labels: [] });
    const events = worker();
    events.begin?.(event());
    events.deferred.add(message('a'));
    expect(events.commit?.(event())).toEqual({ kind: 'committed' });
    expect(outbox()).toEqual(['a']);
  });

  test('cannot fill the memory of the host', () => {
    const events = unit().worker();
    events.begin?.(event());
    const large = { ...message(''), payload: new Uint8Array(60_000_000) };
    events.deferred.add(large);
    events.deferred.add(large);
    expect(() => events.deferred.add(large)).toThrow('bytes at most');
  });
});

describe('an event for a message', () => {
  test('is done once, whatever the worker; another unit does it for itself', () => {
    const { worker, inbox } = unit();
    const [one, two, other] = [worker(), worker(), worker('other')];
    for (const [events, repeats] of [
      [one, false],
      [two, true],
      [one, true],
      [other, false],
    ] as const) {
      const context = event('m1');
      expect(events.repeats?.(context)).toBe(repeats);
      if (repeats) continue;
      events.begin?.(context);
      expect(events.commit?.(context)).toEqual({ kind: 'committed' });
    }
    expect(inbox()).toEqual(['unit/m1', 'other/m1']);
    expect(one.repeats?.(event())).toBe(false);
  });

  test('that another did meanwhile leaves nothing, even where what it read has changed', () => {
    const { worker, stored, outbox } = unit();
    const [one, two] = [worker(), worker()];
    const [first, second] = [event('m1'), event('m1')];
    for (const [events, context] of [
      [one, first],
      [two, second],
    ] as const) {
      expect(events.repeats?.(context)).toBe(false);
      events.begin?.(context);
      const access = events.access('default');
      access?.write('count', bytes(`${Number(text(access.get('count') ?? bytes('0'))) + 1}`));
      events.deferred.add(message('counted'));
    }
    expect(two.commit?.(second)).toEqual({ kind: 'committed' });
    expect(one.commit?.(first)).toEqual({ kind: 'repeated' });
    expect(Atomics.load(first.claim, 0)).toBe(PENDING);
    one.abort?.(first);
    expect([stored(), outbox()]).toEqual([{ count: '1' }, ['counted']]);
  });

  test('that failed may come again', () => {
    const { worker } = unit();
    const events = worker();
    const context = event('m1');
    events.begin?.(context);
    events.abort?.(context);
    expect(events.repeats?.(context)).toBe(false);
    events.begin?.(context);
    expect(events.commit?.(context)).toEqual({ kind: 'committed' });
    expect(Atomics.load(context.claim, 0)).toBe(COMMITTING);
    expect(events.repeats?.(context)).toBe(true);
  });

  test('is forgotten after a week, so that the inbox does not grow for ever', () => {
    const { worker, inbox, run } = unit();
    const events = worker();
    const handle = (once: string): void => {
      const context = event(once);
      events.begin?.(context);
      expect(events.commit?.(context)).toEqual({ kind: 'committed' });
    };
    for (const once of ['1', '2', '3', '4']) handle(once);
    run(`UPDATE tenon_inbox SET at = at - ${8 * 24 * 3_600_000} WHERE id <> 'unit/4'`);
    handle('5');
    expect(inbox()).toEqual(['unit/3', 'unit/4', 'unit/5']);
    handle('6');
    expect(inbox()).toEqual(['unit/4', 'unit/5', 'unit/6']);
  });

  test('is forgotten after many younger ones', () => {
    const { worker, inbox, run } = unit();
    const events = worker();
    const handle = (once: string): void => {
      events.begin?.(event(once));
      events.commit?.(event(once));
    };
    for (const once of ['1', '2', '3']) handle(once);
    run(`UPDATE sqlite_sequence SET seq = 250001 WHERE name = 'tenon_inbox'`);
    handle('young');
    expect(inbox()).toEqual(['unit/3', 'unit/young']);
  });
});

/** What an event does, and how it ends. */
interface Script {
  readonly once: string | undefined;
  readonly steps: readonly ({ readonly write: string } | { readonly send: string })[];
  readonly ends: 'well' | 'aborted' | 'late' | 'refused';
}

const SCRIPT: fc.Arbitrary<Script> = fc.record({
  once: fc.option(fc.constantFrom('m1', 'm2', 'm3'), { nil: undefined }),
  steps: fc.array(
    fc.oneof(
      fc.record({ write: fc.constantFrom('a', 'b', 'c') }),
      fc.record({ send: fc.constantFrom('x', 'y') }),
    ),
    { maxLength: 6 },
  ),
  ends: fc.constantFrom('well', 'well', 'aborted', 'late', 'refused'),
});

function outcomeOf(commit: () => { readonly kind: string } | undefined): string | undefined {
  try {
    return commit()?.kind;
  } catch (error) {
    return (error as Error).message.includes('refused') ? 'refused' : undefined;
  }
}

test('of any event, writes, messages and its id are all there or none is', () => {
  fc.assert(
    fc.property(fc.array(SCRIPT, { minLength: 1, maxLength: 12 }), (scripts) => {
      const { worker, run, stored, outbox, inbox } = unit();
      const events = worker();
      // The last of what a commit writes fails: a message that the database refuses.
      events.begin?.(event());
      events.deferred.add(message('first'));
      events.commit?.(event());
      run(`CREATE TRIGGER refuse BEFORE INSERT ON tenon_outbox WHEN CAST(NEW.payload AS TEXT) = 'refuse'
        BEGIN SELECT RAISE(ABORT, 'refused'); END`);
      const expected = { stored: {} as Record<string, string>, outbox: ['first'], inbox: [] as string[] };

      for (const [number, { once, steps, ends }] of scripts.entries()) {
        const context = event(once);
        const known = once !== undefined && expected.inbox.includes(`unit/${once}`);
        expect(events.repeats?.(context)).toBe(known);
        // Sometimes it runs all the same, as where two start at once.
        events.begin?.(context);
        for (const step of steps) {
          if ('write' in step) events.access('default')?.write(step.write, bytes(`${number}`));
          else events.deferred.add(message(`${number} ${step.send}`));
        }
        if (ends === 'refused') events.deferred.add(message('refuse'));
        if (ends === 'late') tryClaim(context.claim, LATE);
        if (ends === 'aborted') {
          events.abort?.(context);
          continue;
        }
        const outcome = known ? 'repeated' : ends === 'well' ? 'committed' : ends;
        expect(outcomeOf(() => events.commit?.(context))).toBe(outcome);
        events.abort?.(context);
        if (known || ends !== 'well') continue;
        for (const step of steps) {
          if ('write' in step) expected.stored[step.write] = `${number}`;
          else expected.outbox.push(`${number} ${step.send}`);
        }
        if (once !== undefined) expected.inbox.push(`unit/${once}`);
      }
      expect({ stored: stored(), outbox: outbox(), inbox: inbox() }).toEqual(expected);
      for (const undo of cleanup.splice(0).toReversed()) undo();
    }),
    { numRuns: 60 },
  );
});
