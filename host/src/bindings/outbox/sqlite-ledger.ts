import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { retryWhileBusy } from '../store/busy.ts';
import type { Beside } from '../store/store.ts';
import { streamOf } from './stream.ts';
import { INBOX_AGE, INBOX_COUNT } from './bounds.ts';

/**
 * Beside Spin's table, which stays as it is. `seq` is never used twice, and is the order in which events were
 * committed.
 */
export const LEDGER_SCHEMA = `
CREATE TABLE IF NOT EXISTS tenon_outbox (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  app TEXT NOT NULL, stream TEXT NOT NULL, qos INTEGER NOT NULL, payload BLOB NOT NULL, at INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0, error TEXT);
CREATE INDEX IF NOT EXISTS tenon_outbox_streams ON tenon_outbox (app, stream, seq);
CREATE TABLE IF NOT EXISTS tenon_inbox (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  app TEXT NOT NULL, id TEXT NOT NULL, at INTEGER NOT NULL,
  UNIQUE (app, id));
CREATE TABLE IF NOT EXISTS tenon_sender (
  app TEXT PRIMARY KEY, holder TEXT NOT NULL, until INTEGER NOT NULL, nudges INTEGER NOT NULL DEFAULT 0);
`;

/** What a worker needs of outbox and inbox. */
export interface Ledger {
  has(once: string): boolean;
  /** Within a transaction that the caller has begun. */
  write(beside: Beside): void;
}

/** The outbox and inbox of an app in a database; makes their tables if need be, so not within a transaction. */
export function openLedger(database: DatabaseSync, app: string): Ledger {
  retryWhileBusy(() => database.exec(LEDGER_SCHEMA));
  const prepared = (sql: string): StatementSync => database.prepare(sql);
  const has = prepared('SELECT 1 FROM tenon_inbox WHERE app = ? AND id = ?');
  const received = prepared('INSERT INTO tenon_inbox (app, id, at) VALUES (?, ?, ?)');
  // Two go for each that comes: that keeps up, and no event pays for many.
  const forget = prepared(
    `DELETE FROM tenon_inbox WHERE (at < ? OR seq <= ?) AND seq IN (SELECT seq FROM tenon_inbox ORDER BY seq LIMIT 2)`,
  );
  const send = prepared('INSERT INTO tenon_outbox (app, stream, qos, payload, at) VALUES (?, ?, ?, ?, ?)');
  return {
    has: (once) => retryWhileBusy(() => has.get(app, once)) !== undefined,
    write({ messages, once }) {
      const now = Date.now();
      if (once !== undefined) {
        const { lastInsertRowid } = received.run(app, once, now);
        forget.run(now - INBOX_AGE, Number(lastInsertRowid) - INBOX_COUNT);
      }
      for (const message of messages) send.run(app, streamOf(message), message.qos, message.payload, now);
    },
  };
}
