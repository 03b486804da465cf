import type { Binding, EventContext } from '../binding.ts';
import type { Channel } from '../channel/channel.ts';
import { transferOf } from '../channel/message.ts';
import type { Headers, HttpError, HttpMethod } from './message.ts';

export const HTTP = 'fermyon:spin/http';

/** `record request` of fermyon:spin/http-types, in jco's form. */
interface GuestRequest {
  readonly method: HttpMethod;
  readonly uri: string;
  readonly headers: Headers;
  readonly params: Headers;
  readonly body?: Uint8Array;
}

/** `record response`. */
interface GuestResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

export interface HttpOptions {
  /** The worker's, shared with other bindings; absent: no request is allowed. */
  readonly channel: Channel | undefined;
  /** Commits what the event has written so far; false if it has changed meanwhile and cannot run again. */
  readonly beforeEffect: () => boolean;
  readonly warn: (line: string) => void;
}

/**
 * `fermyon:spin/http`: the request is sent by the main thread, the guest waits. An outbound request is seen by
 * others, so what the event has written is committed first, and the event cannot run again.
 */
export function createHttpBinding(options: HttpOptions): Binding {
  const { channel, beforeEffect, warn } = options;
  let event: EventContext | undefined;
  let effect = false;

  function sendRequest(request: GuestRequest): GuestResponse {
    if (!channel) {
      warn(`outbound request to ${request.uri} refused: the unit has no grant for any host`);
      throw refusal('destination-not-allowed');
    }
    if (!beforeEffect()) {
      warn(`outbound request to ${request.uri} not sent: another event has changed what this one had read`);
      throw refusal('runtime-error');
    }
    effect = true;
    const { method, uri, headers, body } = request;
    const answer = channel.ask(
      'http',
      { method, uri, headers, body },
      event?.deadline ?? Infinity,
      transferOf(body),
    );
    if (answer?.kind === 'response') return answer.response;
    warn(
      `outbound request to ${uri} failed: ${answer?.reason ?? 'no answer before the deadline of the event'}`,
    );
    throw refusal(answer?.error ?? 'runtime-error');
  }

  return {
    imports: { [HTTP]: { sendRequest } },
    begin(context) {
      event = context;
      effect = false;
    },
    hasOutsideEffect: () => effect,
  };
}

/** An error for the guest: the glue takes `payload` as the error of the function's result. */
function refusal(error: HttpError): Error {
  return Object.assign(new Error(error), { payload: error });
}
