import { parentPort, workerData } from 'node:worker_threads';
import type { BindingsConfig } from './config.ts';
import { createBindings } from './create.ts';
import { openSqliteStore } from './store/sqlite.ts';

/** A worker with one event that writes and then calls out; tells what others could see before and after. */
const { config, uri } = workerData as { config: BindingsConfig; uri: string };
const bindings = createBindings(config, { log: () => {} });
const event = {
  id: 1,
  deadline: Date.now() + 60_000,
  claim: new Int32Array(new SharedArrayBuffer(4)),
  attempt: 1,
};
for (const binding of bindings) binding.begin?.(event);

const imports = Object.assign({}, ...bindings.map((binding) => binding.imports)) as {
  'fermyon:spin/key-value@2.0.0': {
    Store: { open(label: string): { set(key: string, value: Uint8Array): void } };
  };
  'fermyon:spin/http': {
    sendRequest(request: object): { status: number; headers: [string, string][]; body: Uint8Array };
  };
};
using others = openSqliteStore(config.stores['default']?.path ?? '', 'normal');
imports['fermyon:spin/key-value@2.0.0'].Store.open('default').set('k', new Uint8Array([1]));
const storedBefore = others.exists('default', 'k');
const { status, headers, body } = imports['fermyon:spin/http'].sendRequest({
  method: 'post',
  uri,
  headers: [],
  params: [],
  body: new Uint8Array([1]),
});
const seen = {
  status,
  method: headers.find(([name]) => name === 'x-method')?.[1],
  body: new TextDecoder().decode(body),
  storedBefore,
  storedAfter: others.exists('default', 'k'),
  outsideEffect: bindings.some((binding) => binding.hasOutsideEffect?.()),
};
for (const binding of bindings) binding[Symbol.dispose]?.();
parentPort?.postMessage(seen, []);
