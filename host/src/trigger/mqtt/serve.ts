import { createHash } from 'node:crypto';
import { subscribeMqtt } from '../../broker/subscriber-mqtt.ts';
import type { PlannedTrigger } from '../../plan/types.ts';
import type { MessageHost } from '../messages/handler.ts';
import { serveMessages, type RunningMessageTrigger } from '../messages/serve.ts';

export interface MqttTriggerOptions extends MessageHost {
  readonly app: string;
  readonly unit: string;
  readonly trigger: PlannedTrigger & { readonly kind: 'mqtt' };
  /** With user and password, without query. */
  readonly address: string;
  /** The name of this process among several that share the messages. */
  readonly replica?: string | undefined;
  readonly limits: { readonly inFlight: number; readonly deadline: number };
}

/** Handles the messages of an MQTT topic: world-level `handle-message` of spin:mqtt-trigger. */
export function serveMqtt(options: MqttTriggerOptions): Promise<RunningMessageTrigger> {
  const { app, unit, trigger, address, replica, limits } = options;
  const { topic, qos, claim, retries, deadLetter } = trigger;
  return serveMessages({
    ...options,
    name: `mqtt ${topic}`,
    topic,
    event: (message) => ({
      kind: 'call',
      interface: null,
      function: 'handle-message',
      args: [message.payload, { topic: message.topic }],
    }),
    claim,
    retries,
    deadLetter: { kind: 'mqtt', address, topic: deadLetter, qos: 1 },
    limit: limits.inFlight,
    kept: qos > 0,
    drainMs: limits.deadline,
    subscribe: (subscription) =>
      subscribeMqtt({
        ...subscription,
        clientId: clientId([app, unit, topic, replica ?? '']),
        qos,
        ...(replica !== undefined && { group: `${app}-${unit}` }),
      }),
  });
}

/**
 * The same for the same trigger at each start, so that the broker finds its session again; another topic is
 * another session, since one that stays would go on with what was subscribed in it.
 */
function clientId(parts: readonly [app: string, unit: string, topic: string, replica: string]): string {
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 8);
  return `tenon-${parts[0]}-${parts[1]}-${hash}`;
}
