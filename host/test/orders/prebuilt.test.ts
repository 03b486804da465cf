import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildApp, cacheFolder, type BuiltApp } from '../../src/build/app.ts';
import { openCache } from '../../src/build/cache.ts';
import { loadApp } from '../../src/build/load.ts';
import { buildService } from '../../src/build/service.ts';
import { componentTypeOf } from '../../src/component/signature.ts';
import { unwrap } from '../../src/diagnostics/error.ts';
import { startApp, type AppLog, type RunningApp } from '../../src/trigger/app.ts';
import { tool } from '../tools.ts';
import { startWasmtime } from '../wasmtime/unit.ts';
import { copyOfOrders, inParallel, ORDERS_MANIFEST, placeOrder, statusOf } from './app.ts';
import { checkRow } from './check-row.ts';
import { handWrittenFulfilment } from './hand-written.ts';
import { ORDERS, REFUSALS } from './http-table.ts';

const wasmTools = tool('wasm-tools');
const wasmtime = tool('python-wasmtime');
type Service = 'receiver' | 'fulfilment' | 'status';
type Copy = Awaited<ReturnType<typeof copyOfOrders>>;

/** The sample's services as files of components, from our own toolchain. */
async function ownComponents(): Promise<Own> {
  const app = await loadApp({ manifest: ORDERS_MANIFEST });
  const cache = openCache(cacheFolder(ORDERS_MANIFEST));
  const components = new Map<string, Uint8Array>();
  for (const service of app.services) {
    if (service.toolchain === 'prebuilt') continue;
    const { component } = await buildService(service, {
      cache,
      base: join(ORDERS_MANIFEST, '..'),
      force: false,
      inTurn: (work) => work(),
      onStep: () => {},
    });
    components.set(service.name, component);
  }
  return {
    receiver: components.get('receiver')!,
    fulfilment: components.get('fulfilment')!,
    status: components.get('status')!,
  };
}

/** The sample with some services given as files of components. */
async function ordersWith(components: Components): Promise<Copy> {
  const copy = await copyOfOrders();
  let manifest = await readFile(copy.manifest, 'utf8');
  for (const [name, bytes] of Object.entries(components)) {
    const source = `path = "../components/${name}"`;
    expect(manifest).toContain(source);
    manifest = manifest.replace(source, `component = "${name}.wasm"`);
    await writeFile(join(copy.path, 'composed', `${name}.wasm`), bytes);
  }
  await writeFile(copy.manifest, manifest);
  return copy;
}

type Components = Partial<Record<Service, Uint8Array>>;
type Own = Record<Service, Uint8Array>;

const CASES: readonly [string, (own: Own) => Promise<Components>][] = [
  ['Fulfilment written by hand', async () => ({ fulfilment: await handWrittenFulfilment() })],
  ['Receiver and Status', async ({ receiver, status }) => ({ receiver, status })],
  ['all from our own toolchain', async (components) => components],
  [
    'Fulfilment with WASI 0.2.0',
    async (components) => ({ ...components, fulfilment: await handWrittenFulfilment('0.2.0') }),
  ],
  [
    'Fulfilment with WASI 0.2.6',
    async (components) => ({ ...components, fulfilment: await handWrittenFulfilment('0.2.6') }),
  ],
];

let own: Own;
beforeAll(async () => {
  own = await ownComponents();
});

describe.each(CASES)('prebuilt: %s', (_, components) => {
  let copy: Copy;
  let built: BuiltApp;
  let app: RunningApp;
  const log: AppLog[] = [];

  beforeAll(async () => {
    copy = await ordersWith(await components(own));
    built = await buildApp({ manifest: copy.manifest });
    app = await startApp({
      manifest: copy.manifest,
      listen: '127.0.0.1:0',
      workers: 2,
      log: (entry) => log.push(entry),
    });
  });
  afterAll(async () => {
    await app?.close();
    await copy?.[Symbol.asyncDispose]();
  });

  test('answers on Node as TypeScript does', async () => {
    expect(app.warnings).toEqual([]);
    for (const row of [...REFUSALS, ...ORDERS].filter(({ portable }) => portable)) {
      const response = await fetch(`${app.url}${row.path}`, {
        method: row.method,
        ...(row.headers && { headers: { ...row.headers } }),
        ...(row.body !== undefined && { body: row.body as string }),
      });
      await checkRow(row, response);
    }
    const orders = await inParallel(40, 4, (n) => placeOrder(app.url!, `order ${n}`));
    const statuses = await inParallel(orders.length, 4, (n) => statusOf(app.url!, orders[n]!));
    expect(new Set(statuses)).toEqual(new Set(['fulfilled']));
  });

  test('imports every interface once, of the highest version', () => {
    const { wasm } = built.units.find(({ unit }) => unit.name === 'receiver')!;
    const names = [...unwrap(componentTypeOf(readFileSync(wasm))).imports.keys()];
    expect(names).toContain('fermyon:spin/key-value@2.0.0');
    const tracks = names.map((name) => name.replace(/@.*/, ''));
    expect(new Set(tracks).size).toBe(tracks.length);
    expect(names.filter((name) => name.startsWith('wasi:') && !name.endsWith('@0.2.12'))).toEqual([]);
  });

  test.skipIf(wasmTools.missing)(`is valid to wasm-tools${wasmTools.reason}`, () => {
    for (const { wasm } of built.units) {
      const { stderr, status } = spawnSync('wasm-tools', ['validate', wasm], { encoding: 'utf8' });
      expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    }
  });

  test.skipIf(wasmtime.missing)(`answers on Wasmtime 42${wasmtime.reason}`, async () => {
    await using host = startWasmtime(
      Object.fromEntries(built.units.map(({ unit, wasm }) => [unit.name, wasm])),
    );
    const request = async (method: string, uri: string, body?: string) => {
      const unit = uri.startsWith('/orderstatus') ? 'status' : 'receiver';
      const headers = [
        ['host', 'localhost'],
        ['spin-full-url', `http://localhost${uri}`],
      ] as const;
      const answer = await host.units[unit]!.request({
        method,
        uri,
        headers,
        ...(body !== undefined && { body: Buffer.from(body) }),
      });
      return { status: answer.status, json: JSON.parse(Buffer.from(answer.body).toString()) };
    };
    const accepted = await request('POST', '/order', '{"details":"x"}');
    expect(accepted.status).toBe(202);
    const { id, href } = accepted.json.task as { id: number; href: string };
    expect((await request('GET', href)).json).toEqual({ id: String(id), status: 'fulfilled' });
    expect((await request('POST', '/order', '{}')).status).toBe(400);
  });
});

describe('a Fulfilment written by hand', () => {
  const log: AppLog[] = [];
  let copy: Copy;
  let app: RunningApp;
  const order = (details: string): Promise<Response> =>
    fetch(`${app.url}/order`, { method: 'POST', body: JSON.stringify({ details }) });

  beforeAll(async () => {
    copy = await ordersWith({ ...own, fulfilment: await handWrittenFulfilment('0.2.6') });
    app = await startApp({
      manifest: copy.manifest,
      listen: '127.0.0.1:0',
      workers: 1,
      log: (entry) => log.push(entry),
    });
  });
  afterAll(async () => {
    await app?.close();
    await copy?.[Symbol.asyncDispose]();
  });

  test('starts each event as new, whether its instance is made or reset', async () => {
    for (let n = 0; n < 10; n++) expect((await order('again')).status).toBe(202);
    const { traps, resets, unprovable } = app.stats()['receiver']!;
    // Its hidden global is proven to be reset too.
    expect({ traps, unprovable, reset: resets > 0 }).toEqual({ traps: 0, unprovable: 0, reset: true });
  });

  test('may grow its memory as far as the app lets it', async () => {
    expect((await order('grow')).status).toBe(202);
    expect((await order('grow much')).status).toBe(500);
    expect((await order('after')).status).toBe(202);
    const { traps, grown } = app.stats()['receiver']!;
    expect({ traps, grown }).toEqual({ traps: 1, grown: 1 });
  });

  test('writes to the log of its unit', async () => {
    expect((await order('tell')).status).toBe(202);
    expect(log).toContainEqual(
      expect.objectContaining({ unit: 'receiver', stream: 'stderr', message: 'submitted' }),
    );
  });

  test('without a grant is refused before anything is built', async () => {
    await using other = await ordersWith({ fulfilment: await handWrittenFulfilment() });
    const manifest = await readFile(other.manifest, 'utf8');
    const without = manifest.replace(
      'component = "fulfilment.wasm"\ngrants = ["key-value"]',
      'component = "fulfilment.wasm"',
    );
    expect(without).not.toBe(manifest);
    await writeFile(other.manifest, without);
    await expect(buildApp({ manifest: other.manifest })).rejects.toMatchObject({
      diagnostics: [{ code: 'plan/missing-grant' }],
    });
  });
});
