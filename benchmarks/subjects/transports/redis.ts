import { createClient } from 'redis';
import { answer, type Argument, type Payload } from '../payloads.ts';
import type { Transport } from '../transport.ts';

interface Message {
  readonly name: Payload['call'];
  readonly argument: Argument;
}

/** Both sockets are without TCP's delay, which is the client's and the server's default. */
async function clientOf(url: string) {
  const client = createClient({ url, socket: { noDelay: true } });
  await client.connect();
  return client;
}

/**
 * One way: from PUBLISH until the subscriber has worked out the answer. Both ends are in one process, with a
 * connection each, which is the best that can be had: no second process has to wake.
 */
export const redisOneWay: Transport = {
  async connect(_, broker) {
    const publisher = await clientOf(broker);
    const subscriber = await clientOf(broker);
    let arrived: (value: Argument) => void = () => {};
    await subscriber.subscribe('hop', (text) => {
      const { name, argument } = JSON.parse(text) as Message;
      arrived(answer(name, argument));
    });
    return {
      async call(name, argument) {
        const arrival = new Promise<Argument>((resolve) => {
          arrived = resolve;
        });
        await publisher.publish('hop', JSON.stringify({ name, argument } satisfies Message));
        return arrival;
      },
      async close() {
        subscriber.destroy();
        publisher.destroy();
      },
    };
  },
};

/** Request and reply: the callee answers on a channel that the caller listens to. */
export const redisReply: Transport = {
  async serve(broker) {
    const subscriber = await clientOf(broker);
    const publisher = await clientOf(broker);
    await subscriber.subscribe('ask', (text) => {
      const { name, argument } = JSON.parse(text) as Message;
      void publisher.publish('reply', JSON.stringify(answer(name, argument)));
    });
    return 'ask';
  },
  async connect(channel, broker) {
    const publisher = await clientOf(broker);
    const subscriber = await clientOf(broker);
    let replied: (value: Argument) => void = () => {};
    await subscriber.subscribe('reply', (text) => replied(JSON.parse(text) as Argument));
    return {
      async call(name, argument) {
        const reply = new Promise<Argument>((resolve) => {
          replied = resolve;
        });
        await publisher.publish(channel, JSON.stringify({ name, argument } satisfies Message));
        return reply;
      },
      async close() {
        subscriber.destroy();
        publisher.destroy();
      },
    };
  },
};
