import type { RedisResult } from './message.ts';
import { toBytes, toCount, toCountOrTypeError, toInteger, toStrings } from './convert.ts';
import { RedisError } from './error.ts';

/** How many connections a guest may hold open, as in Spin (crates/factor-outbound-redis). */
const MAX_OPEN = 1024;

/** `variant redis-parameter`, in jco's form. */
export type RedisParameter =
  | { readonly tag: 'int64'; readonly val: bigint }
  | { readonly tag: 'binary'; readonly val: Uint8Array };

/** What the resource's functions need of the binding; each throws RedisError. */
export interface RedisAccess {
  publish(channel: string, payload: Uint8Array): void;
  send(command: string, args: readonly (string | Uint8Array)[]): readonly RedisResult[];
  end(): void;
}

/**
 * The resource `connection` as the class that the glue asks for.
 *
 * @param connect checks an address and gives access to its server; throws RedisError
 */
export function createRedisConnectionClass(connect: (address: string) => RedisAccess) {
  let count = 0;

  class Connection implements Disposable {
    readonly #to: RedisAccess;
    #disposed = false;

    constructor(to: RedisAccess) {
      this.#to = to;
      count++;
    }

    static open(address: string): Connection {
      const to = connect(address);
      if (count >= MAX_OPEN) throw new RedisError({ tag: 'too-many-connections' });
      return new Connection(to);
    }

    publish(channel: string, payload: Uint8Array): void {
      this.#to.publish(channel, payload);
    }

    get(key: string): Uint8Array | undefined {
      return toBytes(this.#to.send('GET', [key]));
    }

    set(key: string, value: Uint8Array): void {
      this.#to.send('SET', [key, value]);
    }

    incr(key: string): bigint {
      return toInteger(this.#to.send('INCRBY', [key, '1']));
    }

    del(keys: string[]): number {
      return toCount(this.#to.send('DEL', keys));
    }

    sadd(key: string, values: string[]): number {
      return toCountOrTypeError(this.#to.send('SADD', [key, ...values]));
    }

    smembers(key: string): string[] {
      return toStrings(this.#to.send('SMEMBERS', [key]));
    }

    srem(key: string, values: string[]): number {
      return toCount(this.#to.send('SREM', [key, ...values]));
    }

    execute(command: string, parameters: RedisParameter[]): RedisResult[] {
      const args = parameters.map(({ tag, val }) => (tag === 'int64' ? String(val) : val));
      return [...this.#to.send(command, args)];
    }

    [Symbol.dispose](): void {
      if (this.#disposed) return;
      this.#disposed = true;
      count--;
      this.#to.end();
    }
  }
  return { Connection, open: () => count };
}
