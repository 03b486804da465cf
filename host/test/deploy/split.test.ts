import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import { describe, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { splitApp } from '../../src/deploy/split.ts';
import { spinToml } from '../../src/deploy/spin-toml.ts';
import type { TenonError } from '../../src/diagnostics/error.ts';
import type { Plan } from '../../src/plan/types.ts';
import { expectGolden } from '../golden.ts';
import { ORDERS_MANIFEST, temporaryFolder } from '../orders/app.ts';
import { MESSAGES, planOf, SHOP, unitOf, WORKER } from './plans.ts';
import { readSpinManifest } from './spin-schema.ts';

const HTTP = (service: string) => ({ kind: 'http', route: `/${service}`, service }) as const;
const REDIS = (service: string) => ({ kind: 'redis', channel: service, service, ...MESSAGES }) as const;

function problemOf(plan: Plan): TenonError['diagnostics'][number] | undefined {
  try {
    splitApp(plan);
  } catch (error) {
    return (error as TenonError).diagnostics[0];
  }
  return undefined;
}

describe('the parts of an app', () => {
  test('are what answers HTTP together, and every other unit by itself', () => {
    const plan = planOf(
      ['audit', 'cart', 'stock', 'web'].map((name) =>
        unitOf(name, {
          triggers: name === 'web' || name === 'cart' ? [REDIS(name), HTTP(name)] : [REDIS(name)],
        }),
      ),
      { variables: { redis_address: { required: true, secret: false } } },
    );
    const parts = splitApp(plan);
    expect(parts.map(({ name, plan: { units } }) => [name, units.map((unit) => unit.name)])).toEqual([
      ['http', ['cart', 'web']],
      ['audit', ['audit']],
      ['stock', ['stock']],
    ]);
    expect(parts.map(({ app }) => app.name)).toEqual(['shop-http', 'shop-audit', 'shop-stock']);
  });

  test.each([
    ['shop', SHOP],
    ['worker', WORKER],
  ])('of %s are what Spin reads, with what each needs and no more', (name, plan) => {
    for (const { name: part, app } of splitApp(plan)) {
      const text = spinToml(app);
      readSpinManifest(parse(text));
      expectGolden(join(import.meta.dirname, 'golden', `${name}-${part}.spin.toml`), text);
    }
  });

  test('share MQTT subscriptions with the whole app', () => {
    const stock = splitApp(SHOP).find(({ name }) => name === 'stock');
    expect(stock?.app.triggers.find(({ type }) => type === 'mqtt')?.settings['topic']).toBe(
      '$share/shop-stock/stock/+/take',
    );
  });

  test('may have MQTT brokers that one Spin app could not have', () => {
    const trigger = (service: string, address: string) =>
      ({ kind: 'mqtt', topic: 't', qos: 1, service, address, ...MESSAGES }) as const;
    const plan = planOf([
      unitOf('one', { triggers: [trigger('one', 'mqtt://one')] }),
      unitOf('two', { triggers: [trigger('two', 'mqtt://two')] }),
    ]);
    expect(splitApp(plan).map(({ app }) => app.triggerSettings['mqtt']?.['address'])).toEqual([
      'mqtt://one',
      'mqtt://two',
    ]);
  });
});

describe('what cannot be split', () => {
  test('is an app whose units all answer HTTP; the edge to place otherwise is named', () => {
    const edge = {
      importer: 'front',
      provider: 'stock',
      contract: 'shop:stock/stock',
      provided: 'shop:stock/stock',
      placement: 'linked',
    } as unknown as Plan['edges'][number];
    const plan = planOf([
      unitOf('front', { services: ['stock', 'front'], edges: [edge], triggers: [HTTP('front')] }),
      unitOf('status', { triggers: [HTTP('status')] }),
    ]);
    expect(problemOf(plan)).toMatchObject({
      code: 'deploy/one-part',
      message: '`shop` cannot be split: all of its units answer HTTP',
      found: '`front + stock` and `status`',
      next: 'Put an edge over a broker, as `--place front.stock=mqtt` or a profile does.',
    });
  });

  test('is a single unit', () => {
    expect(problemOf(planOf([unitOf('one', { triggers: [REDIS('one')] })]))).toMatchObject({
      code: 'deploy/one-part',
      message: '`shop` cannot be split: it is one unit',
    });
  });

  test.each(['http', 'redis', 'mosquitto', 'app'])('is a part called %s', (name) => {
    const plan = planOf([
      unitOf('web', { triggers: [HTTP('web')] }),
      unitOf(name, { triggers: [REDIS(name)] }),
    ]);
    expect(problemOf(plan)).toMatchObject({ code: 'deploy/part-name', where: `service.${name}` });
  });
});

describe('tenon build --split', () => {
  async function build(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    let [stdout, stderr] = ['', ''];
    const code = await main(['build', ORDERS_MANIFEST, ...args], {
      stdout: { write: (text) => (stdout += text) },
      stderr: { write: (text) => (stderr += text) },
      env: {},
    });
    return { code, stdout, stderr };
  }

  test('writes two Spin apps of the ordering app, and either form replaces the other', async () => {
    await using folder = await temporaryFolder('split');
    const out = folder.path;
    const variant = ['--profile', 'mqtt', '-o', out];
    const wasm = ['http/receiver.wasm', 'http/status.wasm', 'fulfilment/fulfilment.wasm'];
    expect(await build(...variant, '--split')).toMatchObject({
      code: 0,
      stdout: wasm.map((file) => `${join(out, 'parts', file)}\n`).join(''),
    });
    expect(existsSync(join(out, 'spin.toml'))).toBe(false);
    for (const [part, components] of [
      ['http', ['receiver', 'status']],
      ['fulfilment', ['fulfilment']],
    ] as const) {
      const text = readFileSync(join(out, 'parts', part, 'spin.toml'), 'utf8');
      expectGolden(join(import.meta.dirname, 'golden', `orders-mqtt-${part}.spin.toml`), text);
      const manifest = readSpinManifest(parse(text));
      expect(Object.keys(manifest.component)).toEqual(components);
      expect(readdirSync(join(out, 'parts', part)).toSorted()).toEqual(
        [...components.map((id) => `${id}.wasm`), 'plan.json', 'spin.toml'].toSorted(),
      );
      const { units } = JSON.parse(readFileSync(join(out, 'parts', part, 'plan.json'), 'utf8')) as {
        units: { name: string }[];
      };
      expect(units.map(({ name }) => name)).toEqual(components);
    }
    expect(await build(...variant)).toMatchObject({ code: 0 });
    expect(existsSync(join(out, 'spin.toml'))).toBe(true);
    expect(existsSync(join(out, 'parts'))).toBe(false);
  });

  test('says why the ordering app cannot be split where its edge is linked, and leaves nothing to run', async () => {
    await using folder = await temporaryFolder('split');
    await build('--profile', 'redis', '--split', '-o', folder.path);
    expect(existsSync(join(folder.path, 'parts'))).toBe(true);
    const refused = await build('--split', '-o', folder.path);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain('error[deploy/one-part]');
    expect(refused.stderr).toContain('--place receiver.fulfilment=mqtt');
    expect(existsSync(join(folder.path, 'parts'))).toBe(false);
    expect(existsSync(join(folder.path, 'spin.toml'))).toBe(false);
  });
});
