// Generated from the world bench:hop-caller/caller@0.1.0 by `tenon types`; do not edit.

/** What is called: one function per shape of payload. */
declare module 'bench:hop/callee@0.1.0' {
  export type Verdict = 'accepted' | 'refused';

  export interface Line {
    sku: string;
    quantity: number;
  }

  export interface Order {
    id: number;
    lines: Line[];
  }

  export function ping(n: number): number;

  export function echo(text: string): string;

  export function judge(order: Order): Verdict;
}

/** What HTTP requests and answers look like. */
declare module 'fermyon:spin/http-types' {
  /** A status code, 100 to 599. */
  export type HttpStatus = number;

  /** A body's bytes. */
  export type Body = Uint8Array;

  /** Header names and values, in order; a name may repeat. */
  export type Headers = [string, string][];

  /** Query parameters; hosts leave them empty, the query stands in the URI. */
  export type Params = [string, string][];

  /** Inbound: path and query. Outbound: an absolute URL. */
  export type Uri = string;

  export type Method = 'get' | 'post' | 'put' | 'delete' | 'patch' | 'head' | 'options';

  export interface Request {
    method: Method;
    uri: string;
    headers: Headers;
    params: Params;
    body?: Body | null;
  }

  export interface Response {
    status: number;
    headers?: Headers | null;
    body?: Body | null;
  }

  /** Why a request could not be sent. */
  export type HttpError =
    /** Not an error; never returned. */
    | 'success'
    /** The component may not call this host. */
    | 'destination-not-allowed'
    /** The URL cannot be understood. */
    | 'invalid-url'
    /** The request failed on its way. */
    | 'request-error'
    /** The host failed. */
    | 'runtime-error'
    /** Too many requests are under way. */
    | 'too-many-requests';
}
