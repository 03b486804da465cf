import { workerData } from 'node:worker_threads';
import { Overlay } from './overlay.ts';
import { openSqliteStore } from './sqlite.ts';

/** A worker that waits for the others to be there, opens the store and counts up a number in it, so many times. */
const { path, gate, times } = workerData as { path: string; gate: Int32Array; times: number };
Atomics.sub(gate, 0, 1);
Atomics.notify(gate, 0);
for (let left = Atomics.load(gate, 0); left > 0; left = Atomics.load(gate, 0)) Atomics.wait(gate, 0, left);

using store = openSqliteStore(path, 'normal');
for (let done = 0; done < times;) {
  const event = new Overlay(store);
  const before = event.get('default', 'count');
  const count = before === undefined ? 0 : Number(new TextDecoder().decode(before));
  event.write('default', 'count', new TextEncoder().encode(String(count + 1)));
  if (event.commit(() => true) === 'committed') done++;
}
