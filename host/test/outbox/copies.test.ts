import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startApp, type RunningApp } from '../../src/trigger/app.ts';
import { listen } from '../broker/listener.ts';
import { startMosquitto, startProxy } from '../brokers.ts';
import { copyOfOrders, placeOrder, statusOf, temporaryFolder } from '../orders/app.ts';
import { tool } from '../tools.ts';
import { until } from './process.ts';

const mosquitto = tool('mosquitto');

/** A copy of each order is kept until its broker has it, or sent once. */
const PROFILES = [1, 0]
  .map((qos) => `\n[profile.qos-${qos}.edge.receiver.fulfilment]\ntee = { mqtt = "copies", qos = ${qos} }\n`)
  .join('');

test.skipIf(mosquitto.missing)(
  `orders are taken while no copy of them can be sent, which is counted${mosquitto.reason}`,
  async () => {
    await using orders = await copyOfOrders();
    await using folder = await temporaryFolder('copies');
    await using broker = await startMosquitto();
    await using proxy = await startProxy(broker.address);
    await using heard = await listen(broker.address, 'copies');
    appendFileSync(orders.manifest, PROFILES);
    const log: string[] = [];
    const start = (profile: string): Promise<RunningApp> =>
      startApp({
        manifest: orders.manifest,
        profile,
        listen: '127.0.0.1:0',
        workers: 1,
        typeCheck: false,
        mqtt: proxy.address,
        outDir: join(folder.path, 'out'),
        stateDir: join(folder.path, profile),
        log: ({ message }) => void log.push(message),
      });
    const order = async (app: RunningApp): Promise<void> => {
      expect(await statusOf(app.url!, await placeOrder(app.url!, 'copied'))).toBe('fulfilled');
    };
    const counted = async (app: RunningApp, name: 'sent' | 'failed' | 'lost', least: number): Promise<void> =>
      void (await until(
        async () => app.copies[name],
        (count) => count >= least,
      ));

    await proxy.refuse();
    {
      await using once = await start('qos-0');
      await order(once);
      await counted(once, 'lost', 1);
      expect(once.copies).toEqual({ sent: 0, failed: 0, lost: 1 });
      expect(log.join('\n')).toMatch(/a message to copies at mqtt_address is lost: .*cannot be reached/);
    }
    await using kept = await start('qos-1');
    await order(kept);
    await counted(kept, 'failed', 1);
    expect(kept.copies).toMatchObject({ sent: 0, lost: 0 });
    await proxy.accept();
    await counted(kept, 'sent', 1);
    expect(await heard.until(1)).toHaveLength(1);
  },
  180_000,
);
