/** `variant redis-result` of fermyon:spin/redis@2.0.0, in jco's form. */
export type RedisResult =
  | { readonly tag: 'nil' }
  | { readonly tag: 'status'; readonly val: string }
  | { readonly tag: 'int64'; readonly val: bigint }
  | { readonly tag: 'binary'; readonly val: Uint8Array };

/** A question to the main thread about Redis servers. */
export type RedisQuestion =
  /** Whether there is a server at an address. */
  | { readonly kind: 'open'; readonly address: string }
  | {
      readonly kind: 'command';
      readonly address: string;
      readonly args: readonly (string | Uint8Array)[];
      /** `shared` goes with everybody's commands, `blocking` and `own` over a connection of their own. */
      readonly way: RedisWay;
      /** Which of the worker's connections it belongs to: for `own` all its commands go the same way. */
      readonly connection: number;
    }
  /** The guest has dropped a connection that had a way of its own. */
  | { readonly kind: 'drop'; readonly connection: number };

export type RedisWay = 'shared' | 'blocking' | 'own';

export type RedisAnswer =
  | { readonly kind: 'opened' }
  /** The server's answer, nested arrays flattened as Spin does. */
  | { readonly kind: 'results'; readonly results: readonly RedisResult[] }
  /** The server refused, in its words. */
  | { readonly kind: 'refused'; readonly message: string }
  /** There is no connection, or it broke: whether the server has done anything is not known. */
  | { readonly kind: 'unreachable'; readonly message: string };
