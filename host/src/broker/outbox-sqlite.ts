import { setTimeout as delay } from 'node:timers/promises';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { LEDGER_SCHEMA } from '../bindings/outbox/sqlite-ledger.ts';
import { parseStream } from '../bindings/outbox/stream.ts';
import { BUSY_TIMEOUT, isBusy } from '../bindings/store/busy.ts';
import { openDatabase } from '../bindings/store/database.ts';
import { isGone } from './outbox-holder.ts';
import type { ListedEntry, OutboxEntry, OutboxQueue } from './outbox-queue.ts';

/** Bytes of payloads that are read at once. */
const MAX_READ = 4 * 1024 * 1024;
const PAUSE = 2;

/** One of each that the tables have; what SQLite gives as a bigint or a string nowhere is one. */
interface Row {
  readonly seq: number;
  readonly stream: string;
  readonly qos: 0 | 1 | 2;
  readonly at: number;
  readonly attempts: number;
  readonly error: string | null;
}

/**
 * Opens the outbox of an app in a SQLite database. Removing an entry never waits for the disk: after a power cut
 * it is sent again.
 */
export async function openSqliteOutbox(path: string, app: string): Promise<OutboxQueue> {
  const database = await whenFree(() => openDatabase(path, 'normal'));
  await whenFree(() => database.exec(LEDGER_SCHEMA));
  return createQueue(database, app);
}

function createQueue(database: DatabaseSync, app: string): OutboxQueue {
  const statements = prepare(database);

  async function transaction<T>(work: () => T): Promise<T> {
    return whenFree(() => {
      database.exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        database.exec('COMMIT');
        return result;
      } catch (error) {
        if (database.isTransaction) database.exec('ROLLBACK');
        throw error;
      }
    });
  }

  return {
    async streams() {
      const rows = (await whenFree(() => statements.streams.all({ app }))) as unknown as { stream: string }[];
      return rows.map(({ stream }) => stream);
    },
    async next(stream, after, limit) {
      return whenFree(() => {
        const entries: OutboxEntry[] = [];
        let bytes = 0;
        for (const row of statements.next.iterate(app, stream, after, limit)) {
          const { payload, ...rest } = row as unknown as Row & { payload: Uint8Array };
          entries.push({ ...entryOf(rest), payload });
          bytes += payload.length;
          if (bytes >= MAX_READ) break;
        }
        return entries;
      });
    },
    async remove(ids) {
      return transaction(() =>
        ids.reduce((count, id) => count + Number(statements.remove.run(app, id).changes), 0),
      );
    },
    async failed(id, error) {
      await whenFree(() => statements.failed.run(error, app, id));
    },
    async list(limit) {
      const rows = (await whenFree(() => statements.list.all(app, limit))) as unknown as (Row & {
        readonly size: number;
      })[];
      return rows.map(({ size, ...row }): ListedEntry => ({ ...entryOf(row), size }));
    },
    async size() {
      const row = (await whenFree(() => statements.size.get(app))) as unknown as {
        readonly length: number;
        readonly bytes: number;
        readonly oldest: number | null;
      };
      const { length, bytes, oldest } = row;
      return { length, bytes, ...(oldest !== null && { oldest }) };
    },
    async clear() {
      return Number((await whenFree(() => statements.clear.run(app))).changes);
    },
    async hold(holder, ms) {
      return transaction(() => {
        const now = Date.now();
        const row = statements.sender.get(app) as { holder: string; until: number } | undefined;
        if (row && row.holder !== holder && row.until > now && !isGone(row.holder)) return false;
        statements.hold.run(app, holder, now + ms);
        return true;
      });
    },
    async release(holder) {
      await whenFree(() => statements.release.run(app, holder));
    },
    async isHeld() {
      const row = (await whenFree(() => statements.sender.get(app))) as
        | { holder: string; until: number }
        | undefined;
      return row !== undefined && row.until > Date.now() && !isGone(row.holder);
    },
    async nudge() {
      await whenFree(() => statements.nudge.run(app));
    },
    async nudges() {
      const row = (await whenFree(() => statements.nudges.get(app))) as { nudges: number } | undefined;
      return row?.nudges ?? 0;
    },
    async [Symbol.asyncDispose]() {
      database.close();
    },
  };
}

function entryOf({ seq, stream, qos, at, attempts, error }: Row): Omit<OutboxEntry, 'payload'> {
  return { id: seq, ...parseStream(stream), qos, at, attempts, ...(error !== null && { error }) };
}

function prepare(database: DatabaseSync) {
  const prepared = (sql: string): StatementSync => database.prepare(sql);
  return {
    // From one stream to the next through the index, however much waits in each.
    streams: prepared(`WITH RECURSIVE found (stream) AS (
      SELECT min(stream) FROM tenon_outbox WHERE app = :app
      UNION ALL
      SELECT (SELECT min(stream) FROM tenon_outbox WHERE app = :app AND stream > found.stream)
      FROM found WHERE stream IS NOT NULL
    ) SELECT stream FROM found WHERE stream IS NOT NULL`),
    next: prepared(`SELECT seq, stream, qos, payload, at, attempts, error FROM tenon_outbox
      WHERE app = ? AND stream = ? AND seq > ? ORDER BY seq LIMIT ?`),
    remove: prepared('DELETE FROM tenon_outbox WHERE app = ? AND seq = ?'),
    failed: prepared('UPDATE tenon_outbox SET attempts = attempts + 1, error = ? WHERE app = ? AND seq = ?'),
    list: prepared(`SELECT seq, stream, qos, length(payload) AS size, at, attempts, error FROM tenon_outbox
      WHERE app = ? ORDER BY seq LIMIT ?`),
    size: prepared(`SELECT count(*) AS length, coalesce(sum(length(payload)), 0) AS bytes, min(at) AS oldest
      FROM tenon_outbox WHERE app = ?`),
    clear: prepared('DELETE FROM tenon_outbox WHERE app = ?'),
    sender: prepared('SELECT holder, until FROM tenon_sender WHERE app = ?'),
    hold: prepared(`INSERT INTO tenon_sender (app, holder, until) VALUES (?, ?, ?)
      ON CONFLICT (app) DO UPDATE SET holder = excluded.holder, until = excluded.until`),
    release: prepared('UPDATE tenon_sender SET until = 0 WHERE app = ? AND holder = ?'),
    nudge: prepared(`INSERT INTO tenon_sender (app, holder, until, nudges) VALUES (?, '', 0, 1)
      ON CONFLICT (app) DO UPDATE SET nudges = nudges + 1`),
    nudges: prepared('SELECT nudges FROM tenon_sender WHERE app = ?'),
  };
}

/** As retryWhileBusy, for the main thread: others go on while it waits. */
async function whenFree<T>(call: () => T): Promise<T> {
  const until = performance.now() + BUSY_TIMEOUT;
  for (;;) {
    try {
      return call();
    } catch (error) {
      if (!isBusy(error) || performance.now() >= until) throw error;
      await delay(PAUSE);
    }
  }
}
