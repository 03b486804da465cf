import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { problem } from '../../diagnostics/error.ts';
import { openLedger, type Ledger } from '../outbox/sqlite-ledger.ts';
import { retryWhileBusy } from './busy.ts';
import { openDatabase } from './database.ts';
import type { Beside, KeySet, Read, Store, StoreOutcome, Write } from './store.ts';

/** Spin's own table, so that `spin up` sees the same stores. Source: Spin, crates/key-value-spin/src/store.rs. */
const SCHEMA = `CREATE TABLE IF NOT EXISTS spin_key_value (
  store TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (store, key))`;

/**
 * Opens a SQLite database as a store, in WAL mode: readers never wait, one writer at a time. With durability
 * `normal` a commit survives the death of the process, with `full` also a power cut.
 *
 * @param app whose outbox and inbox are meant: several apps may have one database
 * @throws TenonError `bindings/store-unavailable`
 */
export function openSqliteStore(path: string, durability: 'normal' | 'full', app = ''): Store {
  try {
    const database = openDatabase(path, durability);
    retryWhileBusy(() => database.exec(SCHEMA));
    return new SqliteStore(database, app);
  } catch (error) {
    throw problem(
      'bindings/store-unavailable',
      `the key-value store cannot be opened: ${(error as Error).message}`,
      {
        where: path,
        cause: error,
      },
    );
  }
}

class SqliteStore implements Store {
  readonly #database: DatabaseSync;
  readonly #statements: ReturnType<typeof prepare>;
  readonly #app: string;
  /** Outbox and inbox, once an event needs them. */
  #openedLedger: Ledger | undefined;
  /** Commits of this connection, which `data_version` does not show to itself. */
  #ownCommits = 0;

  constructor(database: DatabaseSync, app: string) {
    this.#database = database;
    this.#app = app;
    this.#statements = prepare(database);
  }

  get(label: string, key: string): Uint8Array | undefined {
    const row = retryWhileBusy(() => this.#statements.get.get(label, key)) as unknown as
      | [Uint8Array]
      | undefined;
    return row?.[0];
  }

  exists(label: string, key: string): boolean {
    return retryWhileBusy(() => this.#statements.exists.get(label, key)) !== undefined;
  }

  keys(label: string): KeySet {
    // The version first: a change between the two makes it look older than the keys, never newer.
    const version = retryWhileBusy(() => this.#version());
    return { keys: retryWhileBusy(() => this.#keys(label)), version };
  }

  write(write: Write): void {
    retryWhileBusy(() => this.#apply(write));
    this.#ownCommits++;
  }

  commit(
    reads: readonly Read[],
    writes: readonly Write[],
    claim: () => boolean,
    beside?: Beside,
  ): StoreOutcome {
    // Before the transaction: it may have to make its tables.
    const ledger = beside && this.#ledger();
    // With nothing to write a read transaction will do: it sees one state, and waits for nobody.
    const begin = writes.length === 0 && !beside ? this.#statements.begin : this.#statements.beginImmediate;
    retryWhileBusy(() => begin.run());
    try {
      const outcome = this.#mayWrite(reads, claim, beside?.once);
      if (outcome !== 'committed') {
        this.#statements.rollback.run();
        return outcome;
      }
      for (const write of writes) this.#apply(write);
      if (beside) ledger?.write(beside);
      this.#statements.commit.run();
      if (writes.length > 0) this.#ownCommits++;
      return 'committed';
    } catch (error) {
      if (this.#database.isTransaction) this.#statements.rollback.run();
      throw error;
    }
  }

  hasCommitted(once: string): boolean {
    return this.#ledger().has(once);
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }

  #mayWrite(reads: readonly Read[], claim: () => boolean, once: string | undefined): StoreOutcome {
    if (once !== undefined && this.#ledger().has(once)) return 'repeated';
    if (!reads.every((read) => retryWhileBusy(() => this.#holds(read)))) return 'conflict';
    return claim() ? 'committed' : 'late';
  }

  #ledger(): Ledger {
    return (this.#openedLedger ??= openLedger(this.#database, this.#app));
  }

  #apply({ label, key, value }: Write): void {
    if (value === undefined) this.#statements.delete.run(label, key);
    else this.#statements.set.run(label, key, value);
  }

  #holds(read: Read): boolean {
    switch (read.kind) {
      case 'presence':
        return this.exists(read.label, read.key) === read.present;
      case 'value':
        if (read.value === undefined) return !this.exists(read.label, read.key);
        return this.#statements.same.get(read.label, read.key, read.value) !== undefined;
      case 'keys':
        return this.#version() === read.seen.version || equal(this.#keys(read.label), read.seen.keys);
    }
  }

  #keys(label: string): string[] {
    const rows = this.#statements.keys.all(label) as unknown as [Uint8Array][];
    return rows.map(([key]) => Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('utf8'));
  }

  /** Changes whenever this or another connection, of any process, has committed. */
  #version(): string {
    const [version] = this.#statements.dataVersion.get() as unknown as [number];
    return `${version}.${this.#ownCommits}`;
  }
}

function prepare(database: DatabaseSync) {
  const prepared = (sql: string): StatementSync => {
    const statement = database.prepare(sql);
    statement.setReturnArrays(true);
    return statement;
  };
  return {
    // Casts, because another writer may have stored text; and text with NUL would be cut short on its way.
    get: prepared('SELECT CAST(value AS BLOB) FROM spin_key_value WHERE store = ? AND key = ?'),
    same: prepared('SELECT 1 FROM spin_key_value WHERE store = ? AND key = ? AND CAST(value AS BLOB) = ?'),
    exists: prepared('SELECT 1 FROM spin_key_value WHERE store = ? AND key = ?'),
    keys: prepared('SELECT CAST(key AS BLOB) FROM spin_key_value WHERE store = ? ORDER BY key'),
    set: prepared(
      'INSERT INTO spin_key_value (store, key, value) VALUES (?, ?, ?) ON CONFLICT (store, key) DO UPDATE SET value = excluded.value',
    ),
    delete: prepared('DELETE FROM spin_key_value WHERE store = ? AND key = ?'),
    dataVersion: prepared('PRAGMA data_version'),
    begin: prepared('BEGIN'),
    beginImmediate: prepared('BEGIN IMMEDIATE'),
    commit: prepared('COMMIT'),
    rollback: prepared('ROLLBACK'),
  };
}

function equal(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((key, index) => key === b[index]);
}
