import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore } from '../bindings/store/sqlite.ts';
import { openSqliteOutbox } from './outbox-sqlite.ts';
import { outboxSuite } from './outbox.suite.ts';

outboxSuite('SQLite', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tenon-outbox-'));
  const path = join(folder, 'kv.db');
  return {
    store: () => openSqliteStore(path, 'normal', 'app'),
    queue: () => openSqliteOutbox(path, 'app'),
    drop: () => rmSync(folder, { recursive: true, force: true }),
  };
});
