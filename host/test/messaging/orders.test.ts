import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { clear, Store } from '../doubles/key-value.ts';
import { temporaryFolder } from '../orders/app.ts';
import { tool } from '../tools.ts';
import { fakeApp, type FakeApp } from './units.ts';

const MANIFEST = fileURLToPath(new URL('../../../composed/orders.toml', import.meta.url));
const wasmTools = tool('wasm-tools');
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** The data of docs/wire-format.md, for whoever writes another implementation. */
interface Messages {
  readonly handled: readonly { readonly message: { readonly id: number } }[];
  /** `text` where it is not JSON; what the reason begins with. */
  readonly refused: readonly {
    readonly message?: unknown;
    readonly text?: string;
    readonly reason: string;
  }[];
}

const messages = JSON.parse(
  readFileSync(new URL('../../../docs/wire-format/messages.json', import.meta.url), 'utf8'),
) as Messages;

type Folder = Awaited<ReturnType<typeof temporaryFolder>>;

const statusOf = (id: number | string): string =>
  new TextDecoder().decode(Store.open('default').get(String(id)) ?? new Uint8Array());

interface Task {
  readonly task: { readonly id: number };
}

describe.each(['mqtt', 'redis'] as const)('the orders app under the profile %s', (profile) => {
  let folder: Folder;
  let app: FakeApp;

  beforeAll(async () => {
    folder = await temporaryFolder('messaging');
    app = await fakeApp({ manifest: MANIFEST, profile, outDir: join(folder.path, 'out') });
  });
  afterAll(() => folder?.[Symbol.asyncDispose]());
  beforeEach(() => {
    clear();
    app.brokers.clear();
    app.brokers.refusal = undefined;
  });

  const feed = async (payload: Uint8Array | string): Promise<string> => {
    const unit = await app.unit('fulfilment');
    const error = profile === 'mqtt' ? unit.mqtt('neworders', payload) : unit.redis(payload);
    // The error of a Redis handler says nothing: the log does.
    return error === 'error' ? unit.host.stderr : error === undefined ? '' : (error as { val: string }).val;
  };

  test.skipIf(wasmTools.missing)(`its units are valid components${wasmTools.reason}`, () => {
    for (const { wasm } of app.app.units) {
      const run = spawnSync('wasm-tools', ['validate', '--features', 'component-model', wasm]);
      expect(run.stderr.toString()).toBe('');
      expect(run.status).toBe(0);
    }
  });

  test('an order becomes one message, and is fulfilled by it', async () => {
    const receiver = await app.unit('receiver');
    const answer = receiver.request('/order', 'post', '{"details":"zwei Käse 🧀"}');
    expect(answer.status).toBe(202);
    const { task } = JSON.parse(answer.text) as Task;
    const [message] = app.brokers.published;
    expect(app.brokers.published).toHaveLength(1);
    expect(message).toMatchObject({ broker: profile, topic: 'neworders' });
    expect(message?.qos).toBe(profile === 'mqtt' ? 'at-least-once' : undefined);
    expect(message?.address).toMatch(
      profile === 'mqtt'
        ? /^mqtt:\/\/broker:1883\?client_id=tenon-[0-9a-f-]+&max_incoming_packet_size_bytes=268435460&max_outgoing_packet_size_bytes=268435460$/
        : /^redis:\/\/server:6379$/,
    );
    expect(app.brokers.json()).toEqual({
      id: task.id,
      details: 'zwei Käse 🧀',
      status: 'created',
      _tenon: { id: expect.stringMatching(UUID) as string },
    });
    expect(statusOf(task.id)).toBe('created');

    expect(await feed(message!.payload)).toBe('');
    expect(statusOf(task.id)).toBe('fulfilled');
    expect(app.brokers.openHandles).toBe(0);
  });

  test.each(messages.handled)('$message is fulfilled', async ({ message }) => {
    expect(await feed(JSON.stringify(message))).toBe('');
    expect(statusOf(message.id)).toBe('fulfilled');
  });

  const refused = messages.refused.map(({ text, message, reason }) => ({
    payload: text ?? JSON.stringify(message),
    reason,
  }));
  test.each(refused)('$payload is refused, and nothing is stored', async ({ payload, reason }) => {
    const prefix = profile === 'mqtt' ? '' : 'the Redis message was not handled: ';
    expect(await feed(payload)).toContain(`${prefix}malformed: ${reason}`);
    expect(Store.open('default').getKeys()).toEqual([]);
  });

  test('a broker that cannot be reached ends the event, with one line', async () => {
    app.brokers.refusal =
      profile === 'mqtt' ? { tag: 'connection-failed', val: 'refused' } : { tag: 'other', val: 'refused' };
    const receiver = await app.unit('receiver');
    expect(() => receiver.request('/order', 'post', '{"details":"x"}')).toThrow('exit');
    const [broker, where, why] =
      profile === 'mqtt' ? ['MQTT', 'topic', 'connection failed: refused'] : ['Redis', 'channel', 'refused'];
    expect(receiver.host.stderr).toBe(
      `receiver called fulfilment.submit of fulfilment over ${broker} ${where} neworders, which failed: ${why}\n`,
    );
  });

  test('an address that is not set is named', async () => {
    const name = `${profile}_address`;
    const before = app.brokers.variables[name]!;
    delete app.brokers.variables[name];
    const receiver = await app.unit('receiver');
    expect(() => receiver.request('/order', 'post', '{"details":"x"}')).toThrow('exit');
    app.brokers.variables[name] = before;
    expect(receiver.host.stderr).toContain(`the variable ${name} has no value: undefined: ${name}\n`);
  });
});

describe('messages over Redis', () => {
  let folder: Folder;
  let app: FakeApp;

  beforeAll(async () => {
    folder = await temporaryFolder('messaging');
    app = await fakeApp({ manifest: MANIFEST, profile: 'redis', outDir: join(folder.path, 'out') });
  });
  afterAll(() => folder?.[Symbol.asyncDispose]());
  beforeEach(() => {
    clear();
    app.brokers.clear();
  });

  const feed = async (payload: string): Promise<unknown> => (await app.unit('fulfilment')).redis(payload);

  test('replicas claim a message by its id', async () => {
    const order = { id: 7, details: 'x', status: 'created', _tenon: { id: 'abc' } };
    expect(await feed(JSON.stringify(order))).toBeUndefined();
    Store.open('default').delete('7');
    expect(await feed(JSON.stringify(order))).toBeUndefined();
    expect(Store.open('default').exists('7')).toBe(false);
    const claims = app.brokers.commands.filter((command) => command.startsWith('SET'));
    expect(claims).toHaveLength(2);
    expect(claims[0]).toMatch(/^SET tenon:claim:orders\/fulfilment:abc [0-9a-f-]{36} NX EX 3600$/);
  });

  test('a replica knows its own claim again', async () => {
    app.brokers.variables['tenon_replica'] = 'this one';
    const order = JSON.stringify({ id: 8, details: 'x', status: 'created', _tenon: { id: 'def' } });
    app.brokers.keys.set('tenon:claim:orders/fulfilment:def', new TextEncoder().encode('this one'));
    expect(await feed(order)).toBeUndefined();
    expect(statusOf(8)).toBe('fulfilled');
    delete app.brokers.variables['tenon_replica'];
  });
});
