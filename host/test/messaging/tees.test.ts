import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { clear } from '../doubles/key-value.ts';
import { temporaryFolder } from '../orders/app.ts';
import { ANSWERS } from '../placements/expected.ts';
import { fakeApp, type FakeApp } from './units.ts';

const MANIFEST = fileURLToPath(new URL('../placements/tees.toml', import.meta.url));
const PLACES = [[], ['caller.desk=fused'], ['desk.till=linked'], ['caller.desk=redis']] as const;

type Folder = Awaited<ReturnType<typeof temporaryFolder>>;

describe.each(PLACES.map((place) => [place.join() || 'caller.desk=linked,desk.till=fused', place] as const))(
  'copies of calls, %s',
  (_, place) => {
    let folder: Folder;
    let app: FakeApp;

    beforeAll(async () => {
      folder = await temporaryFolder('tees');
      app = await fakeApp({ manifest: MANIFEST, place, outDir: join(folder.path, 'out') });
    });
    afterAll(() => folder?.[Symbol.asyncDispose]());
    beforeEach(async () => {
      clear();
      app.brokers.clear();
      app.brokers.refusal = undefined;
      if (!app.app.units.some(({ unit }) => unit.name === 'desk')) return;
      const desk = await app.unit('desk');
      app.brokers.listeners.set('tenon/placements/desk', (payload) => void desk.redis(payload));
    });

    /** What was published to one topic. */
    const copiesOn = (topic: string): unknown[] =>
      app.brokers.published.flatMap((message, at) => (message.topic === topic ? [app.brokers.json(at)] : []));

    test.each(ANSWERS)('%s answers as without them', async (call, answer) => {
      const caller = await app.unit('caller');
      expect(caller.request(`/${call}`)).toEqual({ status: 200, text: answer });
      expect(app.brokers.openHandles).toBe(0);
      expect(caller.host.stderr).toBe('');
    });

    test('a copy has arguments and result, and says of which function it is', async () => {
      const caller = await app.unit('caller');
      caller.request('/text?fine');
      expect(copiesOn('copies/desk')).toEqual([
        {
          arguments: { fail: 'fine' },
          result: 'fine',
          _tenon: { function: 'tenon:placements/desk#text' },
        },
      ]);
    });

    test('calls that fail are not copied', async () => {
      const caller = await app.unit('caller');
      caller.request('/text?text');
      caller.request('/price-of-nothing');
      expect(copiesOn('copies/desk')).toEqual([]);
    });

    test('a CloudEvent wraps the arguments', async () => {
      const caller = await app.unit('caller');
      caller.request('/price');
      expect(copiesOn('copies/till')).toEqual([
        {
          specversion: '1.0',
          id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
          source: '/tees/desk',
          type: 'tenon.placements.till.sum',
          time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
          datacontenttype: 'application/json',
          data: { lines: expect.any(Array) as unknown[] },
        },
      ]);
    });
  },
);

describe('a copy that cannot be sent', () => {
  let folder: Folder;
  let app: FakeApp;

  beforeAll(async () => {
    folder = await temporaryFolder('tees');
    app = await fakeApp({ manifest: MANIFEST, outDir: join(folder.path, 'out') });
  });
  afterAll(() => folder?.[Symbol.asyncDispose]());
  beforeEach(() => {
    clear();
    app.brokers.refusal = { tag: 'other', val: 'refused' };
  });

  test('is logged, and the call answers', async () => {
    const caller = await app.unit('caller');
    expect(caller.request('/text?fine').status).toBe(200);
    expect(caller.host.stderr).toBe(
      "a copy of caller's call of desk.text of desk was not sent to MQTT topic copies/desk: refused\n",
    );
  });

  test('ends the event where it is required', async () => {
    const caller = await app.unit('caller');
    expect(() => caller.request('/price')).toThrow('exit');
    expect(caller.host.stderr).toContain(
      'desk called till.sum of till over Redis channel copies/till, which failed: refused\n',
    );
  });
});
