import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterEach, expect, test } from 'vitest';
import { TenonError } from '../../diagnostics/error.ts';
import { storeContract } from './contract.suite.ts';
import { openSqliteStore } from './sqlite.ts';

const folders: string[] = [];
const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'tenon-store-'));
  folders.push(made);
  return made;
};
afterEach(() => {
  for (const made of folders.splice(0)) rmSync(made, { recursive: true, force: true });
});

for (const durability of ['normal', 'full'] as const) {
  storeContract(`SQLite (${durability})`, () => {
    const path = join(folder(), '.spin', 'sqlite_key_value.db');
    return { open: () => openSqliteStore(path, durability), drop: () => {} };
  });
}

test("shares Spin's table with a connection that uses it as Spin does", () => {
  const path = join(folder(), 'kv.db');
  using spin = new DatabaseSync(path);
  // As Spin opens it: no WAL, its own statements.
  spin.exec(
    'CREATE TABLE IF NOT EXISTS spin_key_value (store TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (store, key))',
  );
  const set =
    'INSERT INTO spin_key_value (store, key, value) VALUES (?1, ?2, ?3) ON CONFLICT(store, key) DO UPDATE SET value=?3';
  spin.prepare(set).run('default', 'a', new Uint8Array([1]));
  using store = openSqliteStore(path, 'normal');
  expect(store.get('default', 'a')).toEqual(new Uint8Array([1]));
  const seen = store.keys('default');
  spin.prepare(set).run('default', 'b', new Uint8Array([2]));
  expect(store.commit([{ kind: 'keys', label: 'default', seen }], [], () => true)).toBe('conflict');
  store.write({ label: 'default', key: 'a', value: new Uint8Array([3]) });
  expect(
    spin.prepare("SELECT value FROM spin_key_value WHERE store = 'default' AND key = 'a'").get()?.['value'],
  ).toEqual(new Uint8Array([3]));
});

test('reads text that another writer stored in place of bytes', () => {
  const path = join(folder(), 'kv.db');
  using store = openSqliteStore(path, 'normal');
  using other = new DatabaseSync(path);
  other.exec("INSERT INTO spin_key_value VALUES ('default', 'k', 'text')");
  const value = store.get('default', 'k');
  expect(value).toEqual(new TextEncoder().encode('text'));
  expect(store.commit([{ kind: 'value', label: 'default', key: 'k', value }], [], () => true)).toBe(
    'committed',
  );
});

test('rolls back and stays usable when a write fails in the middle of a commit', () => {
  const path = join(folder(), 'kv.db');
  using store = openSqliteStore(path, 'normal');
  using other = new DatabaseSync(path);
  other.exec(
    "CREATE TRIGGER refuse BEFORE INSERT ON spin_key_value WHEN NEW.key = 'bad' BEGIN SELECT RAISE(ABORT, 'refused'); END",
  );
  const writes = ['good', 'bad'].map((key) => ({ label: 'l', key, value: new Uint8Array([1]) }));
  expect(() => store.commit([], writes, () => true)).toThrow('refused');
  expect(store.exists('l', 'good')).toBe(false);
  expect(store.commit([], writes.slice(0, 1), () => true)).toBe('committed');
});

test('reports a database that cannot be opened', () => {
  const path = join(folder(), 'kv.db');
  writeFileSync(path, 'this is no database, and long enough to have a header to look at'.repeat(20));
  let thrown: unknown;
  try {
    openSqliteStore(path, 'normal');
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(TenonError);
  expect((thrown as TenonError).diagnostics).toMatchObject([
    { code: 'bindings/store-unavailable', where: path },
  ]);
});

test('workers that open a new database at once, and write at once, lose no update', async () => {
  const path = join(folder(), '.spin', 'kv.db');
  const gate = new Int32Array(new SharedArrayBuffer(4));
  const workers = 6;
  const times = 50;
  gate[0] = workers;
  const ended = Array.from({ length: workers }, async () => {
    const worker = new Worker(new URL('./commit.fixture.ts', import.meta.url), {
      workerData: { path, gate, times },
    });
    const [code] = (await once(worker, 'exit')) as [number];
    expect(code).toBe(0);
  });
  await Promise.all(ended);
  using store = openSqliteStore(path, 'normal');
  expect(new TextDecoder().decode(store.get('default', 'count'))).toBe(String(workers * times));
});

test('a worker that is terminated in the middle of a commit leaves no lock and no write', async () => {
  const path = join(folder(), 'kv.db');
  using store = openSqliteStore(path, 'normal');
  for (let round = 0; round < 3; round++) {
    const hanging = new Int32Array(new SharedArrayBuffer(4));
    const worker = new Worker(new URL('./hang.fixture.ts', import.meta.url), {
      workerData: { path, hanging },
    });
    await Atomics.waitAsync(hanging, 0, 0).value;
    await worker.terminate();
    const write = { label: 'l', key: `after ${round}`, value: new Uint8Array([1]) };
    expect(store.commit([], [write], () => true)).toBe('committed');
  }
  expect(store.keys('l').keys).toEqual(['after 0', 'after 1', 'after 2']);
});
