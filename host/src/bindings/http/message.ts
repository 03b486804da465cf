export type HttpMethod = 'get' | 'post' | 'put' | 'delete' | 'patch' | 'head' | 'options';

export type Headers = readonly (readonly [name: string, value: string])[];

/** A request of `fermyon:spin/http-types`, on its way to the main thread. */
export interface OutboundRequest {
  readonly method: HttpMethod;
  readonly uri: string;
  readonly headers: Headers;
  readonly body: Uint8Array | undefined;
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

export type HttpAnswer =
  | { readonly kind: 'response'; readonly response: OutboundResponse }
  /** With the reason, for the log. */
  | { readonly kind: 'error'; readonly error: HttpError; readonly reason: string };
