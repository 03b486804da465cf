import { expect, test } from 'vitest';
import type { PlannedSend } from '../../plan/types.ts';
import { deferredRoutes } from './routes.ts';

function send(changes: Partial<PlannedSend>): PlannedSend {
  return {
    kind: 'mqtt',
    purpose: 'edge',
    importer: 'a',
    provider: 'b',
    contract: 'c:d/e',
    function: 'f',
    topic: 't',
    shared: false,
    qos: 1,
    delivery: 'outbox',
    ...changes,
  };
}

test('what leaves after the commit goes to the address that it names, or that the variable holds', () => {
  const sends = [
    send({ topic: 'a' }),
    send({ topic: 'b', address: 'mqtt://user:secret@Broker?client_id=x', delivery: 'memory' }),
    send({ topic: 'c', delivery: 'direct' }),
    send({ topic: 'd', kind: 'redis' }),
  ];
  expect(deferredRoutes(sends, { mqtt_address: 'mqtt://127.0.0.1:1883?client_id=y' })).toEqual([
    {
      kind: 'mqtt',
      address: 'mqtt://127.0.0.1:1883',
      topic: 'a',
      delivery: 'outbox',
      variable: 'mqtt_address',
    },
    { kind: 'mqtt', address: 'mqtt://broker:1883', topic: 'b', delivery: 'memory' },
  ]);
});

test('a topic of calls and copies is kept for both', () => {
  const sends = [send({ delivery: 'outbox' }), send({ purpose: 'tee', delivery: 'memory', qos: 0 })];
  for (const order of [sends, sends.toReversed()]) {
    expect(deferredRoutes(order, { mqtt_address: 'mqtt://x' })).toMatchObject([{ delivery: 'outbox' }]);
  }
});
