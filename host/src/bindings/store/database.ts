import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { retryWhileBusy } from './busy.ts';

/** Pages of 4 KiB that the log may grow to before they are moved into the database, which waits for the disk. */
const CHECKPOINT_PAGES = 4_000;

/** Opens a SQLite file in WAL mode, making it and its folder if need be. Throws what SQLite and the files throw. */
export function openDatabase(path: string, durability: 'normal' | 'full'): DatabaseSync {
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
  const database = new DatabaseSync(path);
  // Two that turn a new file to WAL at once do not wait for each other, whatever the timeout; hence the retries.
  for (const statement of [
    'PRAGMA journal_mode = WAL',
    `PRAGMA synchronous = ${durability === 'full' ? 'FULL' : 'NORMAL'}`,
    `PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`,
  ]) {
    retryWhileBusy(() => database.exec(statement));
  }
  return database;
}
