import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { startMosquitto, startRedis, type BrokerProcess } from './brokers.ts';
import { startProxy } from './proxy.ts';
import { tool } from './tools.ts';

const redis = tool('redis-server');
const mosquitto = tool('mosquitto');

/** What a server answers to some bytes. */
async function answer({ port }: { readonly port: number }, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(bytes, 'latin1');
  const [data] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return data.toString('latin1');
}

const CONNECT = '\x10\x0d\x00\x04MQTT\x04\x02\x00\x3c\x00\x01a';
const CONNACK = '\x20\x02\x00\x00';

describe.each([
  { name: 'redis-server', state: redis, start: startRedis, hello: 'PING\r\n', welcome: '+PONG\r\n' },
  { name: 'mosquitto', state: mosquitto, start: startMosquitto, hello: CONNECT, welcome: CONNACK },
])('$name $state.reason', ({ state, start, hello, welcome }) => {
  test.skipIf(state.missing)('starts, is killed, and starts again where it was', async () => {
    await using broker: BrokerProcess = await start({ persistent: true });
    expect(await answer(broker, hello)).toBe(welcome);
    await broker.kill();
    await expect(answer(broker, hello)).rejects.toThrow(/ECONNREFUSED/);
    await broker.start();
    expect(await answer(broker, hello)).toBe(welcome);
    await broker.stop();
    await expect(answer(broker, hello)).rejects.toThrow(/ECONNREFUSED/);
  });
});

test.skipIf(redis.missing)(`a proxy hands on, holds, halves, cuts and refuses${redis.reason}`, async () => {
  await using broker = await startRedis();
  await using proxy = await startProxy(broker.address);
  expect(proxy.address).toBe(`redis://127.0.0.1:${proxy.port}`);
  expect(await answer(proxy, 'PING\r\n')).toBe('+PONG\r\n');

  proxy.hold('down');
  const held = answer(proxy, 'ECHO a\r\n');
  expect((await proxy.next('down')).toString()).toBe('$1\r\na\r\n');
  proxy.release('down');
  expect(await held).toBe('$1\r\na\r\n');

  proxy.halve('down');
  expect(await answer(proxy, 'PING\r\n')).toBe('+PO');

  const socket = connect(proxy.port, '127.0.0.1');
  socket.write('PING\r\n');
  await once(socket, 'data');
  proxy.cut();
  await once(socket, 'close');
  expect(proxy.open).toBe(0);

  await proxy.refuse();
  await expect(answer(proxy, 'PING\r\n')).rejects.toThrow(/ECONNREFUSED/);
  await proxy.accept();
  expect(await answer(proxy, 'PING\r\n')).toBe('+PONG\r\n');
});
