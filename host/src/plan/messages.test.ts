import { describe, expect, test } from 'vitest';
import type { ExternType, ValueType } from '../component/types.ts';
import { unwrap } from '../diagnostics/error.ts';
import {
  edge,
  func,
  HTTP,
  iface,
  NUMBER,
  plan,
  problemsOf,
  TEXT,
  two,
  unitOf,
} from '../../test/doubles/app-plan.ts';

const MESSAGES = 'fermyon:spin/inbound-redis';
const FAILS: ValueType = { kind: 'result', err: TEXT };

const ONE = two({ take: func() });
const SEVERAL = two({ take: func(), 'put-back': func(NUMBER) });
const ANSWERED = two({ take: func(), price: func(TEXT, false, NUMBER) });

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
