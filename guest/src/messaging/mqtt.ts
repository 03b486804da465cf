import { exported } from '../async/loop.ts';
import { logError } from '../console/log-error.ts';
import { decodeUtf8 } from '../encoding/utf8.ts';

/** A message of an MQTT topic. */
export interface MqttMessage {
  readonly topic: string;
  readonly bytes: Uint8Array;
  text(): string;
  json(): unknown;
}

export type MqttHandler = (message: MqttMessage) => void | PromiseLike<void>;

/**
 * `handle-message` of `spin:mqtt-trigger`. What the handler throws is logged once and becomes the trigger's
 * error, so that the host knows the message was not handled.
 *
 * @example export const handleMessage = handleMqtt((message) => store(message.topic, message.json()))
 */
export function handleMqtt(
  handler: MqttHandler,
): (message: Uint8Array, metadata: { readonly topic: string }) => void {
  const call = exported((bytes: Uint8Array, topic: string) => handler(mqttMessage(bytes, topic)));
  return (message, { topic }) => {
    try {
      call(message, topic);
    } catch (error) {
      logError(`the MQTT message on ${topic} was not handled:`, error);
      throw { tag: 'other', val: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
    }
  };
}

function mqttMessage(bytes: Uint8Array, topic: string): MqttMessage {
  return {
    topic,
    bytes,
    text: () => decodeUtf8(bytes),
    json: () => JSON.parse(decodeUtf8(bytes)) as unknown,
  };
}
