import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Mailbox, mailboxMemory } from './mailbox.ts';
import { NO_COUNTS, type HttpRequest } from './types.ts';

/** The two sides of one mailbox. */
function bothSides(): { readonly main: Mailbox; readonly worker: Mailbox } {
  const memory = mailboxMemory();
  return { main: new Mailbox(memory), worker: new Mailbox(memory) };
}

const text = fc.string({ unit: 'binary' });
const headers = fc.array(fc.tuple(text, text));
const body = fc.uint8Array({ maxLength: 2_000 });
const request: fc.Arbitrary<HttpRequest> = fc.record({ method: text, uri: text, headers, body });

test('an event arrives as it was sent, once, in memory of its own', () => {
  const { main, worker } = bothSides();
  const property = fc.property(
    fc.nat(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    request,
    (id, deadline, sent) => {
      expect(main.putEvent(id, { kind: 'http', request: sent }, deadline, false, false)).toBe(true);
      const received = worker.takeEvent();
      expect(received).toEqual({ id, deadline: deadline + 0, event: { kind: 'http', request: sent } });
      expect(received?.event.kind === 'http' && received.event.request.body.buffer).toBeInstanceOf(
        ArrayBuffer,
      );
      expect(worker.takeEvent()).toBeUndefined();
    },
  );
  fc.assert(property);
});

test('an answer arrives as it was sent, with the counts of that moment', () => {
  const { main, worker } = bothSides();
  const property = fc.property(
    fc.integer({ min: 0, max: 65_535 }),
    headers,
    body,
    fc.nat(),
    (status, list, bytes, resets) => {
      const counts = { ...NO_COUNTS, instances: 1, resets, unprovable: 7 };
      expect(worker.putAnswer({ status, headers: list, body: bytes }, counts)).toBe(true);
      expect(main.takeAnswer()).toEqual({ response: { status, headers: list, body: bytes }, counts });
    },
  );
  fc.assert(property);
});

test('what may be too large, or is no HTTP event, is not put in', () => {
  const { main, worker } = bothSides();
  const put = (uri: string, length: number): boolean =>
    main.putEvent(
      1,
      { kind: 'http', request: { method: 'GET', uri, headers: [], body: new Uint8Array(length) } },
      0,
      false,
      false,
    );
  expect([put('/', 70_000), put('/'.repeat(30_000), 0), put('\ud800'.repeat(20_000), 0)]).toEqual([
    false,
    false,
    false,
  ]);
  expect(main.putEvent(1, { kind: 'call', interface: null, function: 'f', args: [] }, 0, false, false)).toBe(
    false,
  );
  expect(worker.putAnswer({ status: 200, headers: [], body: new Uint8Array(70_000) }, NO_COUNTS)).toBe(false);
  expect(worker.takeEvent()).toBeUndefined();
  // Whatever fits by its length in the worst case fits.
  expect([put('/', 60_000), put('\u{20ac}'.repeat(20_000), 0)]).toEqual([true, true]);
});

test('an event that is sent by a message is not taken for the one before, whose answer was watched for', () => {
  const { main, worker } = bothSides();
  const put = (length: number, watched: boolean): boolean =>
    main.putEvent(
      1,
      { kind: 'http', request: { method: 'POST', uri: '/', headers: [], body: new Uint8Array(length) } },
      0,
      watched,
      false,
    );
  // The first ends in a trap, so its outcome is sent and nothing in the mailbox shows it.
  expect([put(0, true), put(70_000, true)]).toEqual([true, false]);
  expect(worker.showAnswer(), 'nobody looks, so a message must tell of it').toBe(false);
});

test('a call reaches a worker wherever it is', () => {
  const { main, worker } = bothSides();
  // Before it ever rested: by a message.
  expect(main.call()).toBe(true);
  worker.beBusy();
  // While it runs: it finds out before it rests, and rests no moment.
  expect(main.call()).toBe(false);
  expect(worker.rest(60_000)).toBe(true);
  worker.beBusy();
  // Nobody calls: back to its event loop, where it needs a message again.
  expect(worker.rest(0)).toBe(false);
  expect(main.call()).toBe(true);
});

test('an answer is either seen or told of, never both', () => {
  const { main, worker } = bothSides();
  const event = {
    kind: 'http',
    request: { method: 'GET', uri: '/', headers: [], body: new Uint8Array(0) },
  } as const;
  const put = (watched: boolean): unknown => main.putEvent(1, event, 0, watched, true);

  put(true);
  expect(main.isAnswered()).toBe(false);
  expect([worker.showAnswer(), main.isAnswered()]).toEqual([true, true]);
  // Too late to give up: it is there.
  expect(main.unwatch()).toBe(false);

  put(true);
  expect([main.unwatch(), worker.showAnswer(), main.isAnswered()]).toEqual([true, false, false]);

  put(false);
  expect([worker.showAnswer(), main.isAnswered()]).toEqual([false, false]);
});
