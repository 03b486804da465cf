import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadApp } from '../../src/build/load.ts';
import type { TenonError } from '../../src/diagnostics/error.ts';
import { startApp, type RunningApp } from '../../src/trigger/app.ts';
import { startMosquitto, startRedis, type BrokerProcess } from '../brokers.ts';
import { temporaryFolder } from '../orders/app.ts';
import { until } from '../outbox/process.ts';
import { tool } from '../tools.ts';
import { sampleOf, type Sample } from '../type-arbitraries.ts';
import { decode, encode } from './encoding.ts';
import { functionsOf } from './functions.ts';

/** `npm run soak` gives more values to each type. */
const VALUES = process.env['TENON_SOAK'] === undefined ? 500 : 10_000;
/** So many are carried by one call; and so many one by one, each by a call of its own. */
const BATCH = 500;
const ALONE = VALUES / 50;
const TIMEOUT = 120 * VALUES;

const MANIFEST = fileURLToPath(new URL('batches.toml', import.meta.url));
const FUNCTIONS = await functionsOf('batch-caller', 'tenon:every-type/values@1.0.0');
const EDGES = ['batch-caller.batch-echo', 'batch-caller.batch-note'] as const;
type Edge = (typeof EDGES)[number];

/** Edges that a placement carries: the plan says why it refuses the others. */
async function carriedBy(placement: string): Promise<readonly Edge[]> {
  const carried: Edge[] = [];
  for (const edge of EDGES) {
    try {
      await loadApp({ manifest: MANIFEST, place: [`${edge}=${placement}`] });
      carried.push(edge);
    } catch (error) {
      const codes = (error as TenonError).diagnostics.map(({ code }) => code);
      if (codes.some((code) => code !== 'plan/cannot-send')) throw error;
    }
  }
  return carried;
}

/** As docs/wire-format.md says of floats: -0 is written as 0. */
function overJson(text: string): string {
  return text.replaceAll(encode(-0), '0');
}

const tools = { redis: tool('redis-server'), mqtt: tool('mosquitto') };
const PLACEMENTS = [
  { placement: 'linked', carries: EDGES, missing: false, reason: '' },
  { placement: 'fused', carries: EDGES, missing: false, reason: '' },
  { placement: 'redis', carries: EDGES, ...tools.redis },
  { placement: 'mqtt', carries: [EDGES[1]], ...tools.mqtt },
] as const;

const NAMED = PLACEMENTS.map((one) => [`${one.placement}${one.reason}`, one] as const);

test('each function is there with many values a call', async () => {
  for (const contract of ['batches', 'notes']) {
    const many = await functionsOf('batch-caller', `tenon:every-type/${contract}@1.0.0`);
    const wanted = FUNCTIONS.map(([name, { params }]) => [
      name,
      { kind: 'list', element: { kind: 'tuple', elements: params.map(({ type }) => type) } },
    ]);
    expect(many.map(([name, { params }]) => [name, params[0]?.type])).toMatchObject(wanted);
  }
});

describe.each(NAMED)('every type, %s', (_, { placement, carries, missing }) => {
  let broker: BrokerProcess | undefined;
  let state: Awaited<ReturnType<typeof temporaryFolder>>;
  let app: RunningApp;
  let carried: readonly Edge[];
  const log: string[] = [];
  const written = placement === 'linked' || placement === 'fused' ? (text: string) => text : overJson;

  beforeAll(async () => {
    if (missing) return;
    state = await temporaryFolder('agreement');
    if (placement === 'redis') broker = await startRedis();
    if (placement === 'mqtt') broker = await startMosquitto();
    carried = await carriedBy(placement);
    app = await startApp({
      manifest: MANIFEST,
      place: carried.map((edge) => `${edge}=${placement}`),
      typeCheck: false,
      outDir: `${state.path}/out`,
      stateDir: state.path,
      listen: '127.0.0.1:0',
      ...(broker && { [placement]: broker.address }),
      log: ({ level, message }) => void (level !== 'debug' && log.push(message)),
    });
  });
  afterAll(async () => {
    await app?.close();
    await broker?.[Symbol.asyncDispose]();
    await state?.[Symbol.asyncDispose]();
  });

  /** The outcomes of calls that are made in one event. */
  async function call(
    ...calls: readonly (readonly [string, string, readonly unknown[]])[]
  ): Promise<string[]> {
    const body = calls.map(encode).join('\n');
    const response = await fetch(`${app.url}/`, { method: 'POST', body });
    const text = await response.text();
    if (response.status !== 200) throw new Error(`${response.status}: ${text}\n${log.slice(-3).join('\n')}`);
    return text.split('\n');
  }

  async function noted(name: string): Promise<string | undefined> {
    const response = await fetch(`${app.url}/${name}`);
    const text = await response.text();
    return response.status === 200 ? text : undefined;
  }

  function expectSame(found: string, batch: readonly (readonly Sample[])[]): void {
    const arrived = (decode(found) as readonly unknown[]).map(encode);
    const wanted = batch.map((samples) => written(encode(samples.map(({ arrives }) => arrives))));
    expect(arrived).toEqual(wanted);
  }

  test('the plan lets it carry what it can', async () => {
    expect(await carriedBy(placement)).toEqual(carries);
  });

  test.skipIf(missing).each(FUNCTIONS)(
    '%s arrives as it was sent',
    async (name, { params }) => {
      const samples = fc.tuple(...params.map(({ type }) => sampleOf(type)));
      const batches = fc.array(samples, { minLength: BATCH, maxLength: BATCH });
      const given = (args: readonly Sample[]): unknown[] => args.map(({ given }) => given);
      const property = fc.asyncProperty(batches, async (batch) => {
        const calls = batch.map(given);
        if (carried.includes(EDGES[0])) {
          const [echoed] = await call(['batches', name, [calls]]);
          expectSame(encode((decode(echoed!) as { value: unknown }).value), batch);
        }
        await fetch(`${app.url}/${name}`, { method: 'DELETE' });
        expect(await call(['notes', name, [calls]])).toEqual([encode({ value: undefined })]);
        expectSame(
          (await until(
            () => noted(name),
            (text) => text !== undefined,
          ))!,
          batch,
        );
      });
      await fc.assert(property, { numRuns: VALUES / BATCH, endOnFailure: true });

      if (!carried.includes(EDGES[0])) return;
      const alone = fc.sample(samples, ALONE);
      expect(await call(...alone.map((args) => ['values', name, given(args)] as const))).toEqual(
        alone.map(([first]) => written(encode({ value: first!.arrives }))),
      );
    },
    TIMEOUT,
  );
});
