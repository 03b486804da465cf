import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startApp } from '../../src/trigger/app.ts';
import { startMosquitto, startProxy, type BrokerProcess, type Proxy } from '../brokers.ts';
import { inParallel, placeOrder, statusOf, temporaryFolder } from '../orders/app.ts';
import { tool } from '../tools.ts';
import { until } from '../triggers/listener-app.ts';
import { countingOrders, POISON, tally } from './counting-orders.ts';

const mosquitto = tool('mosquitto');

const ORDERS = 2_000;
const CLIENTS = 12;

/**
 * What is done to the network and the broker, by the number of the order before which it happens. The broker is told
 * to end: killed with SIGKILL, Mosquitto loses what it has acknowledged (docs/placements.md, "Brokers").
 */
function faults(proxy: Proxy, broker: BrokerProcess): ReadonlyMap<number, () => Promise<void> | void> {
  return new Map<number, () => Promise<void> | void>([
    [200, () => broker.stop()],
    [350, () => broker.start()],
    [500, () => proxy.halve('up')],
    [600, () => proxy.delay(15)],
    [700, () => broker.stop()],
    [850, () => broker.start()],
    [1_000, () => proxy.cut()],
    [1_100, () => proxy.delay(0)],
    [1_200, () => proxy.halve('down')],
    [1_300, () => broker.stop()],
    [1_450, () => broker.start()],
    [1_600, () => proxy.hold('down')],
    [1_700, () => proxy.release('down')],
    [1_800, () => proxy.cut()],
  ]);
}

test.skipIf(mosquitto.missing)(
  `every order that was answered with 202 is fulfilled once, whatever befalls network, broker and workers${mosquitto.reason}`,
  async () => {
    await using orders = await countingOrders();
    await using state = await temporaryFolder('faults');
    await using broker = await startMosquitto({ persistent: true });
    await using proxy = await startProxy(broker.address);
    const log: string[] = [];
    await using app = await startApp({
      manifest: orders.manifest,
      profile: 'mqtt',
      mqtt: proxy.address,
      listen: '127.0.0.1:0',
      stateDir: state.path,
      outDir: join(state.path, 'out'),
      log: ({ level, message }) => void (level !== 'debug' && log.push(message)),
    });
    const base = app.url!;
    const events = faults(proxy, broker);
    const poison = await placeOrder(base, POISON);
    const accepted = await inParallel(ORDERS, CLIENTS, async (index) => {
      await events.get(index)?.();
      return placeOrder(base, `order ${index}`);
    });
    const counts = () => ({ ...app.messages[0]!.counts });
    await until(
      () => counts().handled >= ORDERS && counts().dead >= 1 && counts().held === 0,
      () => [counts(), log],
    );

    expect(new Set(accepted.map(({ id }) => id)).size).toBe(ORDERS);
    const once = Object.fromEntries(accepted.map(({ id }) => [String(id), 1]));
    expect(await tally(base)).toEqual(once);
    for (const order of accepted) expect(await statusOf(base, order)).toBe('fulfilled');
    expect(await app.outbox()).toMatchObject({ length: 0 });
    // The poison costs a worker at each of its two tries, and goes to the dead letter: once more where a broker
    // did not hear that it was acknowledged.
    expect(await statusOf(base, poison)).toBe('created');
    const { dead } = counts();
    expect(app.stats()['fulfilment']).toMatchObject({ deadlines: 2 * dead, replacements: 2 * dead });
  },
  240_000,
);
