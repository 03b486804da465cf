import { expect, test } from 'vitest';
import type { ExternType, FuncType, InstanceType, ValueType } from '../component/types.ts';
import { adapterModule } from './adapter-module.ts';
import { brokerImport, type SentFunction } from './broker-import.ts';
import { messageRoot } from './message-root.ts';
import type { Tee } from './tee-text.ts';
import { teedImport } from './teed-import.ts';

const STRING: ValueType = { kind: 'primitive', name: 'string' };
const U32: ValueType = { kind: 'primitive', name: 'u32' };
const LINE: ValueType = {
  kind: 'record',
  fields: [
    { name: 'item-name', type: STRING },
    { name: 'count', type: U32 },
  ],
};

function func(params: FuncType['params'], result?: ValueType): ExternType {
  return { kind: 'func', type: { kind: 'func', async: false, params, ...(result && { result }) } };
}

const TYPE: InstanceType = {
  kind: 'instance',
  exports: new Map<string, ExternType>([
    ['line', { kind: 'type', type: LINE }],
    ['put-back', func([{ name: 'line', type: LINE }])],
    ['delete', func([{ name: 'count', type: U32 }], { kind: 'result', ok: U32, err: STRING })],
  ]),
};

const CONTRACT = 'shop:stock/stock-keeping@0.1.0';
const modules = {
  guest: (name: string): string => `/guest/${name}`,
  contract: (name: string): string => `/contract/${name}`,
};
const edge = {
  importer: 'shop',
  provider: 'stock-room',
  contract: CONTRACT,
  provided: CONTRACT,
  type: TYPE,
  modules,
};

test('an import over a broker is a module that publishes, and brings what it needs alone', () => {
  const sends = new Map<string, SentFunction>([
    ['put-back', { kind: 'mqtt', topic: 'stock/put-back', qos: 0, named: false }],
    ['delete', { kind: 'mqtt', topic: 'stock/delete', qos: 2, named: false, address: 'mqtt://b:1883' }],
  ]);
  expect(brokerImport({ ...edge, sends })).toBe(`import { toJsonOf } from "/contract/json.ts";
import { callMqtt } from "/guest/messaging/call-mqtt.ts";
type ValueType = Parameters<typeof toJsonOf>[0];
const t0: ValueType = { kind: 'primitive', name: 'string' };
const t1: ValueType = { kind: 'primitive', name: 'u32' };
const t2: ValueType = { kind: 'record', fields: [{ name: "item-name", type: t0 }, { name: "count", type: t1 }] };
const t3: ValueType = { kind: 'record', fields: [{ name: "count", type: t1 }] };
const edge = { importer: "shop", provider: "stock-room", name: "stockKeeping" };
const f0 = callMqtt(edge, { name: "putBack", params: ["line"], toJson: toJsonOf(t2), whole: true }, { topic: "stock/put-back", qos: 0 });
export { f0 as putBack };
const f1 = callMqtt(edge, { name: "delete", params: ["count"], toJson: toJsonOf(t3), whole: false }, { topic: "stock/delete", qos: 2, address: "mqtt://b:1883" });
export { f1 as delete };
`);
});

test('a call that waits for its reply reads it, and a message names its function where it has to', () => {
  const sent = { kind: 'redis', topic: 'stock', qos: 1, named: true } as const;
  const sends = new Map<string, SentFunction>([
    ['put-back', sent],
    ['delete', { ...sent, deadline: 500 }],
  ]);
  const text = brokerImport({ ...edge, sends });
  expect(text).toContain('import { toJsonOf, fromJsonOf } from "/contract/json.ts";\n');
  expect(text).toContain('import { askRedis } from "/guest/messaging/ask-redis.ts";\n');
  expect(text).toContain(
    'const f0 = callRedis(edge, { name: "putBack", params: ["line"], toJson: toJsonOf(t2), whole: true, function: "shop:stock/stock-keeping#put-back" }, { topic: "stock", qos: 1 });\n',
  );
  expect(text).toContain(
    'const f1 = askRedis(edge, { name: "delete", params: ["count"], toJson: toJsonOf(t3), whole: false, function: "shop:stock/stock-keeping#delete", deadline: 500, result: fromJsonOf(t1), error: fromJsonOf(t0) }, { topic: "stock", qos: 1 });\n',
  );
});

test('a root reads messages and calls the service', () => {
  const contracts = [
    {
      contract: CONTRACT,
      type: TYPE,
      topics: new Map([['delete', ['stock', 'other']]]),
      claim: 'order.id',
    },
  ];
  const redis = { contracts, claimant: 'shop/stock-room', replies: true };
  expect(messageRoot({ service: 'stock-room', entry: '/stock.ts?service=stock-room', redis, modules })).toBe(
    `import * as service from "/stock.ts?service=stock-room";
import { fromJsonOf, toJsonOf } from "/contract/json.ts";
import { rootRedis } from "/guest/messaging/root-redis.ts";
type ValueType = Parameters<typeof fromJsonOf>[0];
const t0: ValueType = { kind: 'primitive', name: 'u32' };
const t1: ValueType = { kind: 'record', fields: [{ name: "count", type: t0 }] };
const t2: ValueType = { kind: 'primitive', name: 'string' };
const owner0 = (service as Record<string, unknown>)["stockKeeping"];
export const inboundRedis = rootRedis("stock-room", [
  { topics: ["stock","other"], id: "shop:stock/stock-keeping#delete", name: "delete", path: "stockKeeping.delete of stock-room", owner: owner0, interface: "stockKeeping", params: ["count"], fromJson: fromJsonOf(t1), whole: false, result: toJsonOf(t0), error: toJsonOf(t2), claim: "order.id" },
], { claimant: "shop/stock-room", replies: true });
`,
  );
});

test('a root of a component of its own imports what it calls', () => {
  const mqtt = [{ contract: CONTRACT, type: TYPE, topics: new Map([['put-back', ['stock']]]) }];
  const text = messageRoot({ service: 'stock-room', mqtt, modules });
  expect(text).toContain(`import * as owner0 from "${CONTRACT}";\n`);
  expect(text).toContain('export const handleMessage = rootMqtt("stock-room", [\n  { topics: ["stock"], ');
  expect(text).toContain('owner: owner0,');
  expect(text).not.toMatch(/inboundRedis|root-redis|const owner0/);
});

const tee: Tee = {
  format: 'json',
  result: true,
  required: false,
  source: '/app/shop',
  sends: new Map([
    ['put-back', { kind: 'mqtt', topic: 'copies', qos: 1, shared: true }],
    ['delete', { kind: 'redis', topic: 'deleted', qos: 1, shared: false }],
  ]),
};

test('copies are made of what a linked import does', () => {
  const text = teedImport({ ...edge, tee });
  expect(text).toContain(`import * as provider from "${CONTRACT}";\n`);
  expect(text).toContain(
    'const f0 = teed(edge, { name: "putBack", params: ["line"], toJson: toJsonOf(t2), whole: true, result: \'empty\', function: "shop:stock/stock-keeping#put-back" }, { broker: \'MQTT\', topic: "copies", qos: 1, publish: publishMqtt, required: false }, (provider as Record<string, (...args: unknown[]) => unknown>)["putBack"]!);\n',
  );
  expect(text).toContain(
    'result: toJsonOf(t1) }, { broker: \'Redis\', topic: "deleted", qos: 1, publish: publishRedis, required: false }',
  );
});

test('a copy as a CloudEvent has its source and type', () => {
  const text = teedImport({ ...edge, tee: { ...tee, format: 'cloudevents', result: false, required: true } });
  expect(text).toContain(
    'wrap: cloudEvent("/app/shop", "shop.stock.stock-keeping.put-back"), required: true }',
  );
  // The type says the function.
  expect(text).not.toContain('function: ');
});

test('an adapter exports the functions of the modules that stand for its contracts', () => {
  expect(adapterModule([{ contract: CONTRACT, type: TYPE }], modules)).toBe(
    `import { exported } from "/guest/async/loop.ts";
import * as c0 from "${CONTRACT}";
export const stockKeeping = { putBack: exported(c0.putBack), delete: exported(c0.delete) };
`,
  );
});
