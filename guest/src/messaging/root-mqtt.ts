import { handle, requireFunctions, type ReceivedCall } from './root.ts';

type HandleMessage = (message: Uint8Array, metadata: { readonly topic: string }) => void;

/** `handle-message` of `spin:mqtt-trigger` that calls a service; the error says why a message was not handled. */
export function rootMqtt(service: string, calls: readonly ReceivedCall[]): HandleMessage {
  requireFunctions(service, calls);
  return (message, { topic }) => {
    const here = calls.filter(({ topics }) => topics.includes(topic));
    const failure = handle(here.length > 0 ? here : calls, message, {});
    // The WIT variant of the trigger, thrown as the toolchain wants it.
    if (failure !== undefined) throw { tag: 'other', val: failure };
  };
}
