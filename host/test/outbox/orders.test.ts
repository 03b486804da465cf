import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startMosquitto, startProxy, startRedis } from '../brokers.ts';
import { listen } from '../broker/listener.ts';
import { placeOrder, statusOf, temporaryFolder, type Accepted } from '../orders/app.ts';
import { tool } from '../tools.ts';
import { startOrders, tenonOutbox, until, type OrdersProcess } from './process.ts';

const mosquitto = tool('mosquitto');
const redisServer = tool('redis-server');

async function placeOrders(app: OrdersProcess, count: number): Promise<Accepted[]> {
  const orders: Accepted[] = [];
  for (let number = 1; number <= count; number++) orders.push(await placeOrder(app.url, `order ${number}`));
  return orders;
}

async function allFulfilled(app: OrdersProcess, orders: readonly Accepted[]): Promise<void> {
  for (const order of orders)
    await until(
      () => statusOf(app.url, order),
      (status) => status === 'fulfilled',
    );
}

interface State extends AsyncDisposable {
  readonly args: readonly string[];
}

/** A folder for the state, with the stores in it. */
async function inSqlite(): Promise<State> {
  const folder = await temporaryFolder('state');
  return { args: ['--state-dir', folder.path], [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

/** A folder for the state, and stores in a Redis server that keeps them on its disk. */
async function inRedis(): Promise<State> {
  const folder = await temporaryFolder('state');
  const redis = await startRedis({ persistent: true });
  const file = join(folder.path, 'runtime-config.toml');
  writeFileSync(file, `[key_value_store.default]\ntype = "redis"\nurl = "${redis.address}"\n`);
  return {
    args: ['--state-dir', folder.path, '--runtime-config-file', file],
    async [Symbol.asyncDispose]() {
      await redis[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

describe.skipIf(mosquitto.missing || redisServer.missing)(
  `orders over MQTT${mosquitto.reason}${redisServer.reason}`,
  () => {
    test.each([
      ['SQLite', inSqlite],
      ['Redis', inRedis],
    ] as const)(
      'are taken while the broker is down, and each is fulfilled once, also after kill -9; stores in %s',
      async (_, stores) => {
        await using state = await stores();
        await using broker = await startMosquitto();
        await using proxy = await startProxy(broker.address);
        await proxy.refuse();
        const args = ['--profile', 'mqtt', '--mqtt', proxy.address, ...state.args];

        await using first = await startOrders(...args);
        const orders = await placeOrders(first, 5);
        expect(await statusOf(first.url, orders[0]!)).toBe('created');
        // The first of them has been tried, so what it waits for is known.
        const { json } = await until(
          () => tenonOutbox(...state.args),
          (seen) => JSON.stringify(seen.json).includes('is not subscribed'),
        );
        expect(json).toMatchObject({ event: 'outbox', app: 'orders', running: true, length: 5 });
        expect(json['entries']).toMatchObject(
          [1, 2, 3, 4, 5].map((id) => ({ id: String(id), kind: 'mqtt', topic: 'neworders' })),
        );
        await first.kill();
        expect((await tenonOutbox(...state.args)).json).toMatchObject({ running: false, length: 5 });

        await using heard = await listen(broker.address, 'neworders');
        await using second = await startOrders(...args);
        expect(second.ready['outbox']).toMatchObject({ length: 5 });
        await proxy.accept();
        await allFulfilled(second, orders);
        const sent = await heard.until(5);
        expect(sent.map((text) => /"details":"([^"]*)"/.exec(text)?.[1])).toEqual(
          [1, 2, 3, 4, 5].map((number) => `order ${number}`),
        );
        await until(
          () => tenonOutbox(...state.args),
          (seen) => seen.json['length'] === 0,
        );
        expect(await second.stop()).toBe(0);
      },
      120_000,
    );

    test('are sent again after kill -9 between PUBLISH and PUBACK, and fulfilled once', async () => {
      await using state = await inSqlite();
      await using broker = await startMosquitto();
      await using proxy = await startProxy(broker.address);
      await using heard = await listen(broker.address, 'neworders');
      const args = ['--profile', 'mqtt', '--mqtt', proxy.address, ...state.args];

      await using first = await startOrders(...args);
      const before = await placeOrders(first, 1);
      await allFulfilled(first, before);
      // The broker's answers do not arrive any more: neither PUBACK nor the message for Fulfilment.
      proxy.hold('down');
      const [order] = await placeOrders(first, 1);
      const [, sent] = await heard.until(2);
      expect(await statusOf(first.url, order!)).toBe('created');
      expect((await tenonOutbox(...state.args)).json).toMatchObject({ length: 1 });
      await first.kill();
      proxy.release('down');

      await using second = await startOrders(...args);
      await allFulfilled(second, [order!]);
      // The same message, with the same id.
      expect((await heard.until(3))[2]).toBe(sent);
      await until(
        () => tenonOutbox(...state.args),
        (seen) => seen.json['length'] === 0,
      );
      expect(await second.stop()).toBe(0);
    }, 120_000);

    test('can be dropped while they wait, and the others are sent', async () => {
      await using state = await inSqlite();
      await using broker = await startMosquitto();
      await using proxy = await startProxy(broker.address);
      await proxy.refuse();
      await using app = await startOrders('--profile', 'mqtt', '--mqtt', proxy.address, ...state.args);
      const [first, dropped, last] = await placeOrders(app, 3);
      expect(await tenonOutbox('drop', '2', ...state.args)).toMatchObject({
        code: 0,
        json: { event: 'drop', dropped: 1 },
      });
      expect(await tenonOutbox('drop', '2', ...state.args)).toMatchObject({
        code: 1,
        json: { event: 'diagnostic', code: 'cli/no-such-message' },
      });
      await proxy.accept();
      await allFulfilled(app, [first!, last!]);
      expect(await statusOf(app.url, dropped!)).toBe('created');
    }, 120_000);
  },
);

test.skipIf(redisServer.missing)(
  `orders over Redis wait until somebody hears them; one of two processes sends${redisServer.reason}`,
  async () => {
    await using state = await inSqlite();
    await using redis = await startRedis();
    const args = ['--profile', 'redis', '--redis', redis.address, ...state.args];
    await using front = await startOrders(...args, '--only', 'receiver,status');
    const orders = await placeOrders(front, 3);
    const { json } = await until(
      () => tenonOutbox(...state.args),
      (seen) => JSON.stringify(seen.json).includes('nobody is subscribed'),
    );
    expect(json).toMatchObject({ running: true, length: 3 });
    await using back = await startOrders(...args, '--only', 'fulfilment');
    await tenonOutbox('retry', ...state.args);
    await allFulfilled(front, orders);
    await until(
      () => tenonOutbox(...state.args),
      (seen) => seen.json['length'] === 0,
    );
    expect([await front.stop(), await back.stop()]).toEqual([0, 0]);
  },
  120_000,
);
