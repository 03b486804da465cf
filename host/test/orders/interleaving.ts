import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient } from 'redis';
import { startApp, type RunningApp } from '../../src/trigger/app.ts';
import { startMosquitto, startProxy, startRedis, type Proxy } from '../brokers.ts';
import type { Direction } from '../proxy.ts';
import { copyOfOrders, temporaryFolder } from './app.ts';

/** Who writes to the store, each over connections of its own. */
export type Side = 'receiver' | 'fulfilment';

/** The orders app's networks: each side reaches the store and the broker through a proxy of its own. */
export interface Networks extends AsyncDisposable {
  readonly store: Readonly<Record<Side, Proxy>>;
  /** By broker and side. */
  readonly broker: Readonly<Record<'mqtt' | 'redis', Readonly<Record<Side, Proxy>>>>;
  /** The orders' statuses, as the store has them now. */
  statuses(): Promise<readonly string[]>;
  /** Every status that an order was given so far, in the order in which the store took them. */
  history(id: number): Promise<readonly string[]>;
  /** Publishes an order of another client on `neworders`. */
  publish(broker: 'mqtt' | 'redis', id: number): Promise<void>;
  status(id: number): Promise<string | null>;
  clear(): Promise<void>;
  /** A runtime-config.toml by which a side's store is the Redis server, through that side's proxy. */
  runtimeConfig(side: Side | 'status'): string;
}

export async function startNetworks(): Promise<Networks> {
  const stack = new AsyncDisposableStack();
  const folder = stack.use(await temporaryFolder('interleaving'));
  const [redis, mqtt] = [stack.use(await startRedis()), stack.use(await startMosquitto())];
  const both = async (address: string): Promise<Readonly<Record<Side, Proxy>>> => ({
    receiver: stack.use(await startProxy(address)),
    fulfilment: stack.use(await startProxy(address)),
  });
  const store = await both(redis.address);
  const broker = { mqtt: await both(mqtt.address), redis: await both(redis.address) };

  const client = createClient({ url: redis.address });
  const monitor = client.duplicate();
  const foreign = await (await import('mqtt')).connectAsync(mqtt.address);
  stack.defer(() => foreign.endAsync(true));
  for (const one of [client, monitor]) {
    await one.connect();
    stack.defer(() => one.destroy());
  }
  /** Commands that wrote one key, as Redis says them: `1764326907.5 [0 lua] "SET" "123456" "created"`. */
  const written: (readonly [key: string, value: string])[] = [];
  await monitor.monitor((line) => {
    const [, key, value] = /\] "SET" "([^"]*)" "([^"]*)"$/i.exec(String(line)) ?? [];
    if (key !== undefined && value !== undefined) written.push([key, value]);
  });
  let fences = 0;
  /** Redis tells of commands in their order: once it tells of this one, all before it are known. */
  async function fence(): Promise<void> {
    const value = String(++fences);
    await client.set('tenon:fence', value);
    while (!written.some(([key, found]) => key === 'tenon:fence' && found === value)) {
      await new Promise(setImmediate);
    }
  }
  return {
    store,
    broker,
    async statuses() {
      const keys = (await client.keys('*')).filter((key) => /^\d{6}$/.test(key));
      return (await Promise.all(keys.map((key) => client.get(key)))).map(String);
    },
    async history(id) {
      await fence();
      return written.filter(([key]) => key === String(id)).map(([, value]) => value);
    },
    async publish(kind, id) {
      const order = JSON.stringify({ id, details: 'of another client', status: 'created' });
      if (kind === 'mqtt') await foreign.publishAsync('neworders', order, { qos: 1 });
      else await client.publish('neworders', order);
    },
    status: (id) => client.get(String(id)),
    async clear() {
      for (const key of await client.keys('*')) if (/^\d+$/.test(key)) await client.del(key);
    },
    runtimeConfig(side) {
      const file = join(folder.path, `${side}.toml`);
      const { address } = side === 'status' ? redis : store[side];
      writeFileSync(file, `[key_value_store.default]\ntype = "redis"\nurl = "${address}"\n`);
      return file;
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/**
 * The sample with further profiles, as two apps: with one name for both, either could send what waits in the outbox
 * of the other.
 */
export async function ordersWith(
  profiles: string,
): Promise<{ readonly path: string; readonly manifests: Readonly<Record<Side, string>> } & AsyncDisposable> {
  const copy = await copyOfOrders();
  appendFileSync(copy.manifest, profiles);
  const other = join(copy.path, 'composed', 'fulfilling.toml');
  writeFileSync(other, readFileSync(copy.manifest, 'utf8').replace('name = "orders"', 'name = "fulfilling"'));
  return { ...copy, manifests: { receiver: copy.manifest, fulfilment: other } };
}

/** Starts one side; where nothing lies between them, the receiver's is both. */
export function startSide(
  side: Side | 'status',
  {
    manifest,
    profile,
    folder,
    networks,
  }: {
    readonly manifest: string;
    readonly profile: string | undefined;
    readonly folder: string;
    readonly networks: Networks;
  },
): Promise<RunningApp> {
  const through = side === 'status' ? 'receiver' : side;
  return startApp({
    manifest,
    profile,
    only: [side],
    typeCheck: false,
    workers: 1,
    listen: '127.0.0.1:0',
    outDir: join(folder, `${side} out`),
    stateDir: join(folder, `${side} state`),
    runtimeConfig: networks.runtimeConfig(side),
    mqtt: networks.broker.mqtt[through].address,
    redis: networks.broker.redis[through].address,
  });
}

/** A piece of data to be kept: one that has the text in it, or so many turns after it the other side's answer to it. */
export interface Piece {
  readonly direction: Direction;
  readonly text: string;
  readonly turns: number;
}

/** Keeps a piece of data as soon as it comes, and all behind it; resolves then, with what lets it go. */
export async function holdBack(proxy: Proxy, { direction, text, turns }: Piece): Promise<() => void> {
  await proxy.holdFrom(direction, text);
  let now = direction;
  for (let turn = 0; turn < turns; turn++) {
    const answer = now === 'up' ? 'down' : 'up';
    proxy.hold(answer);
    const there = proxy.next(answer);
    proxy.release(now);
    await there;
    now = answer;
  }
  return () => proxy.release(now);
}
