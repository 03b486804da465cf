import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Grant } from '../plan/types.ts';
import type { Binding, EventContext } from './binding.ts';
import type { BindingsConfig } from './config.ts';
import { createBindings } from './create.ts';
import { serveChannel } from './channel/serve.ts';
import { createHttpService } from './http/proxy.ts';
import { buildProbe, instantiateProbe, type Probe } from './probe.fixture.ts';

let probe: Probe;
beforeAll(async () => {
  probe = await buildProbe();
});
afterAll(() => probe[Symbol.dispose]());

let folder: string;
const bindings: Binding[] = [];
const lines: string[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tenon-bindings-'));
});
afterEach(() => {
  for (const binding of bindings.splice(0)) binding[Symbol.dispose]?.();
  lines.length = 0;
  rmSync(folder, { recursive: true, force: true });
});

const GRANTS: Grant[] = [
  { kind: 'key-value', label: 'default' },
  { kind: 'variables', name: 'greeting' },
  { kind: 'clocks' },
  { kind: 'random' },
  { kind: 'stdio' },
  { kind: 'environment' },
];

function config(changes: Partial<BindingsConfig> = {}): BindingsConfig {
  const path = join(folder, '.spin', 'sqlite_key_value.db');
  return {
    unit: 'probe',
    services: ['probe'],
    grants: GRANTS,
    stores: { default: { type: 'sqlite', path, atomic: true, durability: 'normal' } },
    variables: { greeting: 'hello', secret: 'hidden' },
    sends: [],
    environment: { NAME: 'value' },
    ...changes,
  };
}

async function start(changes: Partial<BindingsConfig> = {}) {
  const made = createBindings(config(changes), { log: (stream, line) => lines.push(`${stream}: ${line}`) });
  bindings.push(...made);
  const instance = await instantiateProbe(probe.parts, made);
  const handles = (): number => made.reduce((sum, binding) => sum + (binding.liveHandles?.() ?? 0), 0);
  /** Runs code as one event that commits; gives its answer. */
  function run(code: string): unknown {
    const event: EventContext = {
      id: 1,
      deadline: Date.now() + 60_000,
      claim: new Int32Array(new SharedArrayBuffer(4)),
      attempt: 1,
    };
    for (const binding of made) binding.begin?.(event);
    const answer = JSON.parse(instance.run(code)) as { value?: unknown };
    for (const binding of made)
      expect(binding.commit?.(event) ?? { kind: 'committed' }).toEqual({ kind: 'committed' });
    return 'value' in answer ? answer.value : answer;
  }
  return { run, handles };
}

describe('a component gets through the glue what the interfaces promise:', () => {
  test('key-value', async () => {
    const { run, handles } = await start();
    expect(
      run(`
        const store = m.kv.Store.open('default');
        store.set('k', new Uint8Array([0, 255]));
        store.set('gone', bytes('x'));
        store.delete('gone');
        return [store.get('k'), store.get('gone'), store.exists('k'), store.exists('gone'), store.getKeys()];
      `),
    ).toEqual([[0, 255], null, true, false, ['k']]);
    expect(run(`return m.kv.Store.open('default').get('k')`)).toEqual([0, 255]);
    expect(run(`m.kv.Store.open('other')`)).toEqual({ error: { tag: 'access-denied' } });
    // The guest drops what it does not keep, and the glue tells the host so.
    expect(handles()).toBe(0);
    expect(
      run(`for (let n = 0; n < 256; n++) kept.push(m.kv.Store.open('default')); m.kv.Store.open('default')`),
    ).toEqual({
      error: { tag: 'store-table-full' },
    });
    expect(handles()).toBe(256);
  });

  test('variables', async () => {
    const { run } = await start();
    expect(run(`return m.variables.get('greeting')`)).toBe('hello');
    expect(run(`return m.variables.get('secret')`)).toMatchObject({ error: { tag: 'undefined' } });
    expect(run(`return m.variables.get('No')`)).toMatchObject({ error: { tag: 'invalid-name' } });
  });

  test('clocks, randomness and the environment', async () => {
    const { run } = await start();
    expect(
      run(
        `const before = m.monotonic.now(); m.monotonic.subscribeDuration(2000000).block(); return m.monotonic.now() - before >= 2000000`,
      ),
    ).toBe(true);
    expect(run(`const now = m.wall.now(); return Math.abs(now.seconds - Date.now() / 1000) < 60`)).toBe(true);
    expect(
      run(`return m.poll.poll([m.monotonic.subscribeDuration(0), m.monotonic.subscribeDuration(1e15)])`),
    ).toEqual([0]);
    expect(
      run(
        `return [m.random.getRandomBytes(5).length, m.insecure.getInsecureRandomBytes(3).length, m.seed.insecureSeed().length]`,
      ),
    ).toEqual([5, 3, 2]);
    expect(run(`return new Set(Array.from({ length: 100 }, () => m.random.getRandomU64())).size`)).toBe(100);
    expect(
      run(
        `return [m.environment.getEnvironment(), m.environment.getArguments(), m.environment.initialCwd() ?? null]`,
      ),
    ).toEqual([[['NAME', 'value']], [], null]);
    expect(run(`return [m.preopens.getDirectories(), m.terminal.getTerminalStdout() ?? null]`)).toEqual([
      [],
      null,
    ]);
  });

  test('standard streams', async () => {
    const { run } = await start({ services: ['front', 'back'] });
    run(
      `const out = m.stdout.getStdout(); out.blockingWriteAndFlush(bytes('one\\ntwo')); m.stderr.getStderr().write(bytes('bad'));`,
    );
    expect(lines).toEqual(['stdout: one', 'stdout: two', 'stderr: bad']);
    expect(run(`return m.stdin.getStdin().read(5)`)).toEqual({ error: { tag: 'closed' } });
  });

  test('no outbound request without a grant', async () => {
    const { run } = await start();
    expect(
      run(
        `return m.http.sendRequest({ method: 'get', uri: 'http://example.com/', headers: [], params: [], body: undefined })`,
      ),
    ).toEqual({
      error: 'destination-not-allowed',
    });
    expect(lines).toEqual([expect.stringContaining('http://example.com/') as string]);
  });
});

describe('a call that cannot be answered traps with its reason:', () => {
  test.each([
    ['a missing grant', `m.random.getRandomU64()`, 'bindings/grant-missing'],
    ['exit', `m.exit.exit({ tag: 'ok' })`, 'bindings/guest-exit'],
    ['an empty poll', `m.poll.poll([])`, 'bindings/empty-poll'],
  ])('%s', async (_, code, expected) => {
    const { run } = await start({ grants: GRANTS.filter(({ kind }) => kind !== 'random') });
    expect(() => run(code)).toThrow(expect.objectContaining({ code: expected }));
  });
});

test('a service of its own name is named in its lines, one of several is not', async () => {
  const named = createBindings(config({ services: ['inner'] }), { log: (_, line) => lines.push(line) });
  bindings.push(...named);
  (await instantiateProbe(probe.parts, named)).run(`m.stdout.getStdout().write(bytes('a\\n'))`);
  expect(lines).toEqual(['inner: a']);
});

test('atomic stores of one unit must lie in one database', () => {
  const grants: Grant[] = [...GRANTS, { kind: 'key-value', label: 'cache' }];
  const here = { type: 'sqlite', path: join(folder, 'a.db'), atomic: true, durability: 'normal' } as const;
  const there = { ...here, path: join(folder, 'b.db') };
  const make = (stores: BindingsConfig['stores']): void => {
    bindings.push(...createBindings(config({ grants, stores }), { log: () => {} }));
  };
  expect(() => make({ default: here, cache: there })).toThrow(
    expect.objectContaining({ code: 'bindings/stores-apart' }),
  );
  make({ default: here, cache: { ...there, atomic: false } });
  make({ default: here, cache: here, ungranted: there });
});

test('an outbound request commits what the event has written, and the event does not run again', async () => {
  const server = createServer((request, response) => {
    response.setHeader('x-seen', `${request.method} ${request.url} ${request.headers['x-a']}`);
    response.writeHead(201);
    request.pipe(response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const http = createHttpService({ allowed: [origin] });
  const network = serveChannel({ http: http.answer });
  const worker = new Worker(new URL('./outbound.fixture.ts', import.meta.url), {
    workerData: { config: config({ network: network.address }), parts: probe.parts, uri: `${origin}/x` },
  });
  try {
    const [seen] = (await once(worker, 'message')) as [unknown];
    expect(seen).toEqual({
      error: undefined,
      status: 201,
      seen: 'POST /x 1',
      body: 'body',
      storedBefore: false,
      storedAfter: true,
      outsideEffect: true,
    });
  } finally {
    await worker.terminate();
    network[Symbol.dispose]();
    http[Symbol.dispose]();
    server.close();
    server.closeAllConnections();
  }
});
