import type { ComponentType, ValueType } from '../component/types.ts';
import type { PlannedTrigger } from './types.ts';

/** What triggers of one kind call. */
export interface Handler {
  /** The trigger, with its article. */
  readonly name: string;
  /** The export, as messages call it. */
  readonly handler: string;
  /** What to write into the world. */
  readonly add: string;
  /** The export's name. */
  readonly exported: string;
}

export const HANDLERS: Readonly<Record<PlannedTrigger['kind'], Handler>> = {
  http: {
    name: 'an HTTP',
    handler: 'fermyon:spin/inbound-http',
    add: 'export fermyon:spin/inbound-http;',
    exported: 'fermyon:spin/inbound-http',
  },
  redis: {
    name: 'a Redis',
    handler: 'fermyon:spin/inbound-redis',
    add: 'export fermyon:spin/inbound-redis;',
    exported: 'fermyon:spin/inbound-redis',
  },
  mqtt: {
    name: 'an MQTT',
    handler: 'handle-message: func(message: payload, metadata: metadata) -> result<_, error>',
    add: 'include spin:mqtt-trigger/spin-mqtt;',
    exported: 'handle-message',
  },
};

/** Whether a world exports what triggers of a kind call. */
export function handles({ exports }: ComponentType, kind: PlannedTrigger['kind']): boolean {
  const extern = exports.get(HANDLERS[kind].exported);
  if (kind !== 'mqtt') return extern?.kind === 'instance';
  if (extern?.kind !== 'func') return false;
  const [message, metadata, ...more] = extern.type.params;
  // The MQTT trigger's function belongs to the world itself, so that any could be called like it.
  return (
    message !== undefined &&
    isBytes(message.type) &&
    metadata?.type.kind === 'record' &&
    more.length === 0 &&
    extern.type.result?.kind === 'result'
  );
}

function isBytes(type: ValueType): boolean {
  return type.kind === 'list' && type.element.kind === 'primitive' && type.element.name === 'u8';
}
