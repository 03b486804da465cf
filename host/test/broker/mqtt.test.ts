import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startEmbeddedBroker, type EmbeddedBroker } from '../../src/broker/embedded.ts';
import { startMosquitto, startProxy } from '../brokers.ts';
import { tool, type ToolState } from '../tools.ts';
import { listen } from './listener.ts';
import { rig, type GuestWorker, type Rig } from './workers.ts';
import type { Ran } from './worker.fixture.ts';

const mosquitto = tool('mosquitto');

/** What the suite needs of a broker. */
interface TestBroker extends AsyncDisposable {
  readonly address: string;
  kill(): Promise<void>;
  start(): Promise<void>;
}

async function embedded(): Promise<TestBroker> {
  let broker: EmbeddedBroker = await startEmbeddedBroker({ port: 0 });
  const { address, port } = broker;
  return {
    address,
    kill: () => broker.close(),
    async start() {
      broker = await startEmbeddedBroker({ port });
    },
    [Symbol.asyncDispose]: () => broker.close(),
  };
}

/** Code that publishes over a connection of its own. */
function publish(
  address: string,
  topic: string,
  payload: string,
  qos = 'at-least-once',
  user = ['', ''],
): string {
  const login = [`${address}?client_id=guest`, ...user].map((text) => JSON.stringify(text)).join(', ');
  return `const c = mqtt.Connection.open(${login}, 30n);
    try { c.publish(${JSON.stringify(topic)}, bytes(${JSON.stringify(payload)}), '${qos}'); }
    finally { c[Symbol.dispose](); }`;
}

suite('mosquitto', mosquitto, startMosquitto);
suite('the embedded broker', { missing: false, reason: '' }, embedded);

function suite(name: string, state: ToolState, start: () => Promise<TestBroker>): void {
  describe.skipIf(state.missing)(`fermyon:spin/mqtt over ${name}${state.reason}`, () => {
    let broker: TestBroker;
    let shared: Rig;
    let guest: GuestWorker;
    beforeAll(async () => {
      broker = await start();
      shared = rig();
      guest = shared.worker();
    });
    afterAll(async () => {
      await shared?.[Symbol.asyncDispose]();
      await broker?.[Symbol.asyncDispose]();
    });

    function published(ran: Ran): void {
      expect(ran.error).toBeUndefined();
      expect(ran).toMatchObject({ effect: true, unavailable: undefined, handles: 0 });
    }

    test('a message arrives at every quality of service', async () => {
      await using listener = await listen(broker.address, 'all/#');
      for (const qos of ['at-most-once', 'at-least-once', 'exactly-once']) {
        published(await guest.run(publish(broker.address, `all/${qos}`, 'ü\0', qos)));
      }
      expect(await listener.until(3)).toEqual([
        'all/at-most-once: Ã¼\0',
        'all/at-least-once: Ã¼\0',
        'all/exactly-once: Ã¼\0',
      ]);
    });

    test('a message of a megabyte arrives', async () => {
      await using listener = await listen(broker.address, 'big');
      published(await guest.run(publish(broker.address, 'big', 'x'.repeat(1_000_000))));
      expect((await listener.until(1))[0]).toBe(`big: ${'x'.repeat(1_000_000)}`);
    });

    test('guests share a connection, whatever client ids they have; another user has another', async () => {
      await using proxy = await startProxy(broker.address);
      await using many = rig();
      const workers = Array.from({ length: 4 }, () => many.worker());
      await using listener = await listen(broker.address, 'many/#');
      await Promise.all(
        workers.map(async (worker, index) => {
          const code = `for (let i = 0; i < 100; i++) {
          const c = mqtt.Connection.open('${proxy.address}?client_id=w${index}-' + i, '', '', 30n);
          c.publish('many/${index}', bytes(String(i)), 'at-least-once');
          c[Symbol.dispose]();
        }`;
          published(await worker.run(code));
        }),
      );
      const heard = await listener.until(400);
      for (const index of [0, 1, 2, 3]) {
        const own = heard.filter((line) => line.startsWith(`many/${index}:`));
        expect(own).toEqual(Array.from({ length: 100 }, (_, i) => `many/${index}: ${i}`));
      }
      expect([proxy.connections, many.brokers.open]).toEqual([1, 1]);
      published(
        await (workers[0] as GuestWorker).run(
          publish(proxy.address, 'x', 'x', undefined, ['user', 'secret']),
        ),
      );
      expect(proxy.connections).toBe(2);
    });

    test('QoS 1 waits for the acknowledgement, and no longer than the event', async () => {
      await using proxy = await startProxy(broker.address);
      await using slow = rig();
      const [first, second] = [slow.worker(), slow.worker()];
      published(await first.run(publish(proxy.address, 'a', '1')));
      published(await second.run(publish(proxy.address, 'a', '1')));
      proxy.hold('down');
      published(await first.run(publish(proxy.address, 'a', '2', 'at-most-once')));
      const waiting = second.run(publish(proxy.address, 'a', '3'));
      await proxy.next('down');
      expect(slow.server.pending).toBe(1);
      proxy.release('down');
      published(await waiting);

      proxy.hold('down');
      const late = await first.run(publish(proxy.address, 'a', '4'), 100);
      expect(late.unavailable).toContain('no answer before the deadline');
      proxy.release('down');
      published(await first.run(publish(proxy.address, 'a', '5')));
    });

    test('a broker that is not there, goes and comes back', async () => {
      await using own = await start();
      await using proxy = await startProxy(own.address);
      await using used = rig();
      const worker = used.worker();
      published(await worker.run(publish(proxy.address, 'a', '1')));
      proxy.halve('down');
      const broken = await worker.run(publish(proxy.address, 'a', '2'));
      expect(broken).toMatchObject({ error: { tag: 'connection-failed' }, effect: true, handles: 0 });
      expect(broken.unavailable).toContain(`${proxy.address} cannot be reached`);
      published(await worker.run(publish(proxy.address, 'a', '3')));
      await own.kill();
      expect(await worker.run(publish(proxy.address, 'a', '4'))).toMatchObject({
        error: { tag: 'connection-failed' },
      });
      await own.start();
      published(await worker.run(publish(proxy.address, 'a', '5')));
      await proxy.refuse();
      // The first may still go to the connection that breaks.
      expect(await worker.run(publish(proxy.address, 'a', '6'))).toMatchObject({
        error: { tag: 'connection-failed' },
      });
      expect(await worker.run(publish(proxy.address, 'a', '7'))).toMatchObject({
        error: { tag: 'connection-failed', val: expect.stringContaining('ECONNREFUSED') as string },
      });
    });

    test('a worker that dies while it waits leaves the others their connection', async () => {
      await using proxy = await startProxy(broker.address);
      await using used = rig();
      const [dying, other] = [used.worker(), used.worker()];
      published(await other.run(publish(proxy.address, 'a', '1')));
      published(await dying.run(publish(proxy.address, 'a', '1')));
      proxy.hold('down');
      void dying.run(publish(proxy.address, 'a', '2')).catch(() => {});
      await proxy.next('down');
      await dying.terminate();
      proxy.release('down');
      published(await other.run(publish(proxy.address, 'a', '3')));
      expect([used.server.pending, proxy.connections]).toEqual([0, 1]);
    });
  });
}

describe('what a guest may not', () => {
  let none: Rig;
  let guest: GuestWorker;
  beforeAll(() => {
    none = rig();
    guest = none.worker();
  });
  afterAll(() => none[Symbol.asyncDispose]());
  const open = (address: string): Promise<Ran> =>
    guest.run(`mqtt.Connection.open('${address}', '', '', 30n)`);

  test.each([
    ['mqtt://127.0.0.1:1'],
    ['mqtt://127.0.0.1:1?client_id=a&unknown=1'],
    ['mqtt://127.0.0.1:1?client_id=a&clean_session=maybe'],
    ['redis://127.0.0.1:1?client_id=a'],
  ])('%s is no address', async (address) => {
    expect(await open(address)).toMatchObject({
      error: { tag: 'invalid-address' },
      effect: false,
      handles: 0,
    });
  });

  test.each([['mqtt://10.0.0.1?client_id=a'], ['ws://127.0.0.1:1?client_id=a'], ['nothing']])(
    '%s is not permitted',
    async (address) => {
      const val = `address ${address} is not permitted`;
      expect(await open(address)).toMatchObject({ error: { tag: 'connection-failed', val } });
    },
  );

  test('a connection is made with the first message only', async () => {
    const ran = await open('mqtt://127.0.0.1:1?client_id=a&keep_alive_secs=5');
    expect(ran).toMatchObject({ effect: false, unavailable: undefined, handles: 1 });
    expect(ran.error).toBeUndefined();
    const sent = await guest.run(publish('mqtt://127.0.0.1:1', 'a', 'x'));
    expect(sent).toMatchObject({
      error: { tag: 'connection-failed', val: expect.stringContaining('ECONNREFUSED') as string },
      effect: true,
    });
  });

  test.each([['a/+'], ['#'], [''], ['a\0']])('no message goes to the topic %j', async (topic) => {
    const ran = await guest.run(publish('mqtt://127.0.0.1:1', topic, 'x'));
    expect(ran).toMatchObject({ error: { tag: 'other' }, effect: false });
  });

  test('a message with a route leaves after the commit, and needs no broker before', async () => {
    const address = 'mqtt://127.0.0.1:1';
    await using routed = rig({ sends: [{ kind: 'mqtt', address, topic: 'later', delivery: 'memory' }] });
    const ran = await routed.worker().run(publish(address, 'later', 'x'));
    expect(ran).toMatchObject({ effect: false, unavailable: undefined, handles: 0 });
    expect(ran.error).toBeUndefined();
  });
});

test.skipIf(mosquitto.missing)(`mosquitto asks for a password${mosquitto.reason}`, async () => {
  await using broker = await startMosquitto({ password: 'secret' });
  await using used = rig();
  const worker = used.worker();
  const sent = (password: string): Promise<Ran> =>
    worker.run(publish(broker.address, 'a', 'x', 'at-least-once', ['user', password]));
  expect(await sent('wrong')).toMatchObject({
    error: { tag: 'connection-failed', val: 'Connection refused: Not authorized' },
  });
  expect((await sent('secret')).error).toBeUndefined();
});
