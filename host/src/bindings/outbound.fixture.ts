import { parentPort, workerData } from 'node:worker_threads';
import type { BindingsConfig } from './config.ts';
import { createBindings } from './create.ts';
import { instantiateProbe, type ProbeParts } from './probe.fixture.ts';
import { openSqliteStore } from './store/sqlite.ts';

/** A worker with one event that writes and then calls out; tells what others could see before and after. */
const { config, parts, uri } = workerData as { config: BindingsConfig; parts: ProbeParts; uri: string };
const bindings = createBindings(config, { log: () => {} });
const event = {
  id: 1,
  deadline: Date.now() + 60_000,
  claim: new Int32Array(new SharedArrayBuffer(4)),
  attempt: 1,
};
const probe = await instantiateProbe(parts, bindings);
const run = (code: string): { value?: Response; error?: unknown } => JSON.parse(probe.run(code));
interface Response {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: readonly number[];
}

for (const binding of bindings) binding.begin?.(event);
const store = config.stores['default'];
using others = openSqliteStore(store?.type === 'sqlite' ? store.path : '', 'normal');
run(`m.kv.Store.open('default').set('k', bytes('v'))`);
const storedBefore = others.exists('default', 'k');
const request = { method: 'post', uri, headers: [['x-a', '1']], params: [] };
const { value, error } = run(
  `return m.http.sendRequest({ ...${JSON.stringify(request)}, body: bytes('body') })`,
);
const seen = {
  error,
  status: value?.status,
  seen: value?.headers.find(([name]) => name === 'x-seen')?.[1],
  body: String.fromCharCode(...(value?.body ?? [])),
  storedBefore,
  storedAfter: others.exists('default', 'k'),
  outsideEffect: bindings.some((binding) => binding.hasOutsideEffect?.()),
};
for (const binding of bindings) binding[Symbol.dispose]?.();
parentPort?.postMessage(seen, []);
