import { describe, expect, test } from 'vitest';
import { unwrap } from '../diagnostics/error.ts';
import {
  edge,
  func,
  HTTP,
  iface,
  NUMBER,
  plan,
  problemsOf,
  type Service,
  TEXT,
  two,
  unitOf,
} from '../../test/doubles/app-plan.ts';
import { planToJson } from './json.ts';

const MESSAGES = 'fermyon:spin/inbound-redis';

const ONE = two({ take: func() });
const ANSWERED = two({ take: func(), price: func(TEXT, false, NUMBER) });

describe('grants and variables', () => {
  const strict = 'grants_default = false\n';

  test('are what the generated code needs, beside those of the manifest', () => {
    const result = unwrap(plan(ONE, edge('placement = "mqtt"'), {}, strict));
    expect(unitOf(result, 'a').grants).toEqual([
      'clocks',
      'mqtt:{{ mqtt_address }}',
      'random',
      'stdio',
      'variables:mqtt_address',
    ]);
    expect(unitOf(result, 'b').grants).toEqual(['clocks', 'random', 'stdio']);
    expect(result.variables).toEqual({ mqtt_address: { required: true, secret: false } });
  });

  test('of a provider over Redis let it claim and answer', () => {
    const result = unwrap(plan(ANSWERED, edge('placement = "redis"'), {}, strict));
    const wanted = ['clocks', 'random', 'redis:{{ redis_address }}', 'stdio', 'variables:redis_address'];
    expect(unitOf(result, 'a').grants).toEqual(wanted);
    expect(unitOf(result, 'b').grants).toEqual(wanted);
    expect(planToJson(result).services.map(({ grants }) => grants)).toEqual([wanted, wanted]);
  });

  test('name the host of an address of its own, and need no variable', () => {
    const keys = 'placement = "redis"\naddress = "redis://user:secret@cache:6379/1"';
    const result = unwrap(plan(ONE, edge(keys), {}, strict));
    expect(unitOf(result, 'a').grants).toEqual(['clocks', 'random', 'redis:redis://cache:6379', 'stdio']);
    expect(result.variables).toEqual({});
  });

  test('a variable that the manifest declares stays as it is', () => {
    const variables = '[variables.mqtt_address]\ndefault = "mqtt://x"\n';
    const result = unwrap(plan(ONE, `${edge('tee = { mqtt = "copies" }')}${variables}`));
    expect(result.variables).toEqual({
      mqtt_address: { default: 'mqtt://x', required: false, secret: false },
    });
  });

  test('a trigger of the manifest needs its address, and no grant', () => {
    const services = { a: { exports: [HTTP, MESSAGES] } };
    const result = unwrap(plan(services, '[[trigger.redis]]\nchannel = "c"\nservice = "a"\n'));
    expect(result.variables).toEqual({ redis_address: { required: true, secret: false } });
    expect(unitOf(result, 'a').grants).toEqual(['clocks', 'random', 'stdio']);
  });

  test('a service that two units have is granted in each only what it does there', () => {
    const contract = { 'x:c/c@0.1.0': iface({ call: func() }) };
    const services = {
      a: { imports: contract, exports: [HTTP] },
      b: { imports: contract, exports: [HTTP] },
      c: { exports: contract },
    };
    const result = unwrap(plan(services, '[edge.b.c]\nplacement = "redis"\n'));
    expect(unitOf(result, 'a').services).toEqual(['c', 'a']);
    expect(unitOf(result, 'a').grants).toEqual(['clocks', 'random', 'stdio']);
    expect(unitOf(result, 'c').grants).toContain('redis:{{ redis_address }}');
  });
});

describe('the outbox', () => {
  const KV = 'fermyon:spin/key-value@2.0.0';
  const contract = { 'shop:stock/store@0.1.0': iface({ take: func() }) };
  const services = (grants: string): Readonly<Record<string, Service>> => ({
    a: {
      imports: { ...contract, [KV]: iface({ open: func() }) },
      exports: [HTTP],
      toml: `grants = ${grants}`,
    },
    b: { exports: contract },
  });

  test.each([
    ['["key-value"]', ''],
    ['["key-value", "key-value:cache"]', ''],
    ['["key-value:cache"]', '[store.cache]\npath = "cache.db"\n'],
    ['["key-value", "key-value:cache"]', '[store.default]\npath = "x.db"\n[store.cache]\npath = "./x.db"\n'],
    ['["key-value", "key-value:cache"]', '[store.cache]\npath = "cache.db"\natomic = false\n'],
    ['["key-value"]', '[store.cache]\npath = "cache.db"\n'],
  ])('lies in the one store of %s', (grants, stores) => {
    expect(problemsOf(plan(services(grants), `${edge('placement = "mqtt"')}${stores}`))).toEqual([]);
  });

  test('is needed for what leaves later only', () => {
    const stores = '[store.cache]\npath = "cache.db"\n';
    const apart = services('["key-value", "key-value:cache"]');
    for (const keys of ['delivery = "direct"', 'qos = 0']) {
      expect(problemsOf(plan(apart, `${edge(`placement = "mqtt"\n${keys}`)}${stores}`))).toEqual([]);
    }
    expect(problemsOf(plan(apart, `${edge('placement = "mqtt"')}${stores}`))).toEqual([
      'plan/outbox-apart 12',
    ]);
  });
});
