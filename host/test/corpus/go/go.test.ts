import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { BindingsConfig } from '../../../src/bindings/config.ts';
import { unwrap } from '../../../src/diagnostics/error.ts';
import { compose } from '../../../src/link/compose.ts';
import { prepareUnit } from '../../../src/runtime/prepare.ts';
import { quickjs } from '../../link/quickjs.ts';
import { temporaryFolder } from '../../orders/app.ts';
import { testUnits } from '../../runtime/harness.ts';
import { tool } from '../../tools.ts';
import { startWasmtime } from '../../wasmtime/unit.ts';
import { buildInGo } from './build.ts';

const DOOR = `
import { label, total } from 't:labels/labels';
// There is no TextDecoder here: every byte as an escape, and back.
const textOf = (bytes) => decodeURIComponent(Array.from(bytes, (byte) => '%' + byte.toString(16).padStart(2, '0')).join(''));
const bytesOf = (text) => Uint8Array.from(unescape(encodeURIComponent(text)), (one) => one.charCodeAt(0));
const outcomeOf = (item) => {
  try {
    return label(item);
  } catch (error) {
    return error.payload ?? String(error);
  }
};
export const inboundHttp = {
  handleRequest({ body }) {
    const items = JSON.parse(textOf(body));
    const answer = { labels: items.map(outcomeOf), total: Number(total(items)) };
    return { status: 200, headers: undefined, body: bytesOf(JSON.stringify(answer)) };
  },
};`;
const SHOP = `
const PRICES = { nail: 5, 'säge': 2147483647 };
export const prices = { price: (sku) => PRICES[sku] };`;

const ITEMS = [
  { sku: 'nail', count: 3 },
  { sku: '', count: 1 },
  { sku: 'säge', count: 9 },
  { sku: '🪚'.repeat(1000), count: 2_147_483_647 },
];
const ANSWER = {
  labels: [
    '3 x NAIL at 5',
    { tag: 'empty' },
    '9 x SÄGE at 2147483647',
    { tag: 'unknown-sku', val: '🪚'.repeat(1000) },
  ],
  total: 3 * 5 + 9 * 2_147_483_647,
};

const CONFIG: BindingsConfig = {
  unit: 'door',
  services: ['door', 'go', 'shop'],
  grants: [{ kind: 'random' }, { kind: 'clocks' }, { kind: 'stdio' }],
  stores: {},
  variables: {},
  environment: {},
  sends: [],
};

const [go, wasmTools, python] = [tool('go'), tool('wasm-tools'), tool('python-wasmtime')];

describe.skipIf(go.missing || wasmTools.missing)(
  `a component in Go between two in JavaScript${go.reason}${wasmTools.reason}`,
  () => {
    const units = testUnits();
    let unit: Uint8Array;

    beforeAll(async () => {
      const wit = await readFile(join(import.meta.dirname, 'labels.wit'), 'utf8');
      const components = [
        { name: 'door', bytes: await quickjs(wit, 'door', DOOR) },
        { name: 'go', bytes: await readFile(await buildInGo()) },
        { name: 'shop', bytes: await quickjs(wit, 'shop', SHOP) },
      ];
      unit = unwrap(compose(components)).bytes;
    }, 600_000);

    test('is called, and calls, on Node', async () => {
      const prepared = await prepareUnit(unit, await units.cacheDir(), { memoryLimit: 256 * 1024 * 1024 });
      const { host, log } = await units.start(unit, { prepared, bindings: { config: CONFIG } });
      const body = Buffer.from(JSON.stringify(ITEMS));
      for (let n = 0; n < 3; n++) {
        const request = { method: 'POST', uri: '/', headers: [], body };
        const outcome = await host.dispatch({ kind: 'http', request });
        expect([outcome.kind, log]).toEqual(['response', []]);
        const { response } = outcome as Extract<typeof outcome, { kind: 'response' }>;
        expect(JSON.parse(Buffer.from(response.body).toString())).toEqual(ANSWER);
      }
    });

    test.skipIf(python.missing)(`is called, and calls, on Wasmtime 42${python.reason}`, async () => {
      await using folder = await temporaryFolder('go');
      const file = join(folder.path, 'unit.wasm');
      await writeFile(file, unit);
      await using harness = startWasmtime({ unit: file });
      const body = Buffer.from(JSON.stringify(ITEMS));
      const request = { method: 'POST', uri: '/', headers: [], body };
      const { body: answer } = await harness.units['unit']!.request(request);
      expect(JSON.parse(Buffer.from(answer).toString())).toEqual(ANSWER);
    });
  },
);
