import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { expectGolden } from '../golden.ts';
import { inFolder, MANIFEST, parseCase } from '../wrong/case.ts';

const HERE = import.meta.dirname;
const ORDERS = join(HERE, '../../../composed/orders.toml');

async function graph(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  let [stdout, stderr] = ['', ''];
  const code = await main(['graph', ...args], {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    env: {},
  });
  return { code, stdout, stderr };
}

const shop = parseCase(readFileSync(join(HERE, 'shop.txt'), 'utf8'));

/** The shop's graph. */
function shopGraph(...args: string[]): ReturnType<typeof graph> {
  return inFolder(shop, (folder) => graph(join(folder, MANIFEST), ...args));
}

test.each([
  ['orders.graph', []],
  ['orders-mqtt.graph', ['--profile', 'mqtt']],
  ['orders-redis.graph', ['--profile', 'redis']],
  ['orders-fused.graph', ['--place', 'receiver.fulfilment=fused']],
  ['orders-mqtt.mmd', ['--profile', 'mqtt', '--mermaid']],
])('%s', async (golden, args) => {
  const { code, stdout, stderr } = await graph(ORDERS, ...args);
  expect([code, stderr]).toEqual([0, '']);
  expectGolden(join(HERE, golden), stdout);
});

test.each([
  ['shop.graph', []],
  ['shop.mmd', ['--mermaid']],
  ['shop.dot', ['--dot']],
  ['shop-close.graph', ['--profile', 'close']],
])('%s', async (golden, args) => {
  const { code, stdout, stderr } = await shopGraph(...args);
  expect([code, stderr]).toEqual([0, '']);
  expectGolden(join(HERE, golden), stdout);
});

test('as JSON it is one line with all of it', async () => {
  const { code, stdout } = await shopGraph('--json');
  expect(code).toBe(0);
  expect(stdout.split('\n')).toHaveLength(2);
  expect(JSON.parse(stdout)).toMatchObject({
    event: 'result',
    name: 'shop',
    units: [
      { name: 'audit', triggers: [{ kind: 'mqtt', topic: 'prices/+', calls: [] }] },
      { name: 'desk', services: [{}, {}, {}], edges: [{}, {}, {}, {}] },
      { name: 'log', triggers: [{ kind: 'mqtt', address: 'mqtt://logs.example.com:1883', qos: 2 }] },
      { name: 'stock', triggers: [{ kind: 'redis', calls: [{ function: 'put' }, { function: 'take' }] }] },
    ],
  });
});

test('what is wrong with the app is said as everywhere', async () => {
  const { code, stdout, stderr } = await graph(ORDERS, '--place', 'receiver.status=linked');
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toContain('error[plan/unknown-edge]');
});
