import type { MessagePort } from 'node:worker_threads';

/** How a worker finds the network of its unit; cloneable. */
export interface NetworkAddress {
  /** The thread that does the network's work. */
  readonly thread: number;
  /** Which of that thread's networks. */
  readonly key: string;
}

/** The first message of a worker to a network: its end of the line, and the number that it waits on. */
export interface Connect {
  readonly tenonNetwork: string;
  readonly port: MessagePort;
  /** One Int32, counted up and notified for each answer. */
  readonly answers: Int32Array;
}

export type HttpMethod = 'get' | 'post' | 'put' | 'delete' | 'patch' | 'head' | 'options';

export type Headers = readonly (readonly [name: string, value: string])[];

/** A request of `fermyon:spin/http-types`, on its way to the main thread. */
export interface OutboundRequest {
  readonly id: number;
  readonly method: HttpMethod;
  readonly uri: string;
  readonly headers: Headers;
  readonly body: Uint8Array | undefined;
  /** Wall-clock time, ms since the epoch, past which nobody waits for the answer. */
  readonly deadline: number;
}

/** The cases of `http-error` that can be returned. */
export type HttpError =
  | 'destination-not-allowed'
  | 'invalid-url'
  | 'request-error'
  | 'runtime-error'
  | 'too-many-requests';

export interface OutboundResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

export type Answer = { readonly id: number } & (
  | { readonly kind: 'response'; readonly response: OutboundResponse }
  /** With the reason, for the log. */
  | { readonly kind: 'error'; readonly error: HttpError; readonly reason: string }
);
