import { messageOf, requireEvent, undelivered, type BrokerEdge, type Called, type SentCall } from './call.ts';
import type { Channel } from './broker.ts';
import { messageId } from './message-id.ts';
import { publishMqtt } from './publish-mqtt.ts';

/** A function whose calls are published and not answered: one that returns says the broker has the message. */
export function callMqtt(edge: BrokerEdge, called: SentCall, channel: Channel): Called {
  return (...args) => {
    requireEvent(edge);
    const message = messageOf(edge, called, args, { id: messageId() });
    try {
      publishMqtt(channel, message);
    } catch (error) {
      throw undelivered(edge, called, 'MQTT', channel, error);
    }
  };
}
