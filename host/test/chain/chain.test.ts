import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildApp } from '../../src/build/app.ts';
import { startApp, type RunningApp } from '../../src/trigger/app.ts';
import { startMosquitto, startRedis, type BrokerProcess } from '../brokers.ts';
import { temporaryFolder } from '../orders/app.ts';
import { tool } from '../tools.ts';
import { startWasmtime } from '../wasmtime/unit.ts';
import { baskets } from './baskets.ts';
import { answerOf, SKUS, type Answer, type Basket } from './oracle.ts';

const MANIFEST = fileURLToPath(new URL('chain.toml', import.meta.url));
/** `npm run soak` takes more. */
const COUNT = Number(process.env['TENON_CHAIN_BASKETS'] ?? 60);
const TIMEOUT = 60_000 + 500 * COUNT;

let lastId = 0;
/** The same baskets for every placement. */
const BASKETS = fc.sample(
  baskets(() => ++lastId),
  { seed: 26, numRuns: COUNT },
);

type Folder = Awaited<ReturnType<typeof temporaryFolder>>;

/** What is noted of a basket, as the store has it in the end. */
function noteOf({ id, lines }: Basket, { status, body }: Answer): unknown {
  return {
    basket: id,
    outcome: { tag: status === 200 ? 'ok' : 'err', val: body },
    skus: [lines.map(({ sku }) => sku), []],
  };
}

function reservations(): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { reserved } of BASKETS.map(answerOf)) {
    for (const [sku, count] of Object.entries(reserved)) sums[sku] = (sums[sku] ?? 0) + count;
  }
  return sums;
}

async function stored(app: RunningApp, key: string): Promise<string | undefined> {
  const response = await fetch(`${app.url}/store?${encodeURIComponent(key)}`);
  return response.status === 200 ? await response.text() : undefined;
}

/** Asks again until there is something, or the test's own time is over. */
async function eventually(app: RunningApp, key: string): Promise<string> {
  for (;;) {
    const value = await stored(app, key);
    if (value !== undefined) return value;
  }
}

const redisServer = tool('redis-server');
const mosquitto = tool('mosquitto');
const LOCAL = [['linked'], ['fused']] as const;
const BROKERS = [['redis'], ['mixed'], ['tee']] as const;

let redis: BrokerProcess | undefined;
let mqtt: BrokerProcess | undefined;
beforeAll(async () => {
  if (!redisServer.missing) redis = await startRedis();
  if (!mosquitto.missing) mqtt = await startMosquitto();
});
afterAll(async () => {
  await redis?.[Symbol.asyncDispose]();
  await mqtt?.[Symbol.asyncDispose]();
});

function suite(profile: string): void {
  let state: Folder;
  let app: RunningApp;
  const log: string[] = [];

  beforeAll(async () => {
    state = await temporaryFolder('chain');
    app = await startApp({
      manifest: MANIFEST,
      ...(profile !== 'linked' && { profile }),
      outDir: join(state.path, 'out'),
      listen: '127.0.0.1:0',
      stateDir: state.path,
      workers: 2,
      ...(redis && { redis: redis.address }),
      ...(mqtt && { mqtt: mqtt.address }),
      log: ({ level, message }) => void (level !== 'debug' && log.push(message)),
    });
  });
  afterAll(async () => {
    await app?.close();
    await state?.[Symbol.asyncDispose]();
  });

  test(
    'every basket is answered, refused and noted as it must be',
    async () => {
      for (const basket of BASKETS) {
        const wanted = answerOf(basket);
        const response = await fetch(`${app.url}/basket`, { method: 'POST', body: JSON.stringify(basket) });
        const text = await response.text();
        expect([basket, response.status, text === '' ? log.join('\n') : JSON.parse(text)]).toEqual([
          basket,
          wanted.status,
          wanted.body,
        ]);
        expect(JSON.parse(await eventually(app, `ledger/${basket.id}`))).toEqual(noteOf(basket, wanted));
      }
      for (const [sku, count] of Object.entries(reservations())) {
        expect([sku, await stored(app, `reserved/${sku}`)]).toEqual([sku, String(count)]);
      }
    },
    TIMEOUT,
  );

  test('a result that is none is none', async () => {
    for (const sku of [...SKUS, 'nothing', '']) {
      const response = await fetch(`${app.url}/piece?${encodeURIComponent(sku)}`);
      const { piece } = (await response.json()) as { piece: number | null };
      expect([sku, piece === null]).toEqual([sku, !SKUS.includes(sku)]);
    }
  });
}

describe.each(LOCAL)('on Node, %s', (profile) => void suite(profile));
describe.skipIf(redisServer.missing || mosquitto.missing).each(BROKERS)(
  `on Node, %s${redisServer.reason}${mosquitto.reason}`,
  (profile) => void suite(profile),
);

const python = tool('python-wasmtime');
describe.skipIf(python.missing)(`on Wasmtime 42${python.reason}`, () => {
  test(
    'the same answers, linked or fused',
    async () => {
      await using folder = await temporaryFolder('chain');
      const units: Record<string, string> = {};
      for (const [profile] of LOCAL) {
        const outDir = join(folder.path, profile);
        const built = await buildApp({
          manifest: MANIFEST,
          outDir,
          ...(profile !== 'linked' && { profile }),
        });
        units[profile] = built.units[0]!.wasm;
      }
      await using host = startWasmtime(units, 'ignore');
      for (const unit of Object.keys(units)) {
        for (const basket of BASKETS) {
          const wanted = answerOf(basket);
          const answer = await host.units[unit]!.request({
            method: 'POST',
            uri: '/basket',
            headers: [['host', 'localhost']],
            body: Buffer.from(JSON.stringify(basket)),
          });
          const body: unknown = JSON.parse(Buffer.from(answer.body).toString());
          expect([unit, basket, answer.status, body]).toEqual([unit, basket, wanted.status, wanted.body]);
        }
      }
    },
    TIMEOUT,
  );
});
