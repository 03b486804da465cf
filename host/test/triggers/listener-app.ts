import { setTimeout as delay } from 'node:timers/promises';
import { connectAsync } from 'mqtt';
import { createClient } from 'redis';
import type { UnitEvent } from '../../src/runtime/types.ts';
import type { RunningApp } from '../../src/trigger/app.ts';
import { makeProject, type Project } from '../fixtures/project.ts';

/** A service that handles messages of both kinds of broker and does what they say, and tells over HTTP what it kept. */
const SERVICE = `import { Store } from 'fermyon:spin/key-value@2.0.0';

const ended = new Error('on purpose');

function handle(bytes: Uint8Array, topic: string): void {
  const { do: what, text } = JSON.parse(new TextDecoder().decode(bytes)) as { do: string; text: string };
  const store = Store.open('default');
  const list = (key: string): string[] => {
    const found = store.get(key);
    return found ? (JSON.parse(new TextDecoder().decode(found)) as string[]) : [];
  };
  const append = (key: string): void =>
    store.set(key, new TextEncoder().encode(JSON.stringify([...list(key), topic + ' ' + text])));
  append('kept');
  if (what === 'keep') return;
  if (what === 'malformed') throw { tag: 'other', val: 'malformed: ' + text };
  if (what === 'fail') throw { tag: 'other', val: 'no ' + text };
  const open = store.exists('open');
  if (what === 'loop until open' && !open) for (;;);
  if (what === 'trap until open' && !open) throw ended;
}

export const handleMessage = (bytes: Uint8Array, { topic }: { topic: string }): void => handle(bytes, topic);

export const inboundRedis = {
  handleMessage(bytes: Uint8Array): void {
    try {
      handle(bytes, 'redis');
    } catch (error) {
      if (error === ended) throw error;
      console.error('the Redis message was not handled: ' + (error as { val: string }).val);
      throw 'error';
    }
  },
};

export default {
  fetch(request: Request): Response {
    const store = Store.open('default');
    if (request.method === 'POST') store.set('open', new Uint8Array());
    if (request.method === 'DELETE') for (const key of store.getKeys()) store.delete(key);
    return new Response(store.get('kept') ?? '[]');
  },
};
`;

const WORLD = `package test:listener;

world listener {
  use spin:mqtt-trigger/spin-mqtt-types.{error, metadata, payload};
  import fermyon:spin/key-value@2.0.0;
  export handle-message: func(message: payload, metadata: metadata) -> result<_, error>;
  export fermyon:spin/inbound-redis;
  export fermyon:spin/inbound-http;
}
`;

const manifest = (trigger: string): string => `name = "listening"
version = "0.1.0"

[limits]
workers = 1
in_flight = 4
deadline = "3 s"

[service.listener]
path = "listener"
grants = ["key-value"]

[[trigger.http]]
route = "/..."
service = "listener"

${trigger}
service = "listener"
retries = 3
dead_letter = "given-up"
`;

/** The app in a folder of its own: `mqtt.toml` listens on `events/#`, `redis.toml` on the channel `events`. */
export function listenerProject(): Project {
  return makeProject({
    'package.json': '{ "type": "module" }',
    'mqtt.toml': manifest('[[trigger.mqtt]]\ntopic = "events/#"'),
    'redis.toml': manifest('[[trigger.redis]]\nchannel = "events"'),
    'listener/world.wit': WORLD,
    'listener/listener.ts': SERVICE,
  });
}

/** What a message tells the service to do, as it travels; with an id it is handled once. */
export function message(what: string, text: string, id?: string): string {
  return JSON.stringify({ do: what, text, ...(id !== undefined && { _tenon: { id } }) });
}

/** What the service has kept, in order: the topic and the text of each message. */
export async function kept(app: RunningApp): Promise<string[]> {
  const outcome = await app.dispatch('listener', http('GET'));
  if (outcome.kind !== 'response') throw new Error(`no answer: ${JSON.stringify(outcome)}`);
  return JSON.parse(Buffer.from(outcome.response.body).toString()) as string[];
}

/** Forgets all that was kept, and closes what was opened. */
export async function clear(app: RunningApp): Promise<void> {
  await app.dispatch('listener', http('DELETE'));
}

/** From now on, what waits for it succeeds. */
export async function openUp(app: RunningApp): Promise<void> {
  for (;;) {
    const { kind } = await app.dispatch('listener', http('POST'));
    if (kind === 'response') return;
  }
}

function http(method: string): UnitEvent {
  return { kind: 'http', request: { method, uri: '/', headers: [], body: new Uint8Array() } };
}

/** Waits until something holds; `seen` says what is there instead. */
export async function until(holds: () => boolean | Promise<boolean>, seen: () => unknown): Promise<void> {
  const end = performance.now() + 50_000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`it never came to be: ${JSON.stringify(await seen())}`);
    await delay(5);
  }
}

type Counts = RunningApp['messages'][number]['counts'];

export function countsOf(app: RunningApp): Counts {
  const [trigger] = app.messages;
  if (!trigger) throw new Error('the app has no trigger of messages');
  return trigger.counts;
}

/** Waits until the app's one trigger of messages has counted so many more than before, and holds none. */
export async function counted(app: RunningApp, wanted: Partial<Counts>, before?: Counts): Promise<void> {
  const holds = (): boolean => {
    const now = countsOf(app);
    const names = Object.keys(wanted) as (keyof Counts)[];
    return now.held === 0 && names.every((name) => now[name] === (wanted[name] ?? 0) + (before?.[name] ?? 0));
  };
  await until(holds, () => countsOf(app));
}

/** A foreign client: publishes, and hears what is given up. */
export interface Client extends AsyncDisposable {
  publish(topic: string, text: string): Promise<unknown>;
  readonly givenUp: Record<string, unknown>[];
}

export async function mqttClient(address: string): Promise<Client> {
  const client = await connectAsync(address, { reconnectPeriod: 20 });
  const givenUp: Record<string, unknown>[] = [];
  client.on('error', () => {});
  client.on(
    'message',
    (_, payload) => void givenUp.push(JSON.parse(payload.toString()) as Record<string, unknown>),
  );
  await client.subscribeAsync('given-up', { qos: 1 });
  return {
    givenUp,
    publish: (topic, text) => client.publishAsync(topic, text, { qos: 1 }),
    [Symbol.asyncDispose]: () => client.endAsync(true),
  };
}

export async function redisClient(address: string): Promise<Client> {
  const client = createClient({ url: address });
  const listener = client.duplicate();
  const givenUp: Record<string, unknown>[] = [];
  for (const one of [client, listener]) {
    one.on('error', () => {});
    await one.connect();
  }
  await listener.subscribe(
    'given-up',
    (text) => void givenUp.push(JSON.parse(text) as Record<string, unknown>),
  );
  return {
    givenUp,
    publish: (_, text) => client.publish('events', text),
    async [Symbol.asyncDispose]() {
      client.destroy();
      listener.destroy();
    },
  };
}
