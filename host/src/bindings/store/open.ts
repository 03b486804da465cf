import { problem } from '../../diagnostics/error.ts';
import type { LedgerConfig, StoreConfig } from '../config.ts';
import { requireOneDatabase } from './one-database.ts';
import { openSqliteStore } from './sqlite.ts';
import type { Store } from './store.ts';

/** The stores of a unit's labels in one worker: where each label's reads and writes go. */
export interface OpenStores extends Disposable {
  /** The one database of all atomic labels; absent if there is none. */
  readonly atomic: Store | undefined;
  /** Labels whose writes wait for the commit of the event. */
  readonly atomicLabels: ReadonlySet<string>;
  /** By label, those that are written one by one. */
  readonly direct: ReadonlyMap<string, Store>;
  /** Where outbox and inbox lie: with the atomic labels, else where the unit's configuration says. */
  ledger(): Store;
}

export interface OpenStoresOptions {
  readonly stores: Readonly<Record<string, StoreConfig>>;
  readonly ledger?: LedgerConfig | undefined;
}

/**
 * Opens the database of each label, each once.
 *
 * @throws TenonError `bindings/stores-apart`, `bindings/store-unavailable`
 */
export function openStores({ stores, ledger }: OpenStoresOptions): OpenStores {
  requireOneDatabase(stores);
  const atomic = Object.entries(stores).filter(([, config]) => config.atomic);
  const direct = Object.entries(stores).filter(([, config]) => !config.atomic);
  const opened = new Map<string, Store>();
  const open = (config: StoreConfig): Store => {
    const key = `${config.durability} ${config.path}`;
    const store = opened.get(key) ?? openSqliteStore(config.path, config.durability, ledger?.app);
    opened.set(key, store);
    return store;
  };
  const first = atomic[0]?.[1];
  const full = atomic.some(([, config]) => config.durability === 'full');
  const atomicStore = first && open({ ...first, durability: full ? 'full' : 'normal' });
  return {
    atomic: atomicStore,
    atomicLabels: new Set(atomic.map(([label]) => label)),
    direct: new Map(direct.map(([label, config]) => [label, open(config)])),
    ledger() {
      if (atomicStore) return atomicStore;
      // Whoever starts a unit that handles or sends messages gives it one.
      if (!ledger) throw problem('internal/bug', 'the unit has no database for its outbox and inbox');
      return open(ledger.store);
    },
    [Symbol.dispose]() {
      for (const store of opened.values()) store[Symbol.dispose]();
    },
  };
}
