import { spawnSync } from 'node:child_process';
import { appendFile, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { cacheFolder } from '../../src/build/app.ts';
import { openCache } from '../../src/build/cache.ts';
import { loadApp } from '../../src/build/load.ts';
import { buildService } from '../../src/build/service.ts';
import { clear, Store } from '../doubles/key-value.ts';
import { copyOfOrders, ORDERS_MANIFEST, temporaryFolder } from '../orders/app.ts';
import { handWrittenFulfilment } from '../orders/hand-written.ts';
import { ANSWERS } from '../placements/expected.ts';
import { tool } from '../tools.ts';
import { fakeApp, type FakeApp } from './units.ts';

const wasmTools = tool('wasm-tools');
const PLACEMENTS = fileURLToPath(new URL('../placements/placements.toml', import.meta.url));

/** A service of an app as the file of a component would have it. */
async function componentOf(manifest: string, name: string): Promise<Uint8Array> {
  const app = await loadApp({ manifest });
  const service = app.services.find((one) => one.name === name)!;
  if (service.toolchain === 'prebuilt') throw new Error(`${name} is prebuilt`);
  const { component } = await buildService(service, {
    cache: openCache(cacheFolder(manifest)),
    base: dirname(manifest),
    force: false,
    inTurn: (work) => work(),
    onStep: () => {},
  });
  return component;
}

type Components = Readonly<Record<string, Uint8Array>>;

/** Writes components beside a manifest and names them in it instead of the services' folders. */
async function withComponents(manifest: string, components: Components): Promise<void> {
  let text = await readFile(manifest, 'utf8');
  for (const [name, bytes] of Object.entries(components)) {
    const path = new RegExp(`(\\[service\\.${name}\\]\\n)path = .*`);
    expect(text).toMatch(path);
    text = text.replace(path, `$1component = "${name}.wasm"`);
    await writeFile(join(dirname(manifest), `${name}.wasm`), bytes);
  }
  await writeFile(manifest, text);
}

const TEED = '\n[profile.teed.edge.receiver.fulfilment]\ntee = { mqtt = "copies" }\n';

describe('the orders app, its importer prebuilt and its provider written by hand', () => {
  let copy: Awaited<ReturnType<typeof copyOfOrders>>;
  const apps = new Map<string, Promise<FakeApp>>();

  beforeAll(async () => {
    copy = await copyOfOrders();
    await withComponents(copy.manifest, {
      receiver: await componentOf(ORDERS_MANIFEST, 'receiver'),
      fulfilment: await handWrittenFulfilment(),
    });
    await appendFile(copy.manifest, TEED);
  });
  afterAll(() => copy?.[Symbol.asyncDispose]());
  beforeEach(clear);

  /** The app under a profile, built once. */
  const under = (profile: string): Promise<FakeApp> => {
    const app =
      apps.get(profile) ?? fakeApp({ manifest: copy.manifest, profile, outDir: join(copy.path, profile) });
    apps.set(profile, app);
    return app;
  };
  const order = async (app: FakeApp): Promise<number> => {
    const receiver = await app.unit('receiver');
    const answer = receiver.request('/order', 'post', '{"details":"x"}');
    expect(answer.status).toBe(202);
    return (JSON.parse(answer.text) as { task: { id: number } }).task.id;
  };
  const statusOf = (id: number): string =>
    new TextDecoder().decode(Store.open('default').get(String(id)) ?? new Uint8Array());

  test.each(['mqtt', 'redis'] as const)('carries orders over %s', async (profile) => {
    const app = await under(profile);
    const id = await order(app);
    expect(app.brokers.json()).toMatchObject({ id, details: 'x', status: 'created' });
    const fulfilment = await app.unit('fulfilment');
    const { payload } = app.brokers.published[0]!;
    const handle = (message: Uint8Array | string): unknown =>
      profile === 'mqtt' ? fulfilment.mqtt('neworders', message) : fulfilment.redis(message);
    expect(handle(payload)).toBeUndefined();
    expect(statusOf(id)).toBe('fulfilled');
    expect(handle('{}')).toEqual(
      profile === 'mqtt'
        ? { tag: 'other', val: 'malformed: order.id: expected u32, found undefined' }
        : 'error',
    );
  });

  test('has copies of linked calls', async () => {
    const app = await under('teed');
    const id = await order(app);
    expect(statusOf(id)).toBe('fulfilled');
    expect(app.brokers.published.map(({ topic }) => topic)).toEqual(['copies']);
    expect(app.brokers.json()).toEqual({ id, details: 'x', status: 'created' });
  });

  test.skipIf(wasmTools.missing)(`makes valid components${wasmTools.reason}`, async () => {
    const built = await Promise.all(['mqtt', 'redis', 'teed'].map(under));
    for (const { wasm } of built.flatMap(({ app }) => app.units)) {
      const run = spawnSync('wasm-tools', ['validate', wasm]);
      expect([run.status, run.stderr.toString()]).toEqual([0, '']);
    }
  });
});

describe('a prebuilt service in a chain', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let app: FakeApp;

  beforeAll(async () => {
    folder = await temporaryFolder('adapters');
    const manifest = join(folder.path, 'placements', 'placements.toml');
    await mkdir(dirname(manifest));
    const source = dirname(PLACEMENTS);
    for (const name of ['caller', 'desk', 'till', 'wit', 'counter.ts', 'placements.toml']) {
      await cp(join(source, name), join(dirname(manifest), name), { recursive: true });
    }
    await cp(join(source, '..', 'every-type'), join(folder.path, 'every-type'), { recursive: true });
    await withComponents(manifest, { desk: await componentOf(PLACEMENTS, 'desk') });
    await appendFile(manifest, '\n[edge.desk.till.tee]\nmqtt = "copies"\nresult = true\n');
    const place = ['caller.desk=redis', 'desk.till=redis'];
    app = await fakeApp({ manifest, place, outDir: join(folder.path, 'out') });
  });
  afterAll(() => folder?.[Symbol.asyncDispose]());
  beforeEach(async () => {
    clear();
    app.brokers.clear();
    const [desk, till] = [await app.unit('desk'), await app.unit('till')];
    app.brokers.listeners.set('tenon/placements/desk', (payload) => void desk.redis(payload));
    app.brokers.listeners.set('tenon/placements/till', (payload) => void till.redis(payload));
  });

  test.each(ANSWERS)('%s answers over Redis', async (call, answer) => {
    const caller = await app.unit('caller');
    expect(caller.request(`/${call}`)).toEqual({ status: 200, text: answer });
  });

  test('has copies of its calls', async () => {
    (await app.unit('caller')).request('/price');
    const copies = app.brokers.published.flatMap(({ topic }, at) =>
      topic === 'copies' ? [app.brokers.json(at)] : [],
    );
    expect(copies).toEqual([
      {
        arguments: {
          lines: [
            { name: 'cheese', quantity: 2 },
            { name: '🧀', quantity: 5 },
          ],
        },
        result: 7,
        _tenon: { function: 'tenon:placements/till#sum' },
      },
    ]);
  });
});
