import { afterEach, expect, test, vi } from 'vitest';
import type { OutgoingMessage } from '../../bindings/deferred.ts';
import type { EventOutcome, UnitEvent } from '../../runtime/types.ts';
import { MessageHandler, type HandlerOptions } from './handler.ts';

type Call = Extract<UnitEvent, { kind: 'call' }>;

const DONE: EventOutcome = { kind: 'result', value: undefined };
const FAILED: EventOutcome = { kind: 'error', error: { tag: 'other', val: 'no stock' } };
const MALFORMED: EventOutcome = {
  kind: 'error',
  error: { tag: 'other', val: 'malformed: id: expected u64, found "x"' },
};

const open = new Set<MessageHandler>();
afterEach(async () => {
  for (const handler of open) await handler.drain(0);
  open.clear();
});

/** A handler, its events as they are dispatched, and what it publishes. */
function setUp(
  outcomeOf: (text: string, event: Call) => EventOutcome | Promise<EventOutcome>,
  options: Partial<HandlerOptions> = {},
) {
  const events: Call[] = [];
  const published: { topic: string; letter: Record<string, unknown> }[] = [];
  const replies: { list: string; reply: unknown }[] = [];
  const acknowledged: string[] = [];
  const full: boolean[] = [];
  const log: string[] = [];
  const handler = new MessageHandler({
    unit: 'fulfilment',
    name: 'mqtt neworders',
    event: (message) => ({
      kind: 'call',
      interface: null,
      function: 'handle-message',
      args: [message.payload],
    }),
    claim: '_tenon.id',
    retries: 2,
    deadLetter: { kind: 'mqtt', address: 'mqtt://broker', topic: 'neworders/dead', qos: 1 },
    limit: 4,
    kept: true,
    firstPause: 1,
    onFull: (state) => void full.push(state),
    log: ({ level, message }) => void log.push(`${level} ${message}`),
    dispatch: async (_, event) => {
      const call = event as Call;
      events.push(call);
      return outcomeOf(textOf(call), call);
    },
    publish: async ({ topic, payload }: OutgoingMessage) => {
      published.push({
        topic,
        letter: JSON.parse(Buffer.from(payload).toString()) as Record<string, unknown>,
      });
    },
    reply: async (_, list, payload) =>
      void replies.push({ list, reply: JSON.parse(Buffer.from(payload).toString()) as unknown }),
    ...options,
  });
  open.add(handler);
  const take = (payload: string | Uint8Array, topic = 'neworders'): void =>
    handler.take({
      topic,
      payload: Buffer.from(payload),
      acknowledge: () => void acknowledged.push(Buffer.from(payload).toString()),
    });
  const idle = (): Promise<void> => vi.waitFor(() => expect(handler.counts.held).toBe(0), { interval: 1 });
  return { handler, events, published, replies, acknowledged, full, log, take, idle };
}

function textOf(event: Call): string {
  return Buffer.from(event.args[0] as Uint8Array).toString();
}

/** Outcomes that a test hands out itself, by message. */
function held() {
  const waiting = new Map<string, (outcome: EventOutcome) => void>();
  return {
    outcomeOf: (text: string) => new Promise<EventOutcome>((resolve) => waiting.set(text, resolve)),
    started: () => [...waiting.keys()],
    end(text: string, outcome: EventOutcome) {
      waiting.get(text)?.(outcome);
      waiting.delete(text);
    },
  };
}

test('a message is acknowledged when its event has ended, not before', async () => {
  const events = held();
  const { take, acknowledged, idle } = setUp(events.outcomeOf);
  take('a');
  await vi.waitFor(() => expect(events.started()).toEqual(['a']));
  expect(acknowledged).toEqual([]);
  events.end('a', DONE);
  await idle();
  expect(acknowledged).toEqual(['a']);
});

test('an event knows its message by unit, topic and id', async () => {
  const { take, events, idle } = setUp(() => DONE, { claim: 'order.number' });
  take('{"_tenon":{"id":"m1"},"order":{"number":7}}');
  take('{"order":{"number":7}}');
  take('{"order":{"number":""}}');
  take('no JSON');
  await idle();
  expect(events.map(({ once }) => once)).toEqual([
    'fulfilment neworders m1',
    'fulfilment neworders 7',
    undefined,
    undefined,
  ]);
});

test('messages of one topic are handled one after the other, topics beside one another', async () => {
  const events = held();
  const { take, idle } = setUp(events.outcomeOf);
  take('a1', 'a');
  take('a2', 'a');
  take('b1', 'b');
  await vi.waitFor(() => expect(events.started()).toEqual(['a1', 'b1']));
  events.end('a1', DONE);
  await vi.waitFor(() => expect(events.started()).toEqual(['b1', 'a2']));
  events.end('b1', DONE);
  events.end('a2', DONE);
  await idle();
});

test('messages whose caller waits are handled beside one another, within the limit', async () => {
  const events = held();
  const { take, idle } = setUp(events.outcomeOf, { limit: 2 });
  const calls = ['1', '2', '3'].map((id) => `{"_tenon":{"id":"${id}","reply":"list"}}`);
  for (const call of calls) take(call);
  await vi.waitFor(() => expect(events.started()).toEqual(calls.slice(0, 2)));
  for (const call of calls.slice(0, 2)) events.end(call, DONE);
  await vi.waitFor(() => expect(events.started()).toEqual(calls.slice(2)));
  events.end(calls[2] ?? '', DONE);
  await idle();
});

test('a message that fails is tried again while those behind it go on', async () => {
  const order: string[] = [];
  let tries = 0;
  const { handler, take, acknowledged, published, idle } = setUp((text) => {
    order.push(text);
    return text === 'bad' && ++tries < 3 ? FAILED : DONE;
  });
  for (const text of ['bad', 'b', 'c']) take(text);
  await idle();
  expect(order.slice(0, 2)).toEqual(['bad', 'b']);
  expect(order.toSorted()).toEqual(['b', 'bad', 'bad', 'bad', 'c']);
  expect(acknowledged.toSorted()).toEqual(['b', 'bad', 'c']);
  expect(published).toEqual([]);
  expect(handler.counts).toEqual({ held: 0, handled: 3, repeated: 0, retried: 2, dead: 0 });
});

test('after its tries a message is published with the reason, and acknowledged then', async () => {
  const { handler, take, events, published, acknowledged, log, idle } = setUp((text) =>
    text.includes('poison') ? FAILED : DONE,
  );
  take('{"poison":123}');
  take('next');
  await idle();
  expect(events).toHaveLength(4);
  expect(published).toEqual([
    {
      topic: 'neworders/dead',
      letter: {
        message: { poison: 123 },
        encoding: 'json',
        reason: 'no stock',
        attempts: 3,
        topic: 'neworders',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as unknown,
      },
    },
  ]);
  expect(acknowledged).toEqual(['next', '{"poison":123}']);
  expect(handler.counts).toMatchObject({ handled: 1, retried: 2, dead: 1 });
  expect(log).toEqual([
    'warn mqtt neworders: a message of 14 bytes failed: no stock (try 1 of 3; the next in 1 ms)',
    'warn mqtt neworders: a message of 14 bytes failed: no stock (try 2 of 3; the next in 2 ms)',
    'error mqtt neworders: a message of 14 bytes given up, now on neworders/dead: no stock',
  ]);
});

test('a dead letter has its message of JSON to the last digit', async () => {
  const texts: string[] = [];
  const { take, idle } = setUp(() => MALFORMED, {
    publish: async ({ payload }) => void texts.push(Buffer.from(payload).toString()),
  });
  take('{ "id": 12345678901234567890.0 }');
  await idle();
  expect(texts[0]).toContain('{"message":{ "id": 12345678901234567890.0 },"encoding":"json",');
});

test('what is malformed becomes a dead letter at once, bytes as base64', async () => {
  const { take, events, published, idle } = setUp(() => MALFORMED);
  take(Buffer.from([0xff, 0x00]));
  await idle();
  expect(events).toHaveLength(1);
  expect(published[0]?.letter).toMatchObject({
    message: '/wA=',
    encoding: 'base64',
    reason: 'malformed: id: expected u64, found "x"',
    attempts: 1,
  });
});

test('an error without words is told in those of the service', async () => {
  const { take, published, idle } = setUp(() => ({
    kind: 'error',
    error: 'error',
    said: 'the Redis message was not handled: malformed: no JSON',
  }));
  take('x');
  await idle();
  expect(published[0]?.letter).toMatchObject({ reason: 'malformed: no JSON', attempts: 1 });
});

test('a message is not acknowledged before its dead letter is with the broker', async () => {
  let down = true;
  const letters: unknown[] = [];
  const { take, acknowledged, log, idle } = setUp(() => MALFORMED, {
    publish: async ({ payload }) => {
      if (down) throw new Error('connection refused');
      letters.push(payload);
    },
  });
  take('x');
  await vi.waitFor(() =>
    expect(log.join()).toContain('cannot be sent to neworders/dead yet: connection refused'),
  );
  expect(acknowledged).toEqual([]);
  down = false;
  await idle();
  expect(letters).toHaveLength(1);
  expect(acknowledged).toEqual(['x']);
});

test('where the unit has no room a message waits in its place, and that is no try', async () => {
  let refusals = 5;
  const { handler, take, events, idle } = setUp(() => (refusals-- > 0 ? { kind: 'overloaded' } : DONE), {
    retries: 0,
  });
  take('a');
  take('b');
  await idle();
  expect(events.map(textOf)).toEqual(['a', 'a', 'a', 'a', 'a', 'a', 'b']);
  expect(handler.counts).toMatchObject({ handled: 2, retried: 0, dead: 0 });
});

test.each([
  ['fails', FAILED, 'no stock'],
  ['traps', { kind: 'trap', message: 'wasm trap', said: 'a.b of c threw Error: x' }, /^wasm trap/],
  ['is malformed', MALFORMED, /^malformed: id/],
  ['takes too long', { kind: 'deadline' }, /deadline/],
] as const)('a call that %s is not tried again: its caller is told at once', async (_, outcome, reason) => {
  const { take, events, published, replies, acknowledged, idle } = setUp(() => outcome, { retries: 9 });
  const call = `{"_tenon":{"id":"1","reply":"tenon:reply:1","deadline":${Date.now() + 60_000}}}`;
  take(call);
  await idle();
  expect(events).toHaveLength(1);
  const val = expect.stringMatching(reason) as string;
  expect(replies).toEqual([{ list: 'tenon:reply:1', reply: { tag: 'failed', val, _tenon: { id: '1' } } }]);
  expect(published[0]?.letter).toMatchObject({ reason: val, attempts: 1 });
  expect(acknowledged).toEqual([call]);
});

test.each([
  ['waits no more', { id: '1', reply: 'tenon:reply:1', deadline: 1 }],
  ['waits at a list that is none of replies', { id: '1', reply: 'orders' }],
  ['has an id that is none', { id: 1, reply: 'tenon:reply:1' }],
])('a caller that %s is told nothing', async (_, own) => {
  const { take, replies, published, idle } = setUp(() => FAILED);
  take(JSON.stringify({ _tenon: own }));
  await idle();
  expect(replies).toEqual([]);
  expect(published).toHaveLength(1);
});

test('a call that was not run here may be answered by another replica', async () => {
  const { handler, replies, published } = setUp(() => DONE);
  const payload = Buffer.from('{"_tenon":{"id":"1","reply":"tenon:reply:1"}}');
  await handler.refuse({ topic: 'neworders', payload, acknowledge: () => {} }, 'too much waits');
  expect([replies.length, published.length]).toEqual([0, 1]);
});

test('a call whose caller cannot be told is given up all the same', async () => {
  const { take, published, acknowledged, log, idle } = setUp(() => FAILED, {
    reply: async () => {
      throw new Error('connection refused');
    },
  });
  take('{"_tenon":{"id":"1","reply":"tenon:reply:1"}}');
  await idle();
  expect([published.length, acknowledged.length]).toEqual([1, 1]);
  expect(log).toContain(
    'debug mqtt neworders: message 1 failed, and its caller could not be told: connection refused',
  );
});

test('a call is not tried again once its caller waits no more', async () => {
  const { take, events, published, idle } = setUp(() => ({ kind: 'unavailable', message: 'no store' }));
  take(`{"_tenon":{"id":"1","reply":"list","deadline":${Date.now() - 1}}}`);
  await idle();
  expect(events).toHaveLength(1);
  expect(published[0]?.letter).toMatchObject({ reason: 'no store; its caller waits no more' });
});

test('an event that was committed before counts as such, and its message is acknowledged', async () => {
  const { handler, take, acknowledged, idle } = setUp(() => ({ kind: 'repeated' }));
  take('a');
  await idle();
  expect(acknowledged).toEqual(['a']);
  expect(handler.counts).toMatchObject({ handled: 0, repeated: 1 });
});

test('tells when it is full, and when it no longer is', async () => {
  const events = held();
  const { take, full, idle } = setUp(events.outcomeOf, { limit: 2 });
  take('a');
  take('b');
  take('c');
  expect(full).toEqual([true]);
  for (const text of ['a', 'b', 'c']) {
    await vi.waitFor(() => expect(events.started()).toContain(text));
    events.end(text, DONE);
  }
  await idle();
  expect(full).toEqual([true, false]);
});

test('its own dead letters, which a wildcard may cover, are not handled', () => {
  const { take, events, acknowledged } = setUp(() => DONE);
  take('x', 'neworders/dead');
  expect([events, acknowledged]).toEqual([[], ['x']]);
});

test('at the end, what runs finishes and the rest is left to a broker that keeps it', async () => {
  const events = held();
  const { handler, take, acknowledged } = setUp(events.outcomeOf);
  take('runs');
  take('waits');
  await vi.waitFor(() => expect(events.started()).toEqual(['runs']));
  const ended = handler.drain(60_000);
  events.end('runs', DONE);
  await ended;
  expect(acknowledged).toEqual(['runs']);
  expect(events.started()).toEqual([]);
  expect(handler.counts.held).toBe(0);
});

test('at the end, a failed message is not tried again where the broker keeps it', async () => {
  const { handler, take, events, acknowledged, log } = setUp(() => FAILED, { firstPause: 60_000 });
  take('a');
  await vi.waitFor(() => expect(log).toHaveLength(1));
  await handler.drain(60_000);
  expect(events).toHaveLength(1);
  expect(acknowledged).toEqual([]);
});

test('at the end, all is handled that no broker keeps, failed messages without a pause', async () => {
  const { handler, take, events, published, log } = setUp((text) => (text === 'bad' ? FAILED : DONE), {
    kept: false,
    firstPause: 60_000,
  });
  take('bad');
  await vi.waitFor(() => expect(log).toHaveLength(1));
  take('b');
  take('c');
  await handler.drain(60_000);
  expect(events.map(textOf).toSorted()).toEqual(['b', 'bad', 'bad', 'bad', 'c']);
  expect(published.map(({ letter }) => letter['reason'])).toEqual(['no stock']);
});

test('at the end, what there is no time for becomes a dead letter where no broker keeps it', async () => {
  const events = held();
  const { handler, take, published } = setUp(events.outcomeOf, { kept: false });
  take('hangs');
  take('waits');
  await vi.waitFor(() => expect(events.started()).toEqual(['hangs']));
  await handler.drain(1);
  expect(published.map(({ letter }) => letter['reason'])).toEqual(['the app stopped before it was handled']);
});
