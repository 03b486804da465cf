import type { Answerer } from '../bindings/channel/serve.ts';
import type { MqttLinks } from './mqtt-links.ts';
import { unreachable } from './unreachable.ts';

/** Publishes what the workers' bindings ask for. */
export function createMqttAnswerer(links: MqttLinks): Answerer<'mqtt'> {
  return async ({ topic, payload, qos, ...login }, { signal }) => {
    try {
      await links.publish(login, { topic, payload, qos }, signal);
      return { answer: { kind: 'published' } };
    } catch (error) {
      return { answer: { kind: 'unreachable', message: unreachable(error).message } };
    }
  };
}
