import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { ORDERS_MANIFEST } from '../../../test/orders/app.ts';
import { startRedis, type BrokerProcess } from '../../../test/brokers.ts';
import { tool } from '../../../test/tools.ts';
import { main } from '../main.ts';

const ORDER = 'POST /order {"details":"x"}';
const FEW = ['--rounds', '1', '--count', '2'];

interface Report {
  readonly edges: readonly {
    readonly importer: string;
    readonly reached: boolean;
    readonly placements: readonly {
      placement: string;
      current: boolean;
      obstacle?: string;
      rounds?: number[];
    }[];
    readonly advice?: { text: string };
  }[];
}

/** Several variants of the app are built and started for each report. */
vi.setConfig({ testTimeout: 300_000 });

async function bench(...args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  let [stdout, stderr] = ['', ''];
  const code = await main(['bench', ORDERS_MANIFEST, ...args], {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    env: {},
  });
  return { code, stdout, stderr };
}

async function report(...args: readonly string[]): Promise<Report> {
  const { code, stdout } = await bench('--json', ...FEW, ...args);
  const last = stdout.trim().split('\n').at(-1) ?? '';
  expect([code, code === 0 ? '' : stdout]).toEqual([0, '']);
  return JSON.parse(last) as Report;
}

test('measures an edge under each placement that it can have, but for brokers that are not there', async () => {
  const { edges } = await report('--request', ORDER);
  expect(edges.map(({ importer, reached }) => [importer, reached])).toEqual([['receiver', true]]);
  const [{ placements, advice } = { placements: [] }] = edges;
  expect(
    placements.map(({ placement, current, rounds }) => [placement, current, rounds?.length ?? 0]),
  ).toEqual([
    ['linked', true, 1],
    ['fused', false, 1],
    ['redis', false, 0],
    ['mqtt', false, 1],
  ]);
  expect(placements[2]?.obstacle).toBe('no server is named: --redis <address>');
  for (const { rounds = [] } of placements) expect(rounds.every((value) => value > 0)).toBe(true);
  expect(advice?.text).toMatch(/^(leave it|change it to fused): /);
});

const redisServer = tool('redis-server');
describe.skipIf(redisServer.missing)(`with Redis${redisServer.reason}`, () => {
  let redis: BrokerProcess;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis?.[Symbol.asyncDispose]());

  test('measures it too, and takes the variant for what is there', async () => {
    const { edges } = await report('--request', ORDER, '--redis', redis.address, '--profile', 'redis');
    const [{ placements } = { placements: [] }] = edges;
    expect(placements.find(({ current }) => current)).toMatchObject({
      placement: 'redis',
      rounds: [expect.any(Number)],
    });
  });
});

test('says in words what it found', async () => {
  const { code, stdout, stderr } = await bench(...FEW, '--request', ORDER);
  expect([code, stderr]).toEqual([0, 'measuring receiver → fulfilment: linked, fused, mqtt\n']);
  expect(stdout).toMatch(
    /^orders: POST \/order; µs until the answer, median of 1 rounds of 2 \(lowest, highest\)\n\nreceiver → fulfilment {2}orders:fulfilment\/fulfilment@0\.1\.0\n {2}linked +[\d,]+ \([\d,]+, [\d,]+\) {2}as it is\n {2}fused /,
  );
  expect(stdout).toMatch(/\n {2}→ .+\n$/);
});

test('names the edges that no request comes to', async () => {
  const request = 'GET /orderstatus/.well-known';
  const { edges } = await report('--request', request);
  expect(edges).toMatchObject([{ importer: 'receiver', reached: false, placements: [] }]);
});

test('does not measure what fails', async () => {
  const { code, stderr } = await bench(...FEW, '--request', 'POST /order {}');
  expect([code, stderr]).toEqual([
    1,
    expect.stringContaining('error[cli/bench-answer]: POST /order was answered with 400'),
  ]);
});

test('wants rounds and counts that are numbers', async () => {
  expect(await bench('--rounds', '0')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Expected a whole number from 1'),
  });
});
