import { connect as connectTcp } from 'node:net';
import { MqttClient } from 'mqtt';
import { answer, type Argument, type Payload } from '../payloads.ts';
import type { Transport } from '../transport.ts';

/** Without TCP's delay here; Mosquitto is started with `set_tcp_nodelay`. */
async function clientOf(broker: string): Promise<MqttClient> {
  const { hostname, port } = new URL(broker);
  const client = new MqttClient(() => connectTcp({ host: hostname, port: Number(port), noDelay: true }), {
    protocolVersion: 4,
    clean: true,
    reconnectPeriod: 0,
  });
  await new Promise<void>((resolve, reject) => {
    client.on('connect', () => resolve());
    client.on('error', reject);
  });
  return client;
}

/**
 * One way: from PUBLISH until the subscriber has worked out the answer. Both ends are in one process, with a
 * connection each, which is the best that can be had: no second process has to wake.
 */
function oneWay(qos: 0 | 1): Transport {
  return {
    async connect(_, broker) {
      const publisher = await clientOf(broker);
      const subscriber = await clientOf(broker);
      await subscriber.subscribeAsync('hop', { qos });
      let arrived: (value: Argument) => void = () => {};
      subscriber.on('message', (_topic, payload) => {
        const { name, argument } = JSON.parse(payload.toString()) as {
          name: Payload['call'];
          argument: Argument;
        };
        arrived(answer(name, argument));
      });
      return {
        async call(name, argument) {
          const arrival = new Promise<Argument>((resolve) => {
            arrived = resolve;
          });
          await publisher.publishAsync('hop', JSON.stringify({ name, argument }), { qos });
          return arrival;
        },
        async close() {
          publisher.end(true);
          subscriber.end(true);
        },
      };
    },
  };
}

export const mqttQos0: Transport = oneWay(0);
export const mqttQos1: Transport = oneWay(1);
