import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { clear } from '../doubles/key-value.ts';
import { temporaryFolder } from '../orders/app.ts';
import { ANSWERS, FAILURES } from '../placements/expected.ts';
import { fakeApp, type FakeApp, type FakeUnit } from './units.ts';

const MANIFEST = fileURLToPath(new URL('../placements/placements.toml', import.meta.url));
const DESK = 'tenon/placements/desk';
const TILL = 'tenon/placements/till';

/** Functions without a result are one way. */
const ONE_WAY = new Set(['misbehave?till', 'store?fails']);
const NOT_ANSWERED = FAILURES.filter(([call]) => ONE_WAY.has(call));
const ANSWERED = FAILURES.filter(([call]) => !ONE_WAY.has(call));

type Folder = Awaited<ReturnType<typeof temporaryFolder>>;

describe('a chain of services over Redis, each call answered', () => {
  let folder: Folder;
  let app: FakeApp;
  let caller: FakeUnit;
  let desk: FakeUnit;
  let till: FakeUnit;

  beforeAll(async () => {
    folder = await temporaryFolder('messaging');
    app = await fakeApp({
      manifest: MANIFEST,
      place: ['caller.desk=redis', 'desk.till=redis'],
      outDir: join(folder.path, 'out'),
    });
  });
  afterAll(() => folder?.[Symbol.asyncDispose]());
  beforeEach(async () => {
    clear();
    app.brokers.clear();
    app.brokers.refusal = undefined;
    caller = await app.unit('caller');
    desk = await app.unit('desk');
    till = await app.unit('till');
    // A unit that traps answers nobody.
    const listen = (unit: FakeUnit) => (payload: Uint8Array) => {
      try {
        unit.redis(payload);
      } catch {
        expect(unit.host.stderr).not.toBe('');
      }
    };
    app.brokers.listeners.set(DESK, listen(desk));
    app.brokers.listeners.set(TILL, listen(till));
  });

  test.each(ANSWERS)('%s answers as under every placement', (call, answer) => {
    expect(caller.request(`/${call}`)).toEqual({ status: 200, text: answer });
    expect(app.brokers.openHandles).toBe(0);
  });

  test.each(ANSWERED)('%s ends the event, which nothing catches', (call, { fused }) => {
    expect(() => caller.request(`/${call}`)).toThrow('exit');
    expect(caller.host.stderr + desk.host.stderr + till.host.stderr).toContain(fused[0]);
  });

  test.each(NOT_ANSWERED)('%s fails where it is handled: nobody waits for it', (call, { fused }) => {
    expect(caller.request(`/${call}`).status).toBe(200);
    expect(desk.host.stderr + till.host.stderr).toContain(fused[0]);
    expect(desk.host.stderr + till.host.stderr).toContain('the Redis message was not handled: ');
    // It may be tried again: the claim is given back.
    expect(app.brokers.commands.filter((command) => command.startsWith('DEL tenon:claim:'))).toHaveLength(1);
  });

  test('each message names its function and where its reply goes', () => {
    caller.request('/text?fine');
    const id = expect.stringMatching(/^[0-9a-f-]{36}$/) as string;
    expect(app.brokers.json()).toEqual({
      fail: 'fine',
      _tenon: {
        id,
        reply: expect.stringMatching(/^tenon:reply:[0-9a-f-]{36}$/) as string,
        deadline: expect.any(Number) as number,
        function: 'tenon:placements/desk#text',
      },
    });
    const { _tenon: own } = app.brokers.json() as { _tenon: { id: string; reply: string } };
    expect(own.reply).toBe(`tenon:reply:${own.id}`);
    const [claim, ...rest] = app.brokers.commands;
    expect(claim).toMatch(new RegExp(`^SET tenon:claim:placements/desk:${own.id} \\S+ NX EX 3600$`));
    expect(rest.map((command) => command.replace(/ [45]\.\d{3}$/, ' <left>'))).toEqual([
      `RPUSH ${own.reply} {"tag":"ok","val":"fine","_tenon":{"id":"${own.id}"}}`,
      `EXPIRE ${own.reply} 60`,
      `BLPOP ${own.reply} <left>`,
    ]);
  });

  describe('a call that comes to nothing ends the event, with one line', () => {
    /** The reason in the line that the caller logs. */
    const failure = (): string | undefined => {
      expect(() => caller.request('/text?fine')).toThrow('exit');
      expect(app.brokers.openHandles).toBe(0);
      const line = `caller called desk.text of desk over Redis channel ${DESK}, which failed: `;
      return caller.host.stderr.startsWith(line)
        ? caller.host.stderr.slice(line.length).trimEnd()
        : undefined;
    };
    /** Answers each message with this text, for its id. */
    const answering = (reply: (id: string) => string): void => {
      app.brokers.listeners.set(DESK, (payload) => {
        const { _tenon: own } = JSON.parse(new TextDecoder().decode(payload)) as {
          _tenon: { id: string; reply: string };
        };
        app.brokers.lists.set(own.reply, [new TextEncoder().encode(reply(own.id))]);
      });
    };

    test('where nobody listens, at once', () => {
      app.brokers.listeners.delete(DESK);
      expect(failure()).toBe('nobody listens there');
      expect(app.brokers.commands).toEqual([]);
    });

    test('where no reply comes', () => {
      app.brokers.listeners.set(DESK, () => {});
      expect(failure()).toBe('no reply within 5000 ms');
    });

    test('where the provider says that there is none', () => {
      answering((id) => JSON.stringify({ tag: 'failed', val: 'malformed: x', _tenon: { id } }));
      expect(failure()).toBe('malformed: x');
    });

    test('where the reply is that of another call', () => {
      answering(() => JSON.stringify({ tag: 'ok', val: 'late', _tenon: { id: 'another' } }));
      expect(failure()).toBe('the reply is for the message "another"');
    });

    test.each([
      ['not JSON', () => '{', 'the reply is not JSON'],
      ['not a reply', () => 'null', 'the reply is for the message undefined'],
      [
        'of no known kind',
        (id: string) => JSON.stringify({ tag: 'maybe', _tenon: { id } }),
        'the reply has the tag "maybe"',
      ],
    ])('where the reply is %s', (_, reply, reason) => {
      answering(reply);
      expect(failure()).toBe(reason);
    });

    test('where Redis cannot be reached', () => {
      app.brokers.refusal = { tag: 'other', val: 'connection refused' };
      expect(failure()).toBe('connection refused');
    });

    test('where the value is not of its type', () => {
      answering((id) => JSON.stringify({ tag: 'ok', val: 7, _tenon: { id } }));
      expect(() => caller.request('/text?fine')).toThrow('exit');
      expect(caller.host.stderr).toContain(
        'desk.text of desk gave a wrong value: Mismatch: result: expected string, found 7',
      );
    });
  });
});
