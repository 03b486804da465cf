import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningApp } from '../../src/trigger/app.ts';
import { until } from '../outbox/process.ts';
import { tool } from '../tools.ts';
import { placeOrder, statusOf, temporaryFolder } from './app.ts';
import { holdBack, ordersWith, startNetworks, startSide, type Networks, type Side } from './interleaving.ts';

/** One step of an order's way, and what the store has while it is held back. */
interface Step {
  readonly name: string;
  readonly side: Side;
  readonly network: 'store' | 'broker';
  readonly direction: 'up' | 'down';
  /** What tells its piece of data from others. */
  readonly text: string;
  /** So many answers later. */
  readonly turns: number;
  readonly meanwhile: readonly ('created' | 'fulfilled')[];
  /** Whether a message of another client reaches Fulfilment past it. */
  readonly passable: boolean;
}

const step = (
  name: string,
  [side, network, direction, text, turns = 0]: readonly [
    Side,
    Step['network'],
    Step['direction'],
    string,
    turns?: number,
  ],
  meanwhile: Step['meanwhile'],
  passable = side === 'receiver',
): Step => ({ name, side, network, direction, text, turns, meanwhile, passable });

const DETAILS = 'held back';
const COMMITS: readonly Step[] = [
  step("Receiver's commit", ['receiver', 'store', 'up', 'created'], []),
  step("the answer to Receiver's commit", ['receiver', 'store', 'up', 'created', 1], ['created']),
];
const PUBLISHED = step('the publication', ['receiver', 'broker', 'up', DETAILS], ['created']);
const ANSWERED = step('its confirmation', ['receiver', 'broker', 'up', DETAILS, 1], ['fulfilled']);
const DELIVERED = step('the delivery', ['fulfilment', 'broker', 'down', DETAILS], ['created']);
const HANDLED: readonly Step[] = [
  step("Fulfilment's commit", ['fulfilment', 'store', 'up', 'fulfilled'], ['created']),
  step("the answer to Fulfilment's commit", ['fulfilment', 'store', 'up', 'fulfilled', 1], ['fulfilled']),
];
const ACKNOWLEDGED = step('the acknowledgement', ['fulfilment', 'broker', 'down', DETAILS, 1], ['fulfilled']);

const MQTT = [...COMMITS, PUBLISHED, DELIVERED, ...HANDLED];
const MQTT_1 = [...MQTT, ANSWERED, ACKNOWLEDGED];
const MQTT_2 = [
  ...MQTT,
  // Mosquitto passes a message on when it is released, not before.
  step('that it was received', ['receiver', 'broker', 'up', DETAILS, 1], ['created']),
  step('that it may be passed on', ['receiver', 'broker', 'up', DETAILS, 2], ['created']),
  step('that it is done', ['receiver', 'broker', 'up', DETAILS, 3], ['fulfilled']),
  ACKNOWLEDGED,
];
const REDIS = [
  ...MQTT,
  ANSWERED,
  step('the claim', ['fulfilment', 'broker', 'down', DETAILS, 1], ['created']),
  step('the answer to the claim', ['fulfilment', 'broker', 'down', DETAILS, 2], ['created']),
];
/** In one event: the store sees either nothing of it, or its end. */
const AT_ONCE = [
  step('the commit', ['receiver', 'store', 'up', 'fulfilled'], []),
  step('the answer to the commit', ['receiver', 'store', 'up', 'fulfilled', 1], ['fulfilled']),
];
const ONE_BY_ONE = [
  ...COMMITS,
  step("Fulfilment's write", ['receiver', 'store', 'up', 'fulfilled'], ['created']),
  step("the answer to Fulfilment's write", ['receiver', 'store', 'up', 'fulfilled', 1], ['fulfilled']),
];

const EDGE = 'edge.receiver.fulfilment';
const mqtt = (qos: number): string => `placement = "mqtt"\ntopic = "neworders"\nqos = ${qos}\n`;
const redis = 'placement = "redis"\nchannel = "neworders"\n';
const direct = 'delivery = "direct"\n';

interface Way {
  readonly profile: string;
  /** Keys of the edge. */
  readonly edge: string;
  readonly broker?: 'mqtt' | 'redis';
  readonly steps: readonly Step[];
  readonly history?: readonly string[];
  /** Each write by itself. */
  readonly oneByOne?: boolean;
}

const WAYS: readonly Way[] = [
  { profile: 'linked', edge: '', steps: AT_ONCE, history: ['fulfilled'] },
  { profile: 'fused', edge: 'placement = "fused"\n', steps: AT_ONCE, history: ['fulfilled'] },
  { profile: 'linked-one-by-one', edge: '', steps: ONE_BY_ONE, oneByOne: true },
  { profile: 'mqtt-qos-0', edge: mqtt(0), broker: 'mqtt', steps: MQTT },
  { profile: 'mqtt-qos-1', edge: mqtt(1), broker: 'mqtt', steps: MQTT_1 },
  { profile: 'mqtt-qos-2', edge: mqtt(2), broker: 'mqtt', steps: MQTT_2 },
  { profile: 'mqtt-direct', edge: mqtt(1) + direct, broker: 'mqtt', steps: MQTT_1 },
  {
    profile: 'mqtt-direct-one-by-one',
    edge: mqtt(1) + direct,
    broker: 'mqtt',
    steps: MQTT_1,
    oneByOne: true,
  },
  { profile: 'redis-outbox', edge: redis, broker: 'redis', steps: REDIS },
  { profile: 'redis-direct', edge: redis + direct, broker: 'redis', steps: REDIS },
];

const PROFILES = WAYS.map(
  ({ profile, edge, oneByOne }) =>
    `\n[profile.${profile}.${EDGE}]\n${edge === '' ? 'placement = "linked"\n' : edge}` +
    (oneByOne ? `[profile.${profile}.store.default]\natomic = false\n` : ''),
).join('');

/** The order of another client. */
const FOREIGN = 7;

const tools = [tool('redis-server'), tool('mosquitto')];
const reason = tools.map((one) => one.reason).join('');

describe.skipIf(tools.some(({ missing }) => missing))(
  `\`created\` never follows \`fulfilled\`${reason}`,
  () => {
    let networks: Networks;
    let orders: Awaited<ReturnType<typeof ordersWith>>;
    let folder: Awaited<ReturnType<typeof temporaryFolder>>;
    let status: RunningApp;

    const start = (side: Side | 'status', profile?: string): Promise<RunningApp> =>
      startSide(side, {
        manifest: orders.manifests[side === 'status' ? 'receiver' : side],
        profile,
        folder: join(folder.path, profile ?? 'status'),
        networks,
      });

    beforeAll(async () => {
      networks = await startNetworks();
      orders = await ordersWith(PROFILES);
      folder = await temporaryFolder('interleaving');
      status = await start('status');
    });
    afterAll(async () => {
      await status?.close();
      for (const one of [folder, orders, networks]) await one?.[Symbol.asyncDispose]();
    });

    describe.each(WAYS)('$profile', ({ profile, broker, steps, history = ['created', 'fulfilled'] }) => {
      let receiver: RunningApp;
      let fulfilment: RunningApp | undefined;
      beforeAll(async () => {
        receiver = await start('receiver', profile);
        if (broker) fulfilment = await start('fulfilment', profile);
      }, 180_000);
      afterAll(async () => {
        await receiver?.close();
        await fulfilment?.close();
      });

      test.each(steps)('while $name waits', async ({ side, network, meanwhile, passable, ...piece }) => {
        await networks.clear();
        const proxy = network === 'store' ? networks.store[side] : networks.broker[broker!][side];
        const held = holdBack(proxy, piece);
        const placed = placeOrder(receiver.url ?? '', DETAILS);
        const letGo = await held;
        await until(
          () => networks.statuses(),
          (found) => String(found) === String(meanwhile),
        );
        if (broker && passable) {
          // What Fulfilment could handle by now, it would have handled before this one.
          await networks.publish(broker, FOREIGN);
          await until(
            () => networks.status(FOREIGN),
            (found) => found === 'fulfilled',
          );
        }
        expect(await networks.statuses()).toEqual(meanwhile);
        letGo();
        const order = await placed;
        await until(
          () => statusOf(status.url ?? '', order),
          (found) => found === 'fulfilled',
        );
        await until(
          async () => [(await receiver.outbox()).length, fulfilment?.messages[0]?.counts.held ?? 0],
          ([waiting, running]) => waiting === 0 && running === 0,
        );
        expect(await networks.history(order.id)).toEqual(history);
      });
    });

    test('these tests would tell: a Receiver that hands on first and stores then', async () => {
      const file = join(orders.path, 'components', 'receiver', 'receiver.ts');
      const [stored, handed] = [/^ *store\.set\(.*\n/m, /^ *submit\(.*\n/m];
      const source = readFileSync(file, 'utf8');
      const swapped = source.replace(stored, '').replace(handed, (line) => line + stored.exec(source)![0]);
      writeFileSync(file, swapped);
      await using receiver = await start('receiver', 'mqtt-direct-one-by-one');
      await using fulfilment = await start('fulfilment', 'mqtt-direct-one-by-one');
      const held = holdBack(networks.store.receiver, { direction: 'up', text: 'created', turns: 0 });
      await networks.clear();
      const placed = placeOrder(receiver.url ?? '', DETAILS);
      const letGo = await held;
      await until(
        () => networks.statuses(),
        ([found]) => found === 'fulfilled',
      );
      letGo();
      expect(await networks.history((await placed).id)).toEqual(['fulfilled', 'created']);
      expect(fulfilment.messages).toHaveLength(1);
    }, 180_000);
  },
);
