import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ExternType, ValueType } from '../component/types.ts';
import { unwrap } from '../diagnostics/error.ts';
import {
  func,
  HTTP,
  iface,
  NUMBER,
  plan,
  problemsOf,
  TEXT,
  type Service,
} from '../../test/doubles/app-plan.ts';
import { planToJson } from './json.ts';
import type { Plan } from './types.ts';

const MESSAGES = 'fermyon:spin/inbound-redis';
const FAILS: ValueType = { kind: 'result', err: TEXT };

function two(functions: Readonly<Record<string, ExternType>>): Readonly<Record<string, Service>> {
  const contract = { 'shop:stock/store@0.1.0': iface(functions) };
  return { a: { imports: contract, exports: [HTTP] }, b: { exports: contract } };
}

const ONE = two({ take: func() });
const SEVERAL = two({ take: func(), 'put-back': func(NUMBER) });
const ANSWERED = two({ take: func(), price: func(TEXT, false, NUMBER) });

function edge(keys: string): string {
  return `[edge.a.b]\n${keys}\n`;
}

function unitOf(plan: Plan, name: string): ReturnType<typeof planToJson>['units'][number] {
  const unit = planToJson(plan).units.find((one) => one.name === name);
  if (!unit) throw new Error(`there is no unit ${name}`);
  return unit;
}

describe('topics', () => {
  test.each([
    ['mqtt', ONE, '', ['shop/stock/store/take']],
    ['mqtt', ONE, 'topic = "t"', ['t']],
    ['mqtt', SEVERAL, '', ['shop/stock/store/put-back', 'shop/stock/store/take']],
    ['mqtt', SEVERAL, 'topic = "t"', ['t/put-back', 't/take']],
    ['redis', ONE, '', ['shop/stock/store/take']],
    ['redis', ONE, 'channel = "c"', ['c']],
    ['redis', SEVERAL, '', ['shop/stock/store', 'shop/stock/store']],
    ['redis', SEVERAL, 'channel = "c"', ['c', 'c']],
  ])('over %s', (placement, services, keys, topics) => {
    const { units } = unwrap(plan(services, edge(`placement = "${placement}"\n${keys}`)));
    const sends = units.flatMap((unit) => unit.sends);
    expect(sends.map(({ topic }) => topic)).toEqual(topics);
    const shared = placement === 'redis' && topics.length > 1;
    expect(sends.map((send) => send.shared)).toEqual(topics.map(() => shared));
    const triggers = units.flatMap((unit) => unit.triggers).filter(({ kind }) => kind !== 'http');
    expect(
      triggers.map((trigger) =>
        'topic' in trigger ? trigger.topic : 'channel' in trigger && trigger.channel,
      ),
    ).toEqual([...new Set(topics)]);
  });

  test('come from the provider, whatever of a contract an importer has', () => {
    const some = { 'shop:stock/store@0.1.0': iface({ take: func() }) };
    const all = { 'shop:stock/store@0.1.4': iface({ take: func(), drop: func() }) };
    const services = {
      a: { imports: some, exports: [HTTP] },
      b: { imports: all, exports: [HTTP] },
      c: { exports: all },
    };
    const { units, triggers } = unwrap(plan(services, '', {}, 'default_placement = "redis"\n'));
    expect(
      units.flatMap(({ sends }) =>
        sends.map((send) => [send.importer, send.contract, send.topic, send.shared]),
      ),
    ).toEqual([
      ['a', 'shop:stock/store@0.1.0', 'shop/stock/store', true],
      ['b', 'shop:stock/store@0.1.4', 'shop/stock/store', true],
      ['b', 'shop:stock/store@0.1.4', 'shop/stock/store', true],
    ]);
    expect(triggers.filter(({ kind }) => kind === 'redis')).toMatchObject([
      {
        channel: 'shop/stock/store',
        carries: [
          { importer: 'b', contract: 'shop:stock/store@0.1.4', function: 'drop', reply: false },
          { importer: 'a', contract: 'shop:stock/store@0.1.4', function: 'take', reply: false },
          { importer: 'b', contract: 'shop:stock/store@0.1.4', function: 'take', reply: false },
        ],
      },
    ]);
  });
});

describe('triggers of broker edges', () => {
  test('make the provider the root of a unit of its own, with the settings of the edge', () => {
    const keys =
      'placement = "mqtt"\nqos = 2\nretries = 1\ndead_letter = "lost"\nclaim = "id"\naddress = "mqtt://x:1"';
    const { units } = unwrap(plan(ONE, edge(keys)));
    expect(units.map(({ services }) => services)).toEqual([['a'], ['b']]);
    expect(units[1]?.triggers).toEqual([
      {
        kind: 'mqtt',
        topic: 'shop/stock/store/take',
        qos: 2,
        service: 'b',
        address: 'mqtt://x:1',
        retries: 1,
        deadLetter: 'lost',
        claim: 'id',
        carries: [{ importer: 'a', contract: 'shop:stock/store@0.1.0', function: 'take', reply: false }],
      },
    ]);
  });

  test('subscribe with the highest quality of service of those who call', () => {
    const contract = { 'shop:stock/store@0.1.0': iface({ take: func() }) };
    const services = {
      a: { imports: contract, exports: [HTTP] },
      b: { exports: contract },
      c: { imports: contract, exports: [HTTP] },
    };
    const keys = '[edge.a.b]\nplacement = "mqtt"\nqos = 0\n[edge.c.b]\nplacement = "mqtt"\nqos = 1\n';
    const { units } = unwrap(plan(services, keys));
    expect(
      units.map(({ name, sends }) => [name, ...sends.map(({ qos, delivery }) => `${qos} ${delivery}`)]),
    ).toEqual([['a', '0 memory'], ['b'], ['c', '1 outbox']]);
    expect(unitOf(unwrap(plan(services, keys)), 'b').triggers).toMatchObject([{ qos: 1 }]);
  });

  test('break circles', () => {
    const services = {
      a: { imports: ['x:b/b'], exports: ['x:a/a', HTTP] },
      b: { imports: ['x:a/a'], exports: ['x:b/b'] },
    };
    expect(problemsOf(plan(services))).toEqual(['plan/cycle 2']);
    expect(problemsOf(plan(services, '[edge.b.a]\nplacement = "redis"\n'))).toEqual([]);
  });

  test('start nothing where nothing that is started calls', () => {
    const services = {
      ...ONE,
      c: { imports: ['x:d/d'], exports: ['x:c/c'] },
      d: { imports: ['x:c/c'], exports: ['x:d/d'] },
    };
    const edges = '[edge.c.d]\nplacement = "redis"\n[edge.d.c]\nplacement = "redis"\n';
    expect(problemsOf(plan(services, edges))).toEqual([
      'plan/unreached-service 8',
      'plan/unreached-service 11',
    ]);
  });

  test('are not made for types alone, which need no provider either', () => {
    const types = { 'shop:stock/types@0.1.0': iface({ label: { kind: 'type', type: TEXT } }) };
    const services = {
      a: { imports: types, exports: [HTTP] },
      b: { exports: { ...types, [HTTP]: iface() } },
    };
    const { units } = unwrap(plan(services, '', {}, 'default_placement = "mqtt"\n'));
    expect(units.map(({ name, triggers, sends }) => [name, triggers.length, sends.length])).toEqual([
      ['a', 1, 0],
      ['b', 1, 0],
    ]);
  });

  test('over Redis agree in what a handler must know that is not told the channel', () => {
    const contract = (name: string): Readonly<Record<string, ExternType>> => ({
      [`x:${name}/${name}`]: iface(),
    });
    const services = {
      a: { imports: { ...contract('b'), ...contract('c') }, exports: [HTTP] },
      b: { exports: { ...contract('b'), ...contract('c') } },
    };
    const keys = 'contract = "x:b/b"\nplacement = "redis"\nclaim = "id"';
    expect(problemsOf(plan(services, edge(keys), {}, 'default_placement = "redis"\n'))).toEqual([
      'plan/topic-conflict 15',
    ]);
  });

  test('stand beside those of the manifest, which carry nothing', () => {
    const contract = { 'shop:stock/store@0.1.0': iface({ take: func() }) };
    const services = {
      a: { imports: contract, exports: [HTTP, MESSAGES] },
      b: { exports: contract },
    };
    const { triggers } = unwrap(
      plan(services, `[[trigger.redis]]\nchannel = "c"\nservice = "a"\n${edge('placement = "redis"')}`),
    );
    expect(
      triggers.map((trigger) => [
        trigger.kind,
        trigger.service,
        trigger.kind !== 'http' && trigger.carries !== undefined,
      ]),
    ).toEqual([
      ['http', 'a', false],
      ['redis', 'a', false],
      ['redis', 'b', true],
    ]);
  });
});

describe('delivery', () => {
  test.each([
    ['placement = "mqtt"', ONE, 'outbox'],
    ['placement = "mqtt"\nqos = 0', ONE, 'memory'],
    ['placement = "mqtt"\nqos = 0\ndelivery = "outbox"', ONE, 'outbox'],
    ['placement = "mqtt"\ndelivery = "direct"', ONE, 'direct'],
    ['placement = "mqtt"\noneway = true', two({ take: func(TEXT, false, FAILS) }), 'outbox'],
    ['placement = "redis"', ONE, 'outbox'],
    ['placement = "redis"\ndelivery = "direct"', ONE, 'direct'],
    ['placement = "redis"', two({ take: func(TEXT, false, FAILS) }), 'direct'],
    ['placement = "redis"\noneway = true', two({ take: func(TEXT, false, FAILS) }), 'outbox'],
    // Those that are not answered leave like the others: they share a channel, and keep their order.
    ['placement = "redis"', ANSWERED, 'direct'],
    ['tee = { mqtt = "copies" }', ONE, 'outbox'],
    ['tee = { mqtt = "copies", qos = 0 }', ONE, 'memory'],
    ['tee = { redis = "copies" }', ONE, 'outbox'],
    ['tee = { mqtt = "copies", required = true }', ONE, 'direct'],
  ])('follows from the settings and the contract, %#', (keys, services, delivery) => {
    const { units } = unwrap(plan(services, edge(keys)));
    const sends = units.flatMap((unit) => unit.sends);
    expect(new Set(sends.map((send) => send.delivery))).toEqual(new Set([delivery]));
  });

  test('calls that are answered say so to the provider', () => {
    const { triggers } = unwrap(plan(ANSWERED, edge('placement = "redis"')));
    expect(triggers[1]).toMatchObject({
      carries: [
        { function: 'price', reply: true },
        { function: 'take', reply: false },
      ],
    });
  });
});

describe('tees', () => {
  test('copy the calls of inner edges and of edges over brokers', () => {
    for (const placement of ['linked', 'fused', 'mqtt', 'redis']) {
      const { units } = unwrap(plan(ONE, edge(`placement = "${placement}"\ntee = { mqtt = "copies" }`)));
      const [copy] = units[0]?.sends ?? [];
      expect(copy).toEqual({
        kind: 'mqtt',
        purpose: 'tee',
        importer: 'a',
        provider: 'b',
        contract: 'shop:stock/store@0.1.0',
        function: 'take',
        topic: 'copies',
        shared: false,
        qos: 1,
        delivery: 'outbox',
      });
    }
  });

  test('may leave a result out that cannot be written down', () => {
    const services = two({ take: func(TEXT, false, { kind: 'stream', element: TEXT }) });
    expect(problemsOf(plan(services, edge('tee = { mqtt = "copies" }')))).toEqual([]);
    expect(problemsOf(plan(services, edge('tee = { mqtt = "copies", result = true }')))).toEqual([
      'plan/cannot-tee 12',
    ]);
  });
});

describe('what messages cannot carry', () => {
  test.each<[string, ValueType, string]>([
    ['stream', { kind: 'stream', element: TEXT }, 'a stream'],
    ['future', { kind: 'list', element: { kind: 'future' } }, 'a future'],
    ['error-context', { kind: 'primitive', name: 'error-context' }, 'an error-context'],
  ])('%s', (_, type, part) => {
    for (const placement of ['mqtt', 'redis']) {
      const result = plan(two({ take: func(type) }), edge(`placement = "${placement}"`));
      expect(result.diagnostics).toMatchObject([{ code: 'plan/cannot-send' }]);
      expect(result.diagnostics[0]?.message).toContain(`\`take\` has ${part}`);
    }
  });

  test('says only what works: a prebuilt end cannot be fused', () => {
    const [a, b] = [ONE['a'], ONE['b']];
    const services = {
      a: { ...a, prebuilt: true },
      b: { ...b, exports: two({ take: func(TEXT, false, NUMBER) })['b']?.exports ?? [] },
    };
    const result = plan(
      { ...services, a: { ...services.a, imports: services.b.exports } },
      edge('placement = "mqtt"'),
    );
    expect(result.diagnostics[0]?.next).toMatch(/^Use `linked` or `redis` for the edge/);
  });
});

test('a prebuilt component cannot be fused', () => {
  const result = plan({ ...ONE, b: { ...ONE['b'], prebuilt: true } }, edge('placement = "fused"'));
  expect(result.diagnostics.map(({ message }) => message)).toEqual([
    '`a` and `b` cannot be fused: `b` is a component already',
  ]);
});

describe('settings', () => {
  test('of the root tables may be idle where a profile or the command line decides', () => {
    const tables = `${edge('placement = "mqtt"\ntopic = "t"\nqos = 0')}[profile.inner.edge.a.b]\nplacement = "linked"\n`;
    expect(problemsOf(plan(ONE, tables))).toEqual([]);
    expect(problemsOf(plan(ONE, tables, { profile: 'inner' }))).toEqual([]);
    expect(problemsOf(plan(ONE, tables, { place: ['a.b=fused'] }))).toEqual([]);
    expect(problemsOf(plan(ONE, tables, { profile: 'inner', place: ['a.b=redis'] }))).toEqual([]);
  });

  test('of a profile may be idle where the command line decides, and not beside its placement', () => {
    const tables = '[profile.p.edge.a.b]\nplacement = "redis"\nqos = 0\n';
    expect(problemsOf(plan(ONE, tables, { profile: 'p' }))).toEqual(['plan/idle-key 13']);
    expect(problemsOf(plan(ONE, tables, { profile: 'p', place: ['a.b=linked'] }))).toEqual([]);
  });
});

test('settings with `contract` are for that contract alone', () => {
  const contract = (name: string): Readonly<Record<string, ExternType>> => ({
    [`x:${name}/${name}`]: iface(),
  });
  const services = {
    a: { imports: { ...contract('b'), ...contract('c') }, exports: [HTTP] },
    b: { exports: { ...contract('b'), ...contract('c') } },
  };
  const { units } = unwrap(plan(services, edge('contract = "x:c/c"\nplacement = "mqtt"\ntopic = "c"')));
  expect(units.map((unit) => [unit.services, unit.sends.map(({ topic }) => topic)])).toEqual([
    [['b', 'a'], ['c']],
    [['b'], []],
  ]);
  const idle = plan(services, edge('contract = "x:c/c"\ntopic = "c"'), {}, 'default_placement = "redis"\n');
  expect(problemsOf(idle)).toEqual(['plan/idle-key 14']);
});

test('whatever is placed how, each message has one who sends it and one who takes it', () => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  const placements = fc.constantFrom('linked', 'fused', 'redis', 'mqtt');
  const calls = fc.uniqueArray(
    fc.record({ from: fc.constantFrom(...names), to: fc.constantFrom(...names), placement: placements }),
    { selector: ({ from, to }) => `${from} ${to}`, maxLength: 9 },
  );
  fc.assert(
    fc.property(calls, fc.boolean(), (drawn, tee) => {
      const edges = drawn.filter(({ from, to }) => from !== to);
      const services = Object.fromEntries(
        names.map((name): [string, Service] => [
          name,
          {
            imports: edges.filter(({ from }) => from === name).map(({ to }) => `x:${to}/${to}@0.1.0`),
            exports: [`x:${name}/${name}@0.1.0`, HTTP],
          },
        ]),
      );
      const copies = tee ? 'tee = { redis = "copies" }\n' : '';
      const toml = edges.map(
        ({ from, to, placement }) => `[edge.${from}.${to}]\nplacement = "${placement}"\n${copies}`,
      );
      const result = plan(services, toml.join(''));
      const inner: ReadonlySet<string> = new Set(['plan/cycle', 'plan/fused-circle', 'plan/fused-clash']);
      expect(result.diagnostics.filter(({ code }) => !inner.has(code))).toEqual([]);
      if (!result.ok) return;
      const { units } = result.value;
      const sent = units.flatMap((unit) => unit.sends.filter(({ purpose }) => purpose === 'edge'));
      const taken = units.flatMap((unit) =>
        unit.triggers.flatMap((trigger) =>
          trigger.kind === 'http'
            ? []
            : (trigger.carries ?? []).map((call) => ({
                kind: trigger.kind,
                topic: trigger.kind === 'mqtt' ? trigger.topic : trigger.channel,
                provider: unit.root,
                importer: call.importer,
              })),
        ),
      );
      for (const { from, to, placement } of edges) {
        if (placement !== 'mqtt' && placement !== 'redis') continue;
        const mine = sent.filter(({ importer, provider }) => importer === from && provider === to);
        // A service that several units have sends from each.
        expect(mine).toHaveLength(units.filter((unit) => unit.services.includes(from)).length);
        for (const { kind, topic } of mine) {
          const takers = taken.filter(
            (one) => one.kind === kind && one.topic === topic && one.importer === from,
          );
          expect(takers).toEqual([{ kind: placement, topic, provider: to, importer: from }]);
        }
      }
    }),
  );
});

test('whatever an edge is told, the plan holds together or says where it does not', () => {
  const keys: Readonly<Record<string, readonly string[]>> = {
    placement: ['"linked"', '"fused"', '"redis"', '"mqtt"'],
    oneway: ['true', 'false'],
    topic: ['"t"', '"u"'],
    channel: ['"t"', '"u"'],
    address: ['"mqtt://x:1"', '"redis://x:1"'],
    qos: ['0', '1', '2'],
    delivery: ['"outbox"', '"direct"'],
    deadline: ['"1 s"'],
    retries: ['0', '5'],
    dead_letter: ['"lost"', '"a/+"', '"t/take"', '"x/c/c"'],
    claim: ['"id"', '"order.id"'],
    tee: ['{ mqtt = "t" }', '{ mqtt = "c", qos = 0 }', '{ redis = "t", required = true }'],
  };
  const table = fc
    .record(
      Object.fromEntries(Object.entries(keys).map(([key, values]) => [key, fc.constantFrom(...values)])),
      { requiredKeys: [] },
    )
    .map((drawn) =>
      Object.entries(drawn)
        .map(([key, value]) => `${key} = ${String(value)}\n`)
        .join(''),
    );
  const contract = (name: string, result?: ValueType): Readonly<Record<string, ExternType>> => ({
    [`x:${name}/${name}@0.1.0`]: iface({ take: func(), other: func(TEXT, false, result) }),
  });
  const services = {
    a: { imports: { ...contract('c'), ...contract('d', FAILS) }, exports: [HTTP] },
    b: { imports: contract('c'), exports: [HTTP] },
    c: { exports: contract('c') },
    d: { imports: contract('e', NUMBER), exports: contract('d', FAILS) },
    e: { exports: contract('e', NUMBER) },
  };
  fc.assert(
    fc.property(table, table, table, table, (...tables) => {
      const toml = ['a.c', 'a.d', 'b.c', 'd.e'].map((name, at) => `[edge.${name}]\n${tables[at] ?? ''}`);
      const result = plan(services, toml.join(''));
      for (const { span, where, expected, found, next } of result.diagnostics) {
        expect([span ?? where, expected, found, next]).not.toContain(undefined);
      }
      if (!result.ok) return;
      const topics = result.value.triggers.map((trigger) =>
        trigger.kind === 'http'
          ? ''
          : `${trigger.kind} ${trigger.kind === 'mqtt' ? trigger.topic : trigger.channel}`,
      );
      for (const { sends, triggers } of result.value.units) {
        const ways = Map.groupBy(sends, ({ kind, topic, address }) => `${kind} ${topic} ${address ?? ''}`);
        for (const met of ways.values()) expect(new Set(met.map((send) => send.delivery)).size).toBe(1);
        for (const trigger of triggers) {
          if (trigger.kind === 'http') continue;
          expect(new Set(trigger.carries?.map((call) => call.contract)).size).toBe(1);
          expect(topics).not.toContain(`${trigger.kind} ${trigger.deadLetter}`);
        }
      }
    }),
    { numRuns: 300 },
  );
});

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
