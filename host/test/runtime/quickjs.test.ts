import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PENDING } from '../../src/bindings/claim.ts';
import type { BindingsConfig } from '../../src/bindings/config.ts';
import { createBindings } from '../../src/bindings/create.ts';
import { unwrap } from '../../src/diagnostics/error.ts';
import { link } from '../../src/link/link.ts';
import { MARKS_PREFIX } from '../../src/runtime/cards.ts';
import { createEventRunner } from '../../src/runtime/event-runner.ts';
import { createHandleLedger } from '../../src/runtime/handles.ts';
import { importsFor } from '../../src/runtime/imports.ts';
import { createInstance, type Instantiate } from '../../src/runtime/instance.ts';
import type { CoreImports } from '../../src/runtime/intrinsics.ts';
import type { UnitHostOptions } from '../../src/runtime/pool.ts';
import { prepareUnit } from '../../src/runtime/prepare.ts';
import type { EventOutcome, UnitHost } from '../../src/runtime/types.ts';
import { quickjs } from '../link/quickjs.ts';
import { MEMORY_LIMIT, testUnits } from './harness.ts';

const WIT = `package tenon:build;
package test:scales@1.0.0 {
  interface scales { weigh: func(text: string) -> u32; }
}
package test:services@1.0.0 {
  world front { import test:scales/scales@1.0.0; import fermyon:spin/key-value@2.0.0; export fermyon:spin/inbound-http; }
  world back { import fermyon:spin/key-value@2.0.0; export test:scales/scales@1.0.0; }
}
package fermyon:spin {
  interface http-types {
    enum method { get, post, put, delete, patch, head, options }
    record request { method: method, uri: string, headers: list<tuple<string, string>>, params: list<tuple<string, string>>, body: option<list<u8>> }
    record response { status: u16, headers: option<list<tuple<string, string>>>, body: option<list<u8>> }
  }
  interface inbound-http { use http-types.{request, response}; handle-request: func(req: request) -> response; }
}
package fermyon:spin@2.0.0 {
  interface key-value {
    variant error { store-table-full, no-such-store, access-denied, other(string) }
    resource store {
      open: static func(label: string) -> result<store, error>;
      get: func(key: string) -> result<option<list<u8>>, error>;
      set: func(key: string, value: list<u8>) -> result<_, error>;
      delete: func(key: string) -> result<_, error>;
      exists: func(key: string) -> result<bool, error>;
      get-keys: func() -> result<list<string>, error>;
    }
  }
}
`;

const FRONT = `
import { Store } from 'fermyon:spin/key-value@2.0.0';
import { weigh } from 'test:scales/scales@1.0.0';
let count = 0;
const kept = [];
const bytes = (text) => Uint8Array.from(text, (c) => c.charCodeAt(0));
const answers = {
  '/count': () => String(count),
  '/weigh': (req) => String(weigh(String.fromCharCode(...req.body))),
  '/keep': () => { for (let n = 0; n < 5; n++) kept.push(Store.open('default')); return String(kept.length); },
  '/grow': () => { for (let n = 0; n < 40; n++) kept.push(new Uint8Array(100000).fill(1)); return String(kept.length); },
  '/stored': () => { const value = Store.open('default').get('weighed'); return value ? String.fromCharCode(...value) : 'nothing'; },
  '/set-and-throw': () => { Store.open('default').set('weighed', bytes('thrown')); throw new Error('thrown on purpose'); },
  '/loop': () => { for (;;); },
  '/hoard': () => { for (;;) kept.push(new Uint8Array(100000).fill(1)); },
};
export const inboundHttp = {
  handleRequest(req) {
    count++;
    return { status: 200, headers: [['x-method', req.method]], body: bytes(answers[req.uri](req)) };
  },
};`;

const BACK = `
import { Store } from 'fermyon:spin/key-value@2.0.0';
let calls = 0;
export const scales = {
  weigh(text) {
    const weight = text.length * 10 + ++calls;
    Store.open('default').set('weighed', Uint8Array.from(String(weight), (c) => c.charCodeAt(0)));
    return weight;
  },
};`;

const units = testUnits();
let wasm: Uint8Array;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenon-quickjs-'));
  const [front, back] = await Promise.all([
    quickjs(WIT, 'test:services/front@1.0.0', FRONT),
    quickjs(WIT, 'test:services/back@1.0.0', BACK),
  ]);
  const scales = 'test:scales/scales@1.0.0';
  wasm = unwrap(
    link({
      instances: [
        { name: 'front', bytes: front },
        { name: 'back', bytes: back },
      ],
      edges: [{ importer: 'front', import: scales, provider: 'back', export: scales }],
      root: 'front',
    }),
  ).bytes;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let stores = 0;

function configured(): BindingsConfig {
  return {
    unit: 'front',
    services: ['back', 'front'],
    grants: [
      { kind: 'key-value', label: 'default' },
      { kind: 'random' },
      { kind: 'clocks' },
      { kind: 'stdio' },
    ],
    stores: {
      default: { type: 'sqlite', path: join(folder, `${stores++}.db`), atomic: true, durability: 'normal' },
    },
    variables: {},
    environment: {},
    sends: [],
  };
}

async function start(options: Partial<UnitHostOptions> = {}) {
  const { host, log } = await units.start(wasm, { bindings: { config: configured() }, ...options });
  return { host, log, get: (uri: string, body = '') => get(host, uri, body) };
}

/** The answer's body, or how the event ended. */
async function get(host: UnitHost, uri: string, body: string): Promise<string | EventOutcome> {
  const request = {
    method: 'POST',
    uri,
    headers: [['host', 'test']] as const,
    body: new TextEncoder().encode(body),
  };
  const outcome = await host.dispatch({ kind: 'http', request });
  if (outcome.kind !== 'response') return outcome;
  const { status, headers } = outcome.response;
  expect({ status, headers }).toEqual({ status: 200, headers: [['x-method', 'post']] });
  return new TextDecoder().decode(outcome.response.body);
}

describe.each(['auto', 'instantiate'] as const)('two linked services, fresh state by %s', (fresh) => {
  test('remember nothing, and store what both wrote', async () => {
    const { get, host } = await start({ fresh });
    expect(await get('/stored')).toBe('nothing');
    for (let n = 0; n < 5; n++) {
      expect(await get('/count')).toBe('1');
      expect(await get('/weigh', 'x'.repeat(n))).toBe(String(n * 10 + 1));
      expect(await get('/stored')).toBe(String(n * 10 + 1));
    }
    expect(host.stats()).toMatchObject(
      fresh === 'auto' ? { instances: 1, resets: 15 } : { instances: 16, resets: 0 },
    );
  });

  test('recover from memory that grew and handles that were kept', async () => {
    const { get, host } = await start({ fresh });
    expect(await get('/grow')).toBe('40');
    expect(await get('/keep')).toBe('5');
    expect(await get('/count')).toBe('1');
    expect(host.stats()).toMatchObject(fresh === 'auto' ? { grown: 1, handles: 1 } : { unprovable: 2 });
  });

  test('what an error, a loop or a full memory ends leaves nothing, and the next event is served', async () => {
    const { get, log } = await start({ fresh, deadlineMs: 2_000 });
    for (const uri of ['/set-and-throw', '/hoard']) {
      expect(await get(uri)).toMatchObject({ kind: 'trap' });
      expect(await get('/stored')).toBe('nothing');
    }
    expect(log.filter((entry) => entry.stream === undefined)).toHaveLength(2);
    expect(log.some((entry) => entry.message.includes('thrown on purpose'))).toBe(true);
    expect(await get('/loop')).toEqual({ kind: 'deadline' });
    expect(await get('/count')).toBe('1');
  });
});

test('fast intrinsics and the glue alone agree', async () => {
  const fast = await start();
  const stock = await start({ fastIntrinsics: false });
  for (const body of ['', 'a', 'x'.repeat(5_000)]) {
    const expected = String(body.length * 10 + 1);
    expect([await fast.get('/weigh', body), await stock.get('/weigh', body)]).toEqual([expected, expected]);
    expect([await fast.get('/stored'), await stock.get('/stored')]).toEqual([expected, expected]);
  }
});

test('a shared instance remembers', async () => {
  const { get } = await start({ instance: 'shared' });
  expect(await get('/count')).toBe('1');
  expect(await get('/weigh', 'x')).toBe('11');
  expect(await get('/weigh', 'x')).toBe('12');
  expect(await get('/count')).toBe('4');
});

test('a reset brings back every byte of every memory by the marks of what was written', async () => {
  const prepared = await prepareUnit(wasm, await units.cacheDir(), { memoryLimit: MEMORY_LIMIT });
  const modules = new Map<string, WebAssembly.Module>();
  for (const name of prepared.modules)
    modules.set(name, await WebAssembly.compile(await readFile(join(prepared.directory, name))));
  const { instantiate } = (await import(pathToFileURL(prepared.glue).href)) as { instantiate: Instantiate };
  using bindings = new DisposableStack();
  const created = createBindings(configured(), { log: () => {} });
  for (const binding of created) bindings.defer(() => binding[Symbol.dispose]?.());
  const imports = importsFor(prepared.imports, created);
  const ledger = createHandleLedger();
  for (const members of Object.values(imports)) ledger.watch(members);
  const claim = new Int32Array(new SharedArrayBuffer(4));
  const memories = new Map<WebAssembly.Memory, Uint8Array>();
  const runner = createEventRunner({
    bindings: created,
    ledger,
    claim,
    shared: false,
    createInstance: () =>
      createInstance({
        instantiate: (getCoreModule, given, core) =>
          instantiate(
            getCoreModule,
            given,
            Object.assign((module: WebAssembly.Module, coreImports?: CoreImports) => {
              const instance = core(module, coreImports);
              for (const [name, value] of Object.entries(instance.exports))
                if (value instanceof WebAssembly.Memory && !name.startsWith(MARKS_PREFIX))
                  memories.set(value, new Uint8Array());
              return instance;
            }, core),
          ),
        modules,
        imports,
        fastIntrinsics: true,
        resettable: true,
        ledger,
      }),
  });
  runner.prepareNext();
  expect(memories.size).toBeGreaterThanOrEqual(2);
  for (const memory of memories.keys()) memories.set(memory, new Uint8Array(memory.buffer).slice());
  const uris = ['/count', '/weigh', '/stored', '/weigh', '/count'];
  for (const [id, uri] of uris.entries()) {
    const body = Buffer.from('weight'.repeat(10 * id));
    const request = { method: 'POST', uri, headers: [['host', 'test']] as const, body };
    Atomics.store(claim, 0, PENDING);
    const outcome = runner.run(id, { kind: 'http', request }, Date.now() + 20_000);
    expect(outcome.kind).toBe('response');
    runner.prepareNext();
    for (const [memory, before] of memories)
      expect(Buffer.compare(new Uint8Array(memory.buffer), before)).toBe(0);
  }
  expect(runner.counts()).toMatchObject({ instances: 1, resets: uris.length });
});
