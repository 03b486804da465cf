import { problem } from '../../diagnostics/error.ts';
import { bareAddress } from '../broker-address.ts';
import type { Channel } from '../channel/channel.ts';
import type { LedgerConfig, StoreConfig } from '../config.ts';
import { requireOneDatabase } from './one-database.ts';
import { placeOf, spaceOf } from './place.ts';
import { createRedisStore, type AskRedis } from './redis.ts';
import { openSqliteStore } from './sqlite.ts';
import type { Store } from './store.ts';

/** The stores of a unit's labels in one worker: where each label's reads and writes go. */
export interface OpenStores extends Disposable {
  /** The one database of all atomic labels; absent if there is none. */
  readonly atomic: Store | undefined;
  /** Labels whose writes wait for the commit of the event, with what of the database each names. */
  readonly atomicLabels: ReadonlyMap<string, string>;
  /** By label, those that are written one by one. */
  readonly direct: ReadonlyMap<string, DirectStore>;
  /** Where outbox and inbox lie: with the atomic labels, else where the unit's configuration says. */
  ledger(): Store;
  /** Why a server could not be reached, the last time that this was so; whoever runs events clears it. */
  readonly trouble: Trouble;
}

export interface Trouble {
  message: string | undefined;
}

export interface DirectStore {
  readonly store: Store;
  readonly space: string;
}

export interface OpenStoresOptions {
  readonly stores: Readonly<Record<string, StoreConfig>>;
  readonly ledger?: LedgerConfig | undefined;
  /** For stores that are reached through the main thread. */
  readonly channel?: Channel | undefined;
}

/** How long a server may take to answer, ms. */
const PATIENCE = 5_000;

/**
 * Opens the database of each label, each once.
 *
 * @throws TenonError `bindings/stores-apart`, `bindings/store-unavailable`
 */
export function openStores({ stores, ledger, channel }: OpenStoresOptions): OpenStores {
  requireOneDatabase(stores);
  const app = ledger?.app ?? '';
  const entries = Object.entries(stores);
  const atomic = entries.filter(([, config]) => config.atomic);
  const direct = entries.filter(([, config]) => !config.atomic);
  const full = atomic.some(([, config]) => config.type === 'sqlite' && config.durability === 'full');
  const opened = new Map<string, Store>();
  const trouble: Trouble = { message: undefined };

  function open(config: StoreConfig, waits: boolean): Store {
    const key = `${waits} ${placeOf(config)}`;
    const store =
      opened.get(key) ??
      (config.type === 'redis'
        ? createRedisStore(askerOf(config.url, channel, trouble), app)
        : openSqliteStore(config.path, waits ? 'full' : 'normal', app));
    opened.set(key, store);
    return store;
  }

  const first = atomic[0]?.[1];
  const atomicStore = first && open(first, full);
  return {
    atomic: atomicStore,
    atomicLabels: new Map(atomic.map(([label, config]) => [label, spaceOf(label, config)])),
    direct: new Map(
      direct.map(([label, config]) => [
        label,
        { store: open(config, waitsForDisk(config)), space: spaceOf(label, config) },
      ]),
    ),
    ledger() {
      if (atomicStore) return atomicStore;
      // Whoever starts a unit that handles or sends messages gives it one.
      if (!ledger) throw problem('internal/bug', 'the unit has no database for its outbox and inbox');
      return open(ledger.store, waitsForDisk(ledger.store));
    },
    trouble,
    [Symbol.dispose]() {
      for (const store of opened.values()) store[Symbol.dispose]();
    },
  };
}

function waitsForDisk(config: StoreConfig): boolean {
  return config.type === 'sqlite' && config.durability === 'full';
}

function askerOf(address: string, channel: Channel | undefined, trouble: Trouble): AskRedis {
  // Whoever starts a unit with such a store gives it a channel.
  if (!channel) throw problem('internal/bug', 'the unit has no way to its Redis store');
  return (args) => {
    const question = { kind: 'command', address, args, way: 'shared', connection: 0 } as const;
    const answer = channel.ask('redis', question, Date.now() + PATIENCE) ?? {
      kind: 'unreachable',
      message: `no answer within ${PATIENCE} ms`,
    };
    if (answer.kind === 'unreachable')
      trouble.message = `the store at ${bareAddress(address)} cannot be reached: ${answer.message}`;
    return answer;
  };
}
