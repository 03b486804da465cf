import type { StoreAccess } from '../store/event-store.ts';

/** How many stores an instance may hold open, as in Spin (crates/factor-key-value/src/host.rs). */
const MAX_OPEN = 256;

/** `variant error` of fermyon:spin/key-value@2.0.0, in jco's form. */
export type ErrorValue =
  | { readonly tag: 'store-table-full' | 'no-such-store' | 'access-denied' }
  | { readonly tag: 'other'; readonly val: string };

/** An error for the guest: the glue takes `payload` as the error of the function's result. */
export class KeyValueError extends Error {
  override readonly name = 'KeyValueError';
  readonly payload: ErrorValue;

  constructor(payload: ErrorValue) {
    super(payload.tag === 'other' ? payload.val : payload.tag);
    this.payload = payload;
  }
}

/**
 * The resource `store` as the class that the glue asks for. Its objects belong to one guest instance each and
 * hold nothing but their label's access; the glue disposes of them when the guest drops them.
 *
 * @param access the store of a label, undefined if there is none; throws KeyValueError if it is not granted
 */
export function createStoreClass(access: (label: string) => StoreAccess | undefined) {
  let count = 0;

  class Store implements Disposable {
    readonly #access: StoreAccess;
    #disposed = false;

    constructor(of: StoreAccess) {
      this.#access = of;
      count++;
    }

    static open(label: string): Store {
      const found = access(label);
      if (!found) throw new KeyValueError({ tag: 'no-such-store' });
      if (count >= MAX_OPEN) throw new KeyValueError({ tag: 'store-table-full' });
      return new Store(found);
    }

    get(key: string): Uint8Array | undefined {
      return guarded(() => this.#access.get(key));
    }

    set(key: string, value: Uint8Array): void {
      guarded(() => this.#access.write(key, value));
    }

    delete(key: string): void {
      guarded(() => this.#access.write(key, undefined));
    }

    exists(key: string): boolean {
      return guarded(() => this.#access.exists(key));
    }

    getKeys(): string[] {
      return guarded(() => this.#access.keys());
    }

    [Symbol.dispose](): void {
      if (this.#disposed) return;
      this.#disposed = true;
      count--;
    }
  }
  return { Store, open: () => count };
}

/** The database's errors are the guest's: it may go on without the store. */
function guarded<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw new KeyValueError({ tag: 'other', val: (error as Error).message });
  }
}
