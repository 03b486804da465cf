// The host interfaces that the guest's own modules call, as componentize-qjs binds them: u64 is a number
// (exact to 2^53), list<u8> a Uint8Array, and what a result's error carries is thrown.

declare module 'wasi:random/random@0.2.12' {
  export function getRandomBytes(length: number): Uint8Array<ArrayBuffer>;
}

declare module 'wasi:clocks/monotonic-clock@0.2.12' {
  /** Nanoseconds since a moment that the host chose. */
  export function now(): number;
  /** `duration` in nanoseconds. */
  export function subscribeDuration(duration: number): Pollable;
  interface Pollable extends Disposable {
    block(): void;
  }
}

declare module 'wasi:cli/stdout@0.2.12' {
  export function getStdout(): OutputStream;
  interface OutputStream extends Disposable {
    /** At most 4096 bytes at once. */
    blockingWriteAndFlush(bytes: Uint8Array): void;
  }
}

declare module 'wasi:cli/stderr@0.2.12' {
  export function getStderr(): OutputStream;
  interface OutputStream extends Disposable {
    /** At most 4096 bytes at once. */
    blockingWriteAndFlush(bytes: Uint8Array): void;
  }
}

declare module 'wasi:cli/exit@0.2.12' {
  /** Ends the event where it stands, as a trap does. */
  export function exit(status: { readonly tag: 'ok' | 'err' }): void;
}

declare module 'fermyon:spin/http' {
  type Pairs = readonly (readonly [name: string, value: string])[];

  /** Throws an `http-error`, by its name in the WIT enum. */
  export function sendRequest(request: {
    readonly method: 'get' | 'post' | 'put' | 'delete' | 'patch' | 'head' | 'options';
    readonly uri: string;
    readonly headers: Pairs;
    readonly params: Pairs;
    readonly body?: Uint8Array | null;
  }): { readonly status: number; readonly headers?: Pairs | null; readonly body?: Uint8Array | null };
}

declare module 'fermyon:spin/variables@2.0.0' {
  /** Throws an Error whose payload says why there is no value. */
  export function get(name: string): string;
}

declare module 'fermyon:spin/mqtt@2.0.0' {
  /** All members throw an Error whose payload is the interface's error. */
  export class Connection implements Disposable {
    private constructor();
    static open(
      address: string,
      username: string,
      password: string,
      keepAliveIntervalInSecs: number,
    ): Connection;
    publish(topic: string, payload: Uint8Array, qos: 'at-most-once' | 'at-least-once' | 'exactly-once'): void;
    [Symbol.dispose](): void;
  }
}

declare module 'fermyon:spin/redis@2.0.0' {
  export type RedisParameter =
    | { readonly tag: 'int64'; readonly val: number }
    | { readonly tag: 'binary'; readonly val: Uint8Array };
  export type RedisResult =
    | { readonly tag: 'nil' }
    | { readonly tag: 'status'; readonly val: string }
    | { readonly tag: 'int64'; readonly val: number }
    | { readonly tag: 'binary'; readonly val: Uint8Array };

  /** All members throw an Error whose payload is the interface's error. */
  export class Connection implements Disposable {
    private constructor();
    static open(address: string): Connection;
    publish(channel: string, payload: Uint8Array): void;
    execute(command: string, args: readonly RedisParameter[]): RedisResult[];
    [Symbol.dispose](): void;
  }
}
