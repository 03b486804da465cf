import { workerData } from 'node:worker_threads';
import { openSqliteStore } from './sqlite.ts';

/** A worker that hangs in the middle of a commit, holding the write lock, and says so. */
const { path, hanging } = workerData as { path: string; hanging: Int32Array };
const store = openSqliteStore(path, 'normal');
store.commit([], [{ label: 'l', key: 'never', value: new Uint8Array([1]) }], () => {
  Atomics.store(hanging, 0, 1);
  Atomics.notify(hanging, 0);
  for (;;);
});
