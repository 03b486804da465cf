import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { CONTENTS, WORD, type FloorSetup } from './floor-words.ts';

/** The worker thread of a server of the floor: answers what comes into the shared memory, one order at a time. */
const { memory, setup } = workerData as { memory: SharedArrayBuffer; setup: FloorSetup };
const words = new Int32Array(memory, 0, CONTENTS / 4);
const bytes = Buffer.from(memory, CONTENTS);
const FULFILLED = Buffer.from('fulfilled');

type Handle = (id: number, body: Uint8Array) => void;
interface Handler {
  readonly handle: Handle;
  /** Done when the answer is on its way. */
  readonly after?: () => void;
}

/**
 * What Tenon's store does for an order, by the same statements: a read, and a transaction that checks it and writes.
 * Written out, so that nothing of Tenon is in this step.
 */
function openStore(): Handle {
  const database = new DatabaseSync(join(setup.state, 'store.db'));
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 4000');
  database.exec(
    'CREATE TABLE spin_key_value (store TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (store, key))',
  );
  const begin = database.prepare('BEGIN IMMEDIATE');
  const commit = database.prepare('COMMIT');
  const exists = database.prepare('SELECT 1 FROM spin_key_value WHERE store = ? AND key = ?');
  const set = database.prepare(
    'INSERT INTO spin_key_value (store, key, value) VALUES (?, ?, ?) ON CONFLICT (store, key) DO UPDATE SET value = excluded.value',
  );
  return (id) => {
    const key = String(id);
    exists.get('default', key);
    begin.run();
    exists.get('default', key);
    set.run('default', key, FULFILLED);
    commit.run();
  };
}

/** Two linked services that do the least, on an instance that is kept or made as new; their writes go nowhere. */
async function openServices(reset: boolean): Promise<Handler> {
  const { loadUnit, postTo } = await import('./service.ts');
  let written = 0;
  class Store {
    static open(): Store {
      return new Store();
    }
    set(): void {
      written++;
    }
  }
  const binding = { imports: { 'fermyon:spin/key-value@2.0.0': { Store } } };
  const { exports, snapshot } = (await loadUnit(setup.wasm, setup.cache, [binding])).instance();
  return {
    handle(id, body) {
      written = 0;
      postTo(exports, `/order/${id}`, body);
      if (written !== 2) throw new Error(`the services wrote ${written} times`);
    },
    after() {
      const obstacle = reset ? snapshot?.restore(0) : undefined;
      if (obstacle) throw new Error(`the instance cannot be reset: ${obstacle}`);
    },
  };
}

async function open(): Promise<Handler> {
  if (setup.step === 'worker') return { handle() {} };
  const store = openStore();
  if (setup.step === 'store') return { handle: store };
  const services = await openServices(setup.step === 'reset');
  return {
    ...services,
    handle(id, body) {
      services.handle(id, body);
      store(id, body);
    },
  };
}

const { handle, after } = await open();
parentPort?.postMessage('ready', []);
for (;;) {
  Atomics.wait(words, WORD.called, 0);
  Atomics.store(words, WORD.called, 0);
  const body = new Uint8Array(bytes.subarray(0, words[WORD.request]));
  const id = 100_000 + Math.floor(Math.random() * 899_999);
  handle(id, body);
  const task = { href: `/orderstatus/${id}`, id, status: 'created' };
  words[WORD.answer] = bytes.write(JSON.stringify({ task }), 'utf8');
  Atomics.store(words, WORD.answered, 1);
  after?.();
}
