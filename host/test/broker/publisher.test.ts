import { describe, expect, test } from 'vitest';
import type { OutgoingMessage } from '../../src/bindings/deferred.ts';
import { createBrokers } from '../../src/broker/brokers.ts';
import { startEmbeddedBroker } from '../../src/broker/embedded.ts';
import { startMosquitto, startProxy, startRedis } from '../brokers.ts';
import { tool } from '../tools.ts';
import { listen } from './listener.ts';

const mosquitto = tool('mosquitto');
const redis = tool('redis-server');
const NEVER = new AbortController().signal;

function message(
  kind: 'mqtt' | 'redis',
  address: string,
  payload: string,
  qos: 0 | 1 | 2 = 1,
): OutgoingMessage {
  return { kind, address, topic: 'orders', payload: new TextEncoder().encode(payload), qos };
}

describe.skipIf(mosquitto.missing)(`to mosquitto${mosquitto.reason}`, () => {
  test('a message has arrived when it is acknowledged, and not before', async () => {
    await using broker = await startMosquitto();
    await using proxy = await startProxy(broker.address);
    await using brokers = createBrokers();
    await using listener = await listen(broker.address, 'orders');
    const { publisher } = brokers;
    expect(await publisher.publish(message('mqtt', proxy.address, '1'), NEVER)).toEqual({});
    proxy.hold('down');
    let settled = false;
    const second = publisher.publish(message('mqtt', proxy.address, '2'), NEVER).finally(() => {
      settled = true;
    });
    await proxy.next('down');
    expect(settled).toBe(false);
    proxy.release('down');
    await second;
    expect(await listener.until(2)).toEqual(['orders: 1', 'orders: 2']);
    expect(proxy.connections).toBe(1);
  });

  test('a broker that is gone is one error for each message, and is found again', async () => {
    await using broker = await startMosquitto();
    await using brokers = createBrokers();
    const { publisher } = brokers;
    await publisher.publish(message('mqtt', broker.address, '1'), NEVER);
    await broker.kill();
    const lost = publisher.publish(message('mqtt', broker.address, '2'), NEVER);
    await expect(lost).rejects.toMatchObject({ name: 'BrokerUnreachable' });
    await expect(publisher.publish(message('mqtt', broker.address, '3'), NEVER)).rejects.toThrow(
      `${broker.address} cannot be reached: connect ECONNREFUSED`,
    );
    await broker.start();
    expect(await publisher.publish(message('mqtt', broker.address, '4'), NEVER)).toEqual({});
  });

  test('users stand in the addresses that the app was given', async () => {
    await using broker = await startMosquitto({ password: 's@cr%t' });
    const full = broker.address.replace('//', '//user:s%40cr%25t@');
    await using with_ = createBrokers({ addresses: [full] });
    await using without = createBrokers();
    expect(await with_.publisher.publish(message('mqtt', broker.address, '1'), NEVER)).toEqual({});
    expect(await without.publisher.publish(message('mqtt', full, '1'), NEVER)).toEqual({});
    const refused = without.publisher.publish(message('mqtt', broker.address, '1'), NEVER);
    await expect(refused).rejects.toThrow(
      `${broker.address} cannot be reached: Connection refused: Not authorized`,
    );
  });

  test('a signal ends the wait for an acknowledgement', async () => {
    await using broker = await startMosquitto();
    await using proxy = await startProxy(broker.address);
    await using brokers = createBrokers();
    await brokers.publisher.publish(message('mqtt', proxy.address, '1'), NEVER);
    proxy.hold('down');
    const given = new AbortController();
    const waiting = brokers.publisher.publish(message('mqtt', proxy.address, '2'), given.signal);
    await proxy.next('down');
    given.abort(new Error('the app is closing'));
    await expect(waiting).rejects.toThrow('the app is closing');
    // With an acknowledgement outstanding it closes all the same.
    await brokers.close();
    expect(brokers.open).toBe(0);
  });
});

test.skipIf(redis.missing)(`to Redis a message says how many heard it${redis.reason}`, async () => {
  await using broker = await startRedis({ password: 'secret' });
  const full = broker.address.replace('//', '//:secret@');
  await using brokers = createBrokers({ addresses: [full] });
  const { publisher } = brokers;
  expect(await publisher.publish(message('redis', broker.address, '1'), NEVER)).toEqual({ receivers: 0 });
  await broker.kill();
  await expect(publisher.publish(message('redis', broker.address, '2'), NEVER)).rejects.toMatchObject({
    name: 'BrokerUnreachable',
  });
  await broker.start();
  expect(await publisher.publish(message('redis', broker.address, '3'), NEVER)).toEqual({ receivers: 0 });
});

test('to the embedded broker a message has arrived when it is handled', async () => {
  await using broker = await startEmbeddedBroker({ port: 0 });
  await using brokers = createBrokers({ embedded: broker });
  await using listener = await listen(broker.address, 'orders', { qos: 0 });
  expect(await brokers.publisher.publish(message('mqtt', broker.address, '1'), NEVER)).toEqual({
    receivers: 0,
  });
  expect(brokers.open).toBe(0);
  expect(await brokers.publisher.publish(message('mqtt', broker.address, '2', 0), NEVER)).toEqual({});
  expect(await listener.until(2)).toEqual(['orders: 1', 'orders: 2']);
});
