import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ExternType, ValueType } from '../component/types.ts';
import { func, HTTP, iface, NUMBER, plan, TEXT, type Service } from '../../test/doubles/app-plan.ts';

const FAILS: ValueType = { kind: 'result', err: TEXT };

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
