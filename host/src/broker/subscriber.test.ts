import mqtt from 'mqtt';
import { createClient } from 'redis';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { startMosquitto, startProxy, startRedis, type BrokerProcess } from '../../test/brokers.ts';
import { tool } from '../../test/tools.ts';
import { subscribeMqtt } from './subscriber-mqtt.ts';
import { subscribeRedis } from './subscriber-redis.ts';
import { backoff, type ReceivedMessage, type Subscriber, type SubscriberState } from './subscriber.ts';

const mosquitto = tool('mosquitto');
const redisServer = tool('redis-server');

const toEnd: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of toEnd.splice(0).toReversed()) await one[Symbol.asyncDispose]();
});

function ending<T extends AsyncDisposable>(one: T): T {
  toEnd.push(one);
  return one;
}

/** What a subscriber hands on, kept. */
class Received {
  readonly messages: ReceivedMessage[] = [];
  readonly states: SubscriberState[] = [];
  subscriber: Subscriber | undefined;

  get texts(): string[] {
    return this.messages.map(({ payload }) => Buffer.from(payload).toString());
  }

  readonly onMessage = (message: ReceivedMessage): void => void this.messages.push(message);
  readonly onState = (state: SubscriberState): void => void this.states.push(state);

  /** Waits until so many messages are there. */
  async upTo(count: number): Promise<string[]> {
    await this.#until(() => this.messages.length >= count);
    return this.texts;
  }

  /** Waits until it was lost and found again so often. */
  async back(times = 1): Promise<void> {
    const kinds = ['subscribed', ...Array.from({ length: times }, () => ['lost', 'subscribed']).flat()];
    await this.hasBeen(kinds);
  }

  async hasBeen(kinds: readonly string[]): Promise<void> {
    await this.#until(() => this.states.map(({ kind }) => kind).join() === kinds.join());
  }

  async #until(holds: () => boolean): Promise<void> {
    const check = (): void => {
      if (!holds()) throw new Error(`not yet: ${JSON.stringify([this.states, this.texts])}`);
    };
    await vi.waitFor(check, { timeout: 10_000, interval: 5 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.subscriber?.close();
  }
}

test('tries to connect again after pauses that double up to five seconds', () => {
  expect(Array.from({ length: 8 }, (_, tries) => backoff(tries, () => 0))).toEqual([
    100, 200, 400, 800, 1600, 3200, 5000, 5000,
  ]);
  expect(backoff(0, () => 1)).toBe(80);
});

describe.skipIf(mosquitto.missing)(`MQTT${mosquitto.reason}`, () => {
  async function publisher(broker: BrokerProcess) {
    const client = await mqtt.connectAsync(broker.address, { reconnectPeriod: 20 });
    client.on('error', () => {});
    ending({ [Symbol.asyncDispose]: () => client.endAsync(true) });
    return (topic: string, text: string, qos: 0 | 1 | 2 = 1) => client.publishAsync(topic, text, { qos });
  }

  async function subscribe(
    address: string,
    options: { topic?: string; clientId?: string; qos?: 0 | 1 | 2; group?: string } = {},
  ): Promise<Received & { subscriber: Subscriber }> {
    const received = ending(new Received());
    const { onMessage, onState } = received;
    const subscriber = subscribeMqtt({
      address,
      topic: 'orders',
      clientId: 'one',
      qos: 1,
      ...options,
      onMessage,
      onState,
    });
    received.subscriber = subscriber;
    await subscriber.settled;
    return Object.assign(received, { subscriber });
  }

  test('what is not acknowledged comes again after a restart, in whatever order the rest was', async () => {
    const broker = ending(await startMosquitto({ persistent: true }));
    const publish = await publisher(broker);
    const first = await subscribe(broker.address);
    for (const text of ['a', 'b', 'c']) await publish('orders', text);
    expect(await first.upTo(3)).toEqual(['a', 'b', 'c']);
    first.messages[2]?.acknowledge();
    first.messages[0]?.acknowledge();
    await first.subscriber.close();

    await publish('orders', 'd');
    const second = await subscribe(broker.address);
    expect(await second.upTo(2)).toEqual(['b', 'd']);
  });

  test('a message at hand is not handed on again when the connection was cut, and can be acknowledged then', async () => {
    const broker = ending(await startMosquitto());
    const proxy = ending(await startProxy(broker.address));
    const publish = await publisher(broker);
    const received = await subscribe(proxy.address);
    await publish('orders', 'a');
    await received.upTo(1);
    proxy.cut();
    await received.back();
    await publish('orders', 'b');
    expect(await received.upTo(2)).toEqual(['a', 'b']);
    for (const message of received.messages) message.acknowledge();
    await received.subscriber.close();

    const next = await subscribe(broker.address);
    await publish('orders', 'c');
    expect(await next.upTo(1)).toEqual(['c']);
  });

  test('an acknowledgement from before is not taken for that of another message when the broker forgot all', async () => {
    const broker = ending(await startMosquitto());
    const publish = await publisher(broker);
    const received = await subscribe(broker.address);
    await publish('orders', 'a');
    await received.upTo(1);
    await broker.kill();
    await received.hasBeen(['subscribed', 'lost']);
    await broker.start();
    await received.back();
    await publish('orders', 'b');
    await received.upTo(2);
    received.messages[0]?.acknowledge();
    await received.subscriber.close();

    const next = await subscribe(broker.address);
    expect(await next.upTo(1)).toEqual(['b']);
  });

  test('a broker that comes later is found', async () => {
    const broker = ending(await startMosquitto());
    await broker.stop();
    const received = await subscribe(broker.address);
    expect(received.states).toEqual([
      { kind: 'lost', reason: expect.stringContaining('ECONNREFUSED') as unknown },
    ]);
    await broker.start();
    await received.hasBeen(['lost', 'subscribed']);
    const publish = await publisher(broker);
    await publish('orders', 'a');
    expect(await received.upTo(1)).toEqual(['a']);
    expect(received.states).toHaveLength(2);
  });

  test('while paused it takes nothing, and afterwards all, in order', async () => {
    const broker = ending(await startMosquitto({ config: ['max_inflight_messages 0'] }));
    const publish = await publisher(broker);
    const received = await subscribe(broker.address);
    received.subscriber.pause();
    const texts = Array.from({ length: 50 }, (_, index) => String(index));
    for (const text of texts) await publish('orders', text);
    // The one that was on its way is handed on.
    expect(await received.upTo(1)).toEqual(['0']);
    received.subscriber.resume();
    expect(await received.upTo(50)).toEqual(texts);
  });

  test('after stop nothing is handed on, and what is at hand can be acknowledged', async () => {
    const broker = ending(await startMosquitto());
    const publish = await publisher(broker);
    const received = await subscribe(broker.address);
    await publish('orders', 'a');
    await received.upTo(1);
    received.subscriber.stop();
    await publish('orders', 'b');
    received.messages[0]?.acknowledge();
    await received.subscriber.close();
    expect(received.texts).toEqual(['a']);
    const next = await subscribe(broker.address);
    expect(await next.upTo(1)).toEqual(['b']);
  });

  test('a message of QoS 2 is the broker’s until it is acknowledged', async () => {
    const broker = ending(await startMosquitto());
    const publish = await publisher(broker);
    const first = await subscribe(broker.address, { qos: 2 });
    await publish('orders', 'a', 2);
    await first.upTo(1);
    await first.subscriber.close();
    const second = await subscribe(broker.address, { qos: 2 });
    expect(await second.upTo(1)).toEqual(['a']);
  });

  test('wildcards, and the topic that a message came on', async () => {
    const broker = ending(await startMosquitto());
    const publish = await publisher(broker);
    const received = await subscribe(broker.address, { topic: 'shops/+/orders/#' });
    await publish('shops/a/orders/new', '1');
    await publish('shops/a/stock', '2');
    await publish('shops/b/orders', '3', 0);
    await received.upTo(2);
    expect(received.messages.map(({ topic }) => topic)).toEqual(['shops/a/orders/new', 'shops/b/orders']);
  });

  test('a group shares the messages, each of which comes once', async () => {
    const broker = ending(await startMosquitto());
    const publish = await publisher(broker);
    const group = 'orders-fulfilment';
    const a = await subscribe(broker.address, { group, clientId: 'a' });
    const b = await subscribe(broker.address, { group, clientId: 'b' });
    const texts = Array.from({ length: 20 }, (_, index) => String(index));
    for (const text of texts) await publish('orders', text);
    await vi.waitFor(() => expect(a.messages.length + b.messages.length).toBe(20));
    expect([...a.texts, ...b.texts].toSorted()).toEqual(texts.toSorted());
    expect(a.messages.length).toBeGreaterThan(0);
    expect(b.messages.length).toBeGreaterThan(0);
  });

  test('a shared subscription is made again after a restart, which does not always keep it', async () => {
    const broker = ending(await startMosquitto({ persistent: true }));
    const publish = await publisher(broker);
    const received = await subscribe(broker.address, { group: 'orders-fulfilment' });
    await broker.stop();
    await received.hasBeen(['subscribed', 'lost']);
    await broker.start();
    await received.back();
    await publish('orders', 'a');
    expect(await received.upTo(1)).toEqual(['a']);
  });

  test('a broker that wants a password is given it, and says so where it is wrong', async () => {
    const broker = ending(await startMosquitto({ password: 'secret' }));
    const wrong = await subscribe(broker.address.replace('//', '//user:wrong@'));
    expect(wrong.states[0]).toMatchObject({
      kind: 'lost',
      reason: expect.stringMatching(/[Nn]ot authori[sz]ed/) as unknown,
    });
    const right = await subscribe(broker.address.replace('//', '//user:secret@'), { clientId: 'two' });
    expect(right.states).toEqual([{ kind: 'subscribed' }]);
  });

  test('closes at once while the network stands still', async () => {
    const broker = ending(await startMosquitto());
    const proxy = ending(await startProxy(broker.address));
    const received = await subscribe(proxy.address);
    proxy.hold('up');
    proxy.hold('down');
    await received.subscriber.close();
    expect(received.subscriber.subscribed).toBe(false);
  });
});

describe.skipIf(redisServer.missing)(`Redis${redisServer.reason}`, () => {
  async function publisher(broker: BrokerProcess) {
    const client = createClient({ url: broker.address, socket: { reconnectStrategy: 20 } });
    client.on('error', () => {});
    await client.connect();
    ending({ [Symbol.asyncDispose]: async () => client.destroy() });
    return (channel: string, text: string) => client.publish(channel, text);
  }

  async function subscribe(
    address: string,
    topic = 'orders',
  ): Promise<Received & { subscriber: Subscriber }> {
    const received = ending(new Received());
    const { onMessage, onState } = received;
    const subscriber = subscribeRedis({ address, topic, onMessage, onState });
    received.subscriber = subscriber;
    await subscriber.settled;
    return Object.assign(received, { subscriber });
  }

  test('hands on the bytes of its channel', async () => {
    const broker = ending(await startRedis());
    const publish = await publisher(broker);
    const received = await subscribe(broker.address);
    expect(await publish('orders', 'größer')).toBe(1);
    expect(await publish('others', 'b')).toBe(0);
    expect(await received.upTo(1)).toEqual(['größer']);
    expect(received.messages[0]?.topic).toBe('orders');
  });

  test('subscribes again when the connection was cut', async () => {
    const broker = ending(await startRedis());
    const proxy = ending(await startProxy(broker.address));
    const publish = await publisher(broker);
    const received = await subscribe(proxy.address);
    for (const [index, text] of ['a', 'b', 'c'].entries()) {
      await publish('orders', text);
      await received.upTo(index + 1);
      proxy.cut();
      await received.back(index + 1);
    }
    await publish('orders', 'd');
    expect(await received.upTo(4)).toEqual(['a', 'b', 'c', 'd']);
  });

  test('subscribes again when the server was killed and started again', async () => {
    const broker = ending(await startRedis());
    const received = await subscribe(broker.address);
    await broker.kill();
    await received.hasBeen(['subscribed', 'lost']);
    await broker.start();
    await received.back();
    const publish = await publisher(broker);
    await publish('orders', 'a');
    expect(await received.upTo(1)).toEqual(['a']);
  });

  test('a server that comes later is found', async () => {
    const broker = ending(await startRedis());
    await broker.stop();
    const received = await subscribe(broker.address);
    expect(received.states).toEqual([
      { kind: 'lost', reason: expect.stringContaining('ECONNREFUSED') as unknown },
    ]);
    await broker.start();
    await received.hasBeen(['lost', 'subscribed']);
  });

  test('after stop nothing is handed on', async () => {
    const broker = ending(await startRedis());
    const publish = await publisher(broker);
    const received = await subscribe(broker.address);
    const other = await subscribe(broker.address);
    received.subscriber.stop();
    await publish('orders', 'a');
    await other.upTo(1);
    await received.subscriber.close();
    expect(received.texts).toEqual([]);
  });

  test('a server that wants a password is given it, and says so where it is wrong', async () => {
    const broker = ending(await startRedis({ password: 'secret' }));
    const wrong = await subscribe(broker.address.replace('//', '//:wrong@'));
    expect(wrong.states[0]).toMatchObject({ reason: expect.stringMatching(/WRONGPASS/) as unknown });
    const right = await subscribe(broker.address.replace('//', '//:secret@'));
    expect(right.states).toEqual([{ kind: 'subscribed' }]);
  });
});
