import { rmSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startApp, type RunningApp, type StartOptions } from '../../src/trigger/app.ts';
import { startMosquitto, startProxy, startRedis, type BrokerProcess } from '../brokers.ts';
import type { Project } from '../fixtures/project.ts';
import { ORDERS_MANIFEST, placeOrder, statusOf } from '../orders/app.ts';
import { tool } from '../tools.ts';
import {
  clear,
  counted,
  countsOf,
  kept,
  listenerProject,
  message,
  mqttClient,
  openUp,
  redisClient,
  until,
  type Client,
} from './listener-app.ts';

const mosquitto = tool('mosquitto');
const redisServer = tool('redis-server');

let project: Project;
beforeAll(() => {
  project = listenerProject();
});
afterAll(() => project[Symbol.dispose]());

const toEnd: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of toEnd.splice(0).toReversed()) await one[Symbol.asyncDispose]();
  rmSync(project.file('state'), { recursive: true, force: true });
});

function ending<T extends AsyncDisposable>(one: T): T {
  toEnd.push(one);
  return one;
}

/** Starts the app; `log` takes its lines. */
async function start(
  kind: 'mqtt' | 'redis',
  options: Partial<StartOptions> = {},
  log: string[] = [],
): Promise<RunningApp> {
  return ending(
    await startApp({
      manifest: project.file(`${kind}.toml`),
      listen: '127.0.0.1:0',
      stateDir: project.file('state'),
      log: ({ level, message: line }) => void log.push(`${level} ${line}`),
      ...options,
    }),
  );
}

/** Where the app's messages come from. */
interface Source {
  readonly name: string;
  readonly kind: 'mqtt' | 'redis';
  readonly skip: boolean;
  /** Absent: the broker within the app's process. */
  readonly broker?: () => Promise<BrokerProcess>;
}

const SOURCES: readonly Source[] = [
  { name: 'the embedded MQTT broker', kind: 'mqtt', skip: false },
  {
    name: `mosquitto${mosquitto.reason}`,
    kind: 'mqtt',
    skip: mosquitto.missing,
    broker: startMosquitto,
  },
  { name: `redis-server${redisServer.reason}`, kind: 'redis', skip: redisServer.missing, broker: startRedis },
];

describe.each(SOURCES)('messages of $name', ({ kind, skip, broker: startBroker }) => {
  const a = kind === 'redis' ? 'redis' : 'events/a';
  const log: string[] = [];
  /** Told of each line of the log. */
  let onLine: (line: string) => void = () => {};
  const stateDir = (): string => project.file(`state of ${kind}`);
  let broker: BrokerProcess | undefined;
  let app: RunningApp;
  let client: Client;
  let before: ReturnType<typeof countsOf>;

  async function startIt(): Promise<RunningApp> {
    return startApp({
      manifest: project.file(`${kind}.toml`),
      listen: '127.0.0.1:0',
      stateDir: stateDir(),
      ...(broker && { [kind]: broker.address }),
      log({ level, message: line }) {
        log.push(`${level} ${line}`);
        onLine(line);
      },
    });
  }

  beforeAll(async () => {
    if (skip) return;
    broker = await startBroker?.();
    app = await startIt();
    const address = broker?.address ?? app.brokers.embedded ?? '';
    client = kind === 'redis' ? await redisClient(address) : await mqttClient(address);
  });
  beforeEach(async () => {
    if (skip) return;
    await clear(app);
    log.length = 0;
    client.givenUp.length = 0;
    onLine = () => {};
    before = countsOf(app);
  });
  afterAll(async () => {
    await client?.[Symbol.asyncDispose]();
    await app?.close();
    await broker?.[Symbol.asyncDispose]();
    rmSync(stateDir(), { recursive: true, force: true });
  });

  const givenUp = (): Promise<void> =>
    until(
      () => client.givenUp.length === 1,
      () => client.givenUp,
    );

  test.skipIf(skip)('are handled in order, more of them than fit at once', async () => {
    const texts = Array.from({ length: 40 }, (_, index) => String(index));
    await Promise.all(texts.map((text) => client.publish('events/a', message('keep', text))));
    await counted(app, { handled: 40 }, before);
    expect(await kept(app)).toEqual(texts.map((text) => `${a} ${text}`));
  });

  test.skipIf(skip)('that are published again with the same id are handled once', async () => {
    for (const id of ['1', '2', '1', '2', '1']) await client.publish('events/a', message('keep', id, id));
    await counted(app, { handled: 2, repeated: 3 }, before);
    expect(await kept(app)).toEqual([`${a} 1`, `${a} 2`]);
  });

  test.skipIf(skip)(
    'that fail each time are given up with the reason, and the next ones handled',
    async () => {
      await client.publish('events/a', message('fail', 'stock', 'm1'));
      await client.publish('events/a', message('keep', 'next'));
      await counted(app, { handled: 1, dead: 1, retried: 3 }, before);
      await givenUp();
      expect(client.givenUp[0]).toMatchObject({
        message: { do: 'fail', text: 'stock', _tenon: { id: 'm1' } },
        encoding: 'json',
        reason: 'no stock',
        attempts: 4,
        topic: kind === 'redis' ? 'events' : 'events/a',
      });
      expect(await kept(app)).toEqual([`${a} next`]);
      expect(log.filter((line) => line.includes('message m1 failed: no stock'))).toHaveLength(3);
    },
  );

  test.skipIf(skip)('that are malformed are given up at once', async () => {
    await client.publish('events/a', message('malformed', 'no such thing'));
    await counted(app, { dead: 1, retried: 0 }, before);
    await givenUp();
    expect(client.givenUp[0]).toMatchObject({ reason: 'malformed: no such thing', attempts: 1 });
  });

  test.skipIf(skip)(
    'that are no JSON reach the service all the same, and are given up as base64',
    async () => {
      await client.publish('events/a', 'no JSON');
      await counted(app, { dead: 1 }, before);
      await givenUp();
      expect(client.givenUp[0]).toMatchObject({ message: 'bm8gSlNPTg==', encoding: 'base64', attempts: 4 });
    },
  );

  test.skipIf(skip)('whose worker ends in the middle are handled by another', async () => {
    await client.publish('events/a', message('loop until open', 'late'));
    await until(
      () => app.stats()['listener']?.busy === 1,
      () => app.stats(),
    );
    await openUp(app);
    await counted(app, { handled: 1, retried: 1 }, before);
    expect(await kept(app)).toEqual([`${a} late`]);
    expect(log.join('\n')).toContain('failed: the event was not done within its deadline (try 1 of 4');
  });

  test.skipIf(skip)('whose event trapped are tried again, and leave what they wrote once', async () => {
    onLine = (line) => void (line.includes('try 1 of 4') && openUp(app));
    await client.publish('events/a', message('trap until open', 'again'));
    await counted(app, { handled: 1 }, before);
    expect(await kept(app)).toEqual([`${a} again`]);
  });

  test.skipIf(skip)(
    'that the app has when it closes are handled, or kept by a broker that keeps them',
    async () => {
      const texts = Array.from({ length: 40 }, (_, index) => String(index));
      await Promise.all(texts.map((text) => client.publish('events/a', message('keep', text))));
      const ofThem = (): number => countsOf(app).handled - before.handled;
      await until(
        () => ofThem() > 0,
        () => countsOf(app),
      );
      // Redis keeps nothing, so all that has arrived is handled; an app's own broker goes with the process.
      const least = kind === 'redis' ? ofThem() + countsOf(app).held : 1;
      await app.close();
      expect(countsOf(app).held).toBe(0);
      expect(ofThem()).toBeGreaterThanOrEqual(least);
      const wanted = kind === 'mqtt' && broker ? 40 : ofThem();
      app = await startIt();
      await until(
        async () => (await kept(app)).length === wanted,
        () => countsOf(app),
      );
      expect(await kept(app)).toEqual(texts.slice(0, wanted).map((text) => `${a} ${text}`));
    },
  );
});

describe.skipIf(mosquitto.missing)(`an MQTT broker that fails${mosquitto.reason}`, () => {
  test('loses no message of an app that is away, or that failed before it ended', async () => {
    const { address } = ending(await startMosquitto());
    const client = ending(await mqttClient(address));
    let failed = false;
    const first = await start('mqtt', {
      mqtt: address,
      log: ({ message: line }) => void (failed ||= line.includes('try 1 of 4')),
    });
    await client.publish('events/a', message('trap until open', 'failed'));
    await until(
      () => failed,
      () => countsOf(first),
    );
    await first.close();

    await client.publish('events/a', message('keep', 'meanwhile'));
    const second = await start('mqtt', { mqtt: address });
    await openUp(second);
    await counted(second, { handled: 2 });
    expect((await kept(second)).toSorted()).toEqual(['events/a failed', 'events/a meanwhile']);
  });

  test('is found again after cuts and restarts, and each message is handled once in effect', async () => {
    const broker = ending(await startMosquitto({ persistent: true }));
    const proxy = ending(await startProxy(broker.address));
    const client = ending(await mqttClient(broker.address));
    const app = await start('mqtt', { mqtt: proxy.address });
    const texts = Array.from({ length: 120 }, (_, index) => String(index));
    const published = (async () => {
      for (const text of texts)
        await client.publish(`events/${Number(text) % 3}`, message('keep', text, text));
    })();
    for (const share of [0.2, 0.4, 0.6]) {
      await until(
        () => done(app) >= texts.length * share,
        () => countsOf(app),
      );
      if (share === 0.4) {
        await broker.stop();
        await broker.start();
      } else proxy.cut();
    }
    await published;
    await until(
      async () => (await kept(app)).length === texts.length,
      () => countsOf(app),
    );
    await counted(app, {});
    expect((await kept(app)).toSorted()).toEqual(
      texts.map((text) => `events/${Number(text) % 3} ${text}`).toSorted(),
    );
  });

  test('may be down when the app starts', async () => {
    const broker = ending(await startMosquitto());
    await broker.stop();
    const log: string[] = [];
    const app = await start('mqtt', { mqtt: broker.address }, log);
    expect(log.join('\n')).toContain(
      `warn mqtt events/#: no connection to ${broker.address}: connect ECONNREFUSED`,
    );
    await broker.start();
    await until(
      () => app.messages[0]?.subscribed === true,
      () => app.messages,
    );
    const client = ending(await mqttClient(broker.address));
    await client.publish('events/a', message('keep', 'there'));
    await counted(app, { handled: 1 });
  });

  test('shares messages among replicas, and is needed for that', async () => {
    await expect(start('mqtt', { replica: 'a' })).rejects.toMatchObject({ code: 'trigger/replica-alone' });
    const { address } = ending(await startMosquitto());
    const client = ending(await mqttClient(address));
    const a = await start('mqtt', { mqtt: address, replica: 'a' });
    const b = await start('mqtt', { mqtt: address, replica: 'b' });
    for (let index = 0; index < 20; index++) await client.publish('events/a', message('keep', String(index)));
    await until(
      () => done(a) + done(b) === 20,
      () => [a.messages, b.messages],
    );
    expect(await kept(a)).toHaveLength(20);
    expect(Math.min(done(a), done(b))).toBeGreaterThan(0);
  });
});

function done(app: RunningApp): number {
  return countsOf(app).handled;
}

describe.skipIf(redisServer.missing)(`a Redis server that fails${redisServer.reason}`, () => {
  async function backAgain(app: RunningApp): Promise<void> {
    await until(
      () => app.messages[0]?.subscribed === true,
      () => app.messages,
    );
  }

  test('is found again after cuts and restarts', async () => {
    const server = ending(await startRedis());
    const proxy = ending(await startProxy(server.address));
    const app = await start('redis', { redis: proxy.address });
    const failures: readonly (() => Promise<void>)[] = [
      async () => proxy.cut(),
      async () => {
        await server.kill();
        await server.start();
      },
    ];
    for (const [index, fail] of failures.entries()) {
      await fail();
      await until(
        () => proxy.connections > index + 1,
        () => proxy.connections,
      );
      await backAgain(app);
      const client = ending(await redisClient(server.address));
      await until(
        async () => (await client.publish('', message('keep', String(index)))) === 1,
        () => index,
      );
      await counted(app, { handled: index + 1 });
    }
    expect(await kept(app)).toEqual(['redis 0', 'redis 1']);
  });

  test('may be down when the app starts', async () => {
    const server: BrokerProcess = ending(await startRedis());
    await server.stop();
    const app = await start('redis', { redis: server.address });
    await server.start();
    await backAgain(app);
    const client = ending(await redisClient(server.address));
    await client.publish('', message('keep', 'there'));
    await counted(app, { handled: 1 });
    expect(await kept(app)).toEqual(['redis there']);
  });
});

describe('units in processes of their own', () => {
  const orders = (part: string, options: Partial<StartOptions>): Promise<RunningApp> =>
    start('mqtt', {
      manifest: ORDERS_MANIFEST,
      outDir: project.file(`out of ${part}`),
      stateDir: project.file('state'),
      profile: 'mqtt',
      ...options,
    });

  // The first of them builds the orders app.
  test.skipIf(mosquitto.missing)(
    `work together over a broker${mosquitto.reason}`,
    { timeout: 180_000 },
    async () => {
      const { address: mqtt } = ending(await startMosquitto());
      const fulfilment = await orders('fulfilment', { mqtt, only: ['fulfilment'] });
      expect(fulfilment.units.map(({ name }) => name)).toEqual(['fulfilment']);
      expect(fulfilment.url).toBeUndefined();
      const others = await orders('others', { mqtt, only: ['receiver,status'] });
      expect(others.messages).toEqual([]);
      const order = await placeOrder(others.url ?? '', 'three apples');
      await counted(fulfilment, { handled: 1 });
      expect(await statusOf(others.url ?? '', order)).toBe('fulfilled');
    },
  );

  test('need one that both can reach', async () => {
    await expect(orders('receiver', { only: ['receiver'] })).rejects.toMatchObject({
      code: 'trigger/broker-apart',
      message: '`receiver` reaches `fulfilment` over MQTT, and `fulfilment` runs elsewhere',
    });
  });

  test('need none for what stays within a process', async () => {
    const app = await orders('status', { only: ['status'] });
    expect([app.brokers, app.units.map(({ name }) => name)]).toEqual([{}, ['status']]);
  });
});

describe('what an app must be told', () => {
  test('where Redis is', async () => {
    await expect(start('redis', { env: {} })).rejects.toMatchObject({
      code: 'trigger/no-redis',
      diagnostics: [{ expected: expect.stringContaining('--redis') as unknown }],
    });
  });

  test('an address that is one', async () => {
    await expect(start('mqtt', { mqtt: 'redis://127.0.0.1' })).rejects.toMatchObject({
      code: 'broker/address',
    });
  });

  test('units that it has', async () => {
    await expect(start('mqtt', { only: ['listner'] })).rejects.toMatchObject({
      code: 'trigger/unknown-unit',
      diagnostics: [{ next: 'Did you mean `listener`?' }],
    });
  });
});
