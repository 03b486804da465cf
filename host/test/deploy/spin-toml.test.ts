import { join } from 'node:path';
import * as fc from 'fast-check';
import { parse } from 'smol-toml';
import { describe, expect, test } from 'vitest';
import { spinAppOf } from '../../src/deploy/spin-app.ts';
import { spinProblems } from '../../src/deploy/spin-names.ts';
import { spinToml } from '../../src/deploy/spin-toml.ts';
import type { Plan } from '../../src/plan/types.ts';
import { expectGolden } from '../golden.ts';
import { MESSAGES, planOf, SHOP, unitOf, WORKER } from './plans.ts';
import { readSpinManifest, type SpinManifest } from './spin-schema.ts';

const GOLDEN = join(import.meta.dirname, 'golden');

function manifestOf(plan: Plan): SpinManifest {
  return readSpinManifest(parse(spinToml(spinAppOf(plan))));
}

function isRead(plan: Plan): boolean {
  try {
    manifestOf(plan);
    return true;
  } catch {
    return false;
  }
}

describe('spin.toml', () => {
  test.each([
    ['shop', SHOP],
    ['worker', WORKER],
  ])('of %s is as reviewed, and what Spin reads', (name, plan) => {
    const text = spinToml(spinAppOf(plan));
    expectGolden(join(GOLDEN, `${name}.spin.toml`), text);
    expect(manifestOf(plan).application.version).toBe('1.2.0');
  });

  test('grants each unit what its grants and messages need, and nothing else', () => {
    const { front, stock } = manifestOf(SHOP).component;
    expect(front).toEqual({
      source: 'front.wasm',
      description: 'front + prices',
      key_value_stores: ['default', 'price-list'],
      allowed_outbound_hosts: [
        'http://{{ region }}.example.com:8080',
        'https://api.example.com',
        'redis://cache:6380',
        '{{ mqtt_address }}',
      ],
      variables: {
        api_key: '{{ api_key }}',
        mqtt_address: '{{ mqtt_address }}',
        region: '{{ region }}',
      },
      environment: { LOG_LEVEL: 'debug', GREETING: 'Zwei „Käse“\n\t"\\ \u007f 🧀' },
    });
    // Without the grant a service sees no environment, whatever the manifest sets.
    expect(stock).toEqual({ source: 'stock.wasm', description: 'stock' });
  });

  test('says where the brokers of triggers are', () => {
    const trigger = { kind: 'redis', channel: 'a', service: 'front', ...MESSAGES } as const;
    const settingsOf = (address?: string): unknown =>
      manifestOf(
        planOf([unitOf('front', { triggers: [{ ...trigger, ...(address !== undefined && { address }) }] })], {
          variables: { redis_address: { required: true, secret: false } },
        }),
      ).application.trigger;
    expect(settingsOf()).toEqual({ redis: { address: '{{ redis_address }}' } });
    expect(settingsOf('redis://there')).toBeUndefined();
    expect(manifestOf(SHOP).application.trigger?.mqtt).toEqual({
      address: '{{ mqtt_address }}',
      username: '{{ mqtt_username }}',
      password: '{{ mqtt_password }}',
      keep_alive_interval: '30',
    });
  });

  test('keeps any text as it is', () => {
    const texts = fc.string({ unit: fc.constantFrom(...'a ä🧀"\'\\\n\r\t\0\u007f#[]{}=') });
    const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/);
    fc.assert(
      fc.property(
        texts,
        texts,
        fc.dictionary(name, texts, { maxKeys: 3 }),
        (description, topic, environment) => {
          const plan = planOf(
            [
              unitOf('front', {
                triggers: [
                  { kind: 'mqtt', topic, qos: 2, service: 'front', address: 'mqtt://x', ...MESSAGES },
                ],
                grants: [{ kind: 'environment' }],
                environment,
              }),
            ],
            { description },
          );
          const { application, trigger, component } = manifestOf(plan);
          expect(application.description).toBe(description);
          expect(trigger.mqtt).toEqual([
            { topic: `$share/shop-front/${topic}`, qos: '2', component: 'front' },
          ]);
          expect(component['front']?.environment ?? {}).toEqual({ ...environment });
        },
      ),
    );
  });
});

describe('what Spin cannot take', () => {
  const problemsOf = (plan: Plan) => spinProblems(plan, spinAppOf(plan));

  test('is named, with a name that it would take', () => {
    const plan = planOf(
      [
        unitOf('stage-2', {
          triggers: [{ kind: 'http', route: '/', service: 'stage-2' }],
          grants: [
            { kind: 'key-value', label: 'camelCase' },
            { kind: 'key-value', label: 'mixed-and_joined' },
            { kind: 'key-value', label: 'GOOD-store' },
          ],
        }),
      ],
      { variables: { key_2: { default: '', required: false, secret: false } } },
    );
    const found = problemsOf(plan);
    expect(found.map(({ code, where, next }) => [code, where, next])).toEqual([
      ['deploy/spin-name', 'service.stage-2', 'Rename it in the manifest, for example to `stage2`.'],
      ['deploy/spin-name', 'variables.key_2', 'Rename it in the manifest, for example to `key2`.'],
      [
        'deploy/spin-name',
        'the grant key-value:camelCase',
        'Rename it in the manifest, for example to `store-camelcase`.',
      ],
      [
        'deploy/spin-name',
        'the grant key-value:mixed-and_joined',
        'Rename it in the manifest, for example to `store-mixed-and-joined`.',
      ],
    ]);
    expect(() => manifestOf(plan)).toThrow('invalid_format');
  });

  test('is exactly what the schema refuses among names', () => {
    const names = fc.stringMatching(/^[a-z][a-z0-9]{0,3}(-[a-z0-9]{1,3}){0,2}$/);
    fc.assert(
      fc.property(names, (name) => {
        const plan = planOf([unitOf(name, { triggers: [{ kind: 'http', route: '/', service: name }] })]);
        const taken = problemsOf(plan).length === 0;
        expect(isRead(plan)).toBe(taken);
      }),
    );
  });

  test('are several brokers for MQTT triggers', () => {
    const trigger = (topic: string, address?: string) => ({
      kind: 'mqtt' as const,
      topic,
      qos: 1 as const,
      service: 'front',
      ...MESSAGES,
      ...(address !== undefined && { address }),
    });
    const plan = planOf([unitOf('front', { triggers: [trigger('a'), trigger('b', 'mqtt://there')] })]);
    expect(problemsOf(plan)).toMatchObject([
      { code: 'deploy/mqtt-brokers', found: '`{{ mqtt_address }}` and `mqtt://there`' },
    ]);
    const same = planOf([
      unitOf('front', { triggers: [trigger('a', 'mqtt://x'), trigger('b', 'mqtt://x')] }),
    ]);
    expect(problemsOf(same)).toEqual([]);
    expect(manifestOf(same).application.trigger?.mqtt).toEqual({
      address: 'mqtt://x',
      username: '',
      password: '',
      keep_alive_interval: '30',
    });
  });
});
