import type { Grant } from '../plan/types.ts';
import type { NetworkAddress } from './channel/message.ts';

/** Where the stores of a label lie, and how a commit is kept. */
export type StoreConfig = SqliteStoreConfig | RedisStoreConfig;

export interface SqliteStoreConfig {
  readonly type: 'sqlite';
  /** Path of the database file; its folder is made if need be. `:memory:` is one store per worker, for tests. */
  readonly path: string;
  /** Write all that an event writes together, or none; `false` writes one by one, as Spin does. */
  readonly atomic: boolean;
  /**
   * `normal` keeps a commit when the process dies, but a power cut may lose the last ones; `full` waits for the
   * disk at each commit.
   */
  readonly durability: 'normal' | 'full';
}

/** How a commit is kept is for the server's own configuration to say. */
export interface RedisStoreConfig {
  readonly type: 'redis';
  /** `redis://user:secret@host:port/database`, `rediss:` with TLS. */
  readonly url: string;
  readonly atomic: boolean;
}

/** Messages to this topic or channel leave after the event's commit. */
export interface DeferredRoute {
  readonly kind: 'mqtt' | 'redis';
  /** As the service gives it when it connects, without query: `mqtt://127.0.0.1:1883`. */
  readonly address: string;
  readonly topic: string;
  /** `outbox`: written with the commit, kept until delivered; `memory`: lost with the process. */
  readonly delivery: 'outbox' | 'memory';
  /**
   * The variable that holds the address, if one does: what waits goes where it says by then, as a broker may come
   * back under another address.
   */
  readonly variable?: string;
}

/** Where the outbox and inbox of a unit lie. */
export interface LedgerConfig {
  /** The app's name: several apps may have one database. */
  readonly app: string;
  /** That of the unit's atomic labels, where it has some. */
  readonly store: StoreConfig;
  /** One Int32 shared with the main thread, counted up for each commit that put something into the outbox. */
  readonly wake: Int32Array;
  /** The main thread's sender, for messages that are not kept. */
  readonly sender: NetworkAddress;
}

/** What a unit's workers make their bindings from: cloneable, the same for each worker. */
export interface BindingsConfig {
  /** The unit's name. */
  readonly unit: string;
  /** All services of the unit. */
  readonly services: readonly string[];
  readonly grants: readonly Grant[];
  /** By label; a granted label without an entry is refused as `no-such-store`. */
  readonly stores: Readonly<Record<string, StoreConfig>>;
  /** Resolved values by name (variables/resolve.ts); only those granted are read. */
  readonly variables: Readonly<Record<string, string>>;
  /** Environment variables that the grant `environment` shows. */
  readonly environment: Readonly<Record<string, string>>;
  /** What the unit's services publish after the commit; other messages leave at once. */
  readonly sends: readonly DeferredRoute[];
  /** Redis channels whose calls are answered, and how long such a call may take, ms. */
  readonly answered?: Readonly<Record<string, number>>;
  /** Absent: the unit neither sends through an outbox nor handles messages. */
  readonly ledger?: LedgerConfig;
  /** What the main thread does for this unit (channel/serve.ts); absent: every outbound call is refused. */
  readonly network?: NetworkAddress;
}

/** What the worker does for its bindings. */
export interface BindingsHooks {
  /** One line that a guest or a binding has to say, without its end. */
  log(stream: 'stdout' | 'stderr', line: string): void;
}
