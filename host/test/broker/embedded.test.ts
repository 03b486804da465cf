import { connect as connectTcp, createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { connect, connectAsync, type IConnackPacket } from 'mqtt';
import { expect, test } from 'vitest';
import { startEmbeddedBroker, type EmbeddedBroker, type HandledMessage } from '../../src/broker/embedded.ts';
import { listen } from './listener.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

interface Handler extends AsyncDisposable {
  /** The next message that arrives, not yet acknowledged, and how to do that. */
  next(): Promise<{ readonly text: string; readonly acknowledge: () => void }>;
}

/** A persistent session that acknowledges when it is told to. */
async function handler(broker: EmbeddedBroker, clientId: string, qos: 1 | 2 = 1): Promise<Handler> {
  const client = connect(broker.address, { protocolVersion: 4, clientId, clean: false, reconnectPeriod: 0 });
  const arrived: { text: string; acknowledge: () => void }[] = [];
  const waiting: ((message: { text: string; acknowledge: () => void }) => void)[] = [];
  client.handleMessage = ({ payload }, done) => {
    const message = { text: payload.toString(), acknowledge: () => done() };
    const first = waiting.shift();
    if (first) first(message);
    else arrived.push(message);
  };
  const { sessionPresent } = await new Promise<IConnackPacket>((resolve) => client.on('connect', resolve));
  // One that is back has subscribed before; its first message may already wait for us.
  if (!sessionPresent) await client.subscribeAsync('orders/#', { qos });
  return {
    next() {
      const first = arrived.shift();
      return first ? Promise.resolve(first) : new Promise((resolve) => waiting.push(resolve));
    },
    async [Symbol.asyncDispose]() {
      await client.endAsync(true);
    },
  };
}

function deliver(broker: EmbeddedBroker, payload: string, signal = new AbortController().signal) {
  let settled = false;
  const delivered = broker.deliver({ topic: 'orders/new', payload: bytes(payload), qos: 1 }, signal);
  void delivered
    .catch(() => {})
    .finally(() => {
      settled = true;
    });
  return {
    delivered,
    get settled() {
      return settled;
    },
  };
}

test('it listens on loopback, on the usual port or any other', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  await using broker = await startEmbeddedBroker({ port });
  expect(broker.port).not.toBe(port);
  expect(broker.address).toBe(`mqtt://127.0.0.1:${broker.port}`);
  await using listener = await listen(broker.address, 'a');
  const client = await connectAsync(broker.address, { protocolVersion: 4 });
  await client.publishAsync('a', 'hello');
  expect(await listener.until(1)).toEqual(['a: hello']);
  await client.endAsync();
  taken.close();
});

test.each([1, 2] as const)(
  'a delivery ends when every handler has acknowledged it, at QoS %i',
  async (qos) => {
    await using broker = await startEmbeddedBroker({ port: 0 });
    const handled: HandledMessage[] = [];
    broker.onHandled((message) => handled.push(message));
    await using one = await handler(broker, 'tenon-one', qos);
    await using two = await handler(broker, 'tenon-two', qos);
    const first = deliver(broker, '1');
    const [atOne, atTwo] = await Promise.all([one.next(), two.next()]);
    expect([atOne.text, atTwo.text, first.settled]).toEqual(['1', '1', false]);
    atOne.acknowledge();
    // The next message goes the same way: what one has acknowledged has arrived before it.
    const second = deliver(broker, '2');
    const next = await one.next();
    next.acknowledge();
    expect(first.settled).toBe(false);
    atTwo.acknowledge();
    expect(await first.delivered).toEqual({ receivers: 2 });
    (await two.next()).acknowledge();
    expect(await second.delivered).toEqual({ receivers: 2 });
    const seen = handled.map(({ topic, payload, clientId }) => `${topic} ${String(payload)} ${clientId}`);
    expect(seen.toSorted()).toEqual(
      ['1', '2']
        .flatMap((text) => ['tenon-one', 'tenon-two'].map((id) => `orders/new ${text} ${id}`))
        .toSorted(),
    );
  },
);

test('a handler that goes away gets it when it comes back', async () => {
  await using broker = await startEmbeddedBroker({ port: 0 });
  const gone = await handler(broker, 'tenon-one');
  await gone[Symbol.asyncDispose]();
  const first = deliver(broker, '1');
  await using back = await handler(broker, 'tenon-one');
  const message = await back.next();
  expect([message.text, first.settled]).toEqual(['1', false]);
  message.acknowledge();
  expect(await first.delivered).toEqual({ receivers: 1 });
});

test('nobody waits for listeners, for sessions of others, nor for anybody where nobody subscribes', async () => {
  await using broker = await startEmbeddedBroker({ port: 0 });
  await using listener = await listen(broker.address, '#', { qos: 1 });
  await using other = await handler(broker, 'somebody');
  expect(await deliver(broker, '1').delivered).toEqual({ receivers: 0 });
  expect(await listener.until(1)).toEqual(['orders/new: 1']);
  expect((await other.next()).text).toBe('1');
});

test('a delivery is given up with its signal, and with the session that should handle it', async () => {
  await using broker = await startEmbeddedBroker({ port: 0 });
  const one = await handler(broker, 'tenon-one');
  const given = new AbortController();
  const first = deliver(broker, '1', given.signal);
  const second = deliver(broker, '2');
  await one.next();
  given.abort(new Error('enough'));
  await expect(first.delivered).rejects.toThrow('enough');
  await one[Symbol.asyncDispose]();
  const clean = await connectAsync(broker.address, {
    protocolVersion: 4,
    clientId: 'tenon-one',
    clean: true,
  });
  await expect(second.delivered).rejects.toThrow('the session tenon-one ended before it had handled it');
  await clean.endAsync();
});

test('nothing that a client sends brings it down', async () => {
  await using broker = await startEmbeddedBroker({ port: 0 });
  const connect31 = '\x10\x0d\x00\x04MQTT\x04\x02\x00\x3c\x00\x01a';
  const sent = [
    'GET / HTTP/1.1\r\n\r\n',
    '\xff\xff\xff\xff\xff',
    `${connect31}\x30\x05\x00\x01#xx`,
    `${connect31}\x30\xff\xff\xff\x7f`,
    `${connect31}\x82\x03\x00\x00\x00`,
    `${connect31}${connect31}`,
    '',
  ];
  for (const text of sent) {
    const socket = connectTcp(broker.port, '127.0.0.1');
    socket.on('error', () => {});
    await once(socket, 'connect');
    socket.end(text, 'latin1');
    socket.resume();
    await once(socket, 'close');
  }
  await using listener = await listen(broker.address, 'orders/#');
  await deliver(broker, 'still here').delivered;
  expect(await listener.until(1)).toEqual(['orders/new: still here']);
});
