// Generated from the world test:hostile/hostile@0.1.0 by `tenon types`; do not edit.

/** Key-value stores, opened by label. Keys are strings, values bytes. */
declare module 'fermyon:spin/key-value@2.0.0' {
  /** An open store. */
  export class Store {
    private constructor();
    /**
     * Opens the store that the application calls `label`; `default` is the one every host has.
     *
     * @throws an Error whose `payload` is `Error`
     */
    static open(label: string): Store;
    /**
     * The value under `key`, or none.
     *
     * @throws an Error whose `payload` is `Error`
     */
    get(key: string): Uint8Array | null | undefined;
    /**
     * Stores `value` under `key`, whatever was there before.
     *
     * @throws an Error whose `payload` is `Error`
     */
    set(key: string, value: Uint8Array): void;
    /**
     * Removes `key` and its value; succeeds as well when there is none.
     *
     * @throws an Error whose `payload` is `Error`
     */
    delete(key: string): void;
    /**
     * Whether there is a value under `key`.
     *
     * @throws an Error whose `payload` is `Error`
     */
    exists(key: string): boolean;
    /**
     * All keys of the store, in no promised order.
     *
     * @throws an Error whose `payload` is `Error`
     */
    getKeys(): string[];
    /** Gives the handle back; it cannot be used afterwards. */
    [Symbol.dispose](): void;
  }

  /** Why an operation failed. */
  export type Error =
    /** Too many stores are open at once; drop some and try again. */
    | { tag: 'store-table-full' }
    /** No store has this label. */
    | { tag: 'no-such-store' }
    /** The component may not open this store, whether or not it exists. */
    | { tag: 'access-denied' }
    /** Anything else, in the host's words. */
    | { tag: 'other'; val: string };
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

  export type Method =
    | 'get'
    | 'post'
    | 'put'
    | 'delete'
    | 'patch'
    | 'head'
    | 'options';

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
