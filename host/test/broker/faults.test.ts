import { expect, test } from 'vitest';
import { startMosquitto, startProxy, startRedis, type BrokerProcess, type Proxy } from '../brokers.ts';
import { tool } from '../tools.ts';
import { listen } from './listener.ts';
import { rig } from './workers.ts';

const redis = tool('redis-server');
const mosquitto = tool('mosquitto');

/** Lets so many pieces of data through between two faults. */
const PIECES = 10;

/** Does its worst to a connection, and to the server behind it, while work is done over it. */
async function disturb(proxy: Proxy, broker: BrokerProcess): Promise<void> {
  const faults: (() => Promise<void> | void)[] = [
    () => proxy.cut(),
    () => proxy.halve('down'),
    () => proxy.halve('up'),
    async () => {
      await proxy.refuse();
      await proxy.accept();
    },
    async () => {
      await broker.stop();
      await broker.start();
    },
    () => proxy.cut(),
  ];
  for (const fault of faults) {
    for (let piece = 0; piece < PIECES; piece++) await proxy.next('up');
    await fault();
  }
}

/** Code that does something until it has succeeded so often, and counts. */
function until(count: number, body: string): string {
  return `
    let done = 0, failed = 0;
    while (done < ${count}) {
      try { ${body} done++; }
      catch (error) {
        if (!['other', 'connection-failed'].includes(error.payload?.tag)) throw error;
        failed++;
      }
    }
    return { done, failed };`;
}

interface Counts {
  readonly done: number;
  readonly failed: number;
}

test.skipIf(redis.missing)(
  `commands end in their answer or in one error, whatever happens to the connection${redis.reason}`,
  async () => {
    await using server = await startRedis({ persistent: true });
    await using proxy = await startProxy(server.address);
    await using guests = rig();
    const code = until(
      150,
      `const c = redis.Connection.open('${proxy.address}'); try { c.incr('n'); } finally { c[Symbol.dispose](); }`,
    );
    const counting = [guests.worker(), guests.worker(), guests.worker()].map((worker) => worker.run(code));
    const popper = guests.worker().run(`
    const popped = [];
    const words = ['list', '0.02'].map((word) => ({ tag: 'binary', val: bytes(word) }));
    for (let i = 0; i < 60; i++) {
      try {
        const c = redis.Connection.open('${proxy.address}');
        try {
          c.execute('RPUSH', [words[0], { tag: 'int64', val: BigInt(i) }]);
          const [, item] = c.execute('BLPOP', words);
          if (item) popped.push(Number(String.fromCharCode(...item.val)));
        } finally { c[Symbol.dispose](); }
      } catch (error) { if (error.payload?.tag !== 'other') throw error; }
    }
    return popped;`);
    await disturb(proxy, server);
    const ran = await Promise.all(counting);
    expect(ran.map(({ error, handles }) => ({ error, handles }))).toEqual(
      ran.map(() => ({ error: undefined, handles: 0 })),
    );
    const { value: popped, error } = await popper;
    expect(error).toBeUndefined();
    // What one took nobody else has taken, and none came back.
    expect(popped).toEqual([...new Set(popped as number[])].toSorted((a, b) => a - b));

    const counts = ran.map(({ value }) => value as Counts);
    const done = counts.reduce((sum, one) => sum + one.done, 0);
    const failed = counts.reduce((sum, one) => sum + one.failed, 0);
    const { value } = await guests
      .worker()
      .run(`return Number(redis.Connection.open('${server.address}').incr('n')) - 1`);
    // Every one that succeeded counts once; one that failed may have been done.
    expect(value).toBeGreaterThanOrEqual(done);
    expect(value).toBeLessThanOrEqual(done + failed);
    expect(failed).toBeGreaterThan(0);
    expect(guests.server.pending).toBe(0);
  },
);

test.skipIf(mosquitto.missing)(
  `a message that was acknowledged has arrived, whatever happens to the connection${mosquitto.reason}`,
  async () => {
    await using broker = await startMosquitto({ persistent: true });
    await using proxy = await startProxy(broker.address);
    await using guests = rig();
    // Away while the broker is: what arrives then waits for it.
    const session = { clientId: 'listener', clean: false, qos: 1 } as const;
    await using listener = await listen(broker.address, 'seq/#', { ...session, reconnectPeriod: 20 });
    const published = [0, 1, 2].map((index) =>
      guests.worker().run(
        until(
          100,
          `
        const c = mqtt.Connection.open('${proxy.address}?client_id=guest', '', '', 30n);
        try { c.publish('seq/${index}', bytes(String(done)), 'at-least-once'); } finally { c[Symbol.dispose](); }`,
        ),
      ),
    );
    await disturb(proxy, broker);
    const ran = await Promise.all(published);
    expect(ran.map(({ error, handles }) => ({ error, handles }))).toEqual(
      ran.map(() => ({ error: undefined, handles: 0 })),
    );
    expect(ran.reduce((sum, { value }) => sum + (value as Counts).failed, 0)).toBeGreaterThan(0);
    await guests.worker()
      .run(`const c = mqtt.Connection.open('${broker.address}?client_id=guest', '', '', 30n);
    c.publish('seq/end', bytes('end'), 'at-least-once'); c[Symbol.dispose]();`);
    let heard = await listener.until(301);
    while (!heard.includes('seq/end: end')) heard = await listener.until(heard.length + 1);
    const missing = [0, 1, 2].flatMap((index) =>
      Array.from({ length: 100 }, (_, number) => `seq/${index}: ${number}`).filter(
        (line) => !heard.includes(line),
      ),
    );
    expect(missing).toEqual([]);
  },
);
