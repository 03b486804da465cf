import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeOrders } from '../apps/orders.ts';
import type { Effort } from '../harness/effort.ts';
import { percentiles } from '../harness/percentiles.ts';
import type { Requirement } from '../harness/requirements.ts';
import type { Case, Measured, Suite } from '../harness/suite.ts';
import { closedLoop, connect, openLoop, statusOf, type Sent } from '../subjects/load.ts';
import type { Fulfilled, OrdersSetup, ToServer } from '../subjects/orders-server.ts';
import type { RawClient } from '../subjects/raw-client.ts';
import { connectionsText, ordersOnSpin } from './event-spin.ts';

const SERVER = fileURLToPath(new URL('../subjects/orders-server.ts', import.meta.url));
const PLACEMENTS = ['fused', 'linked', 'redis', 'mqtt'] as const;
type Placement = (typeof PLACEMENTS)[number];
const NEEDS: Readonly<Record<Placement, readonly Requirement[]>> = {
  fused: [],
  linked: [],
  redis: ['redis'],
  mqtt: ['mosquitto'],
};
const STORES = ['kept', 'stub'] as const;
type StoreKind = (typeof STORES)[number];
/** How an order is carried, and the store that it has, or Spin with its own. */
type Name = [Placement, StoreKind | 'spin'];
/** On Spin, where an order is fulfilled when it is answered. */
const ON_SPIN = ['fused', 'linked'] as const;

/** By case: the manifest and the folder that the app was built into. */
type Prepared = Readonly<Record<string, { readonly manifest: string; readonly outDir: string }>>;

/** Orders from POST until they are accepted, and until they are fulfilled. */
export const event: Suite = {
  name: 'event',
  title: 'The orders app, whole',
  cases: ({ quick }) => [
    ...STORES.flatMap((store) =>
      PLACEMENTS.filter(
        (placement) => !quick || (store === 'kept' && (placement === 'linked' || placement === 'mqtt')),
      ).map((placement): Case => ({
        name: `${placement}-${store}`,
        label: `${placement}, ${store === 'kept' ? 'with store' : 'store stubbed'}`,
        needs: NEEDS[placement],
      })),
    ),
    ...ON_SPIN.map((placement): Case => ({
      name: `${placement}-spin`,
      label: `${placement}, Spin, with store`,
      needs: ['spin'],
    })),
  ],
  async prepare(_, cases) {
    const { buildApp } = await import('../../host/src/build/app.ts');
    const { writeSpinToml } = await import('../../host/src/deploy/write.ts');
    const { prepareApp } = await import('../subjects/prepare-app.ts');
    const prepared: Record<string, Prepared[string]> = {};
    for (const { name } of cases) {
      const [placement, store] = partsOf(name);
      const manifest = writeOrders(store === 'stub' ? 'stub' : 'kept');
      const outDir = join(manifest, '../.out', placement);
      const built = await buildApp({ manifest, ...variantOf(placement), outDir });
      if (store === 'spin') await writeSpinToml(built);
      else await prepareApp(built, manifest);
      prepared[name] = { manifest, outDir };
    }
    return prepared;
  },
  async run(name: string, _part: string, prepared: Prepared, effort: Effort) {
    const [placement, store] = partsOf(name);
    if (store === 'spin') return ordersOnSpin(prepared[name]!.outDir, effort);
    const options = { ...prepared[name]!, ...variantOf(placement) };
    const brokers = placement === 'redis' || placement === 'mqtt' ? [placement] : [];
    await using server = await startServer({ options, brokers });
    const clients = await connect(server.url, Math.max(8, ...effort.connections));
    await warm(server, clients, store, effort);
    const measured: Measured[] = [];
    for (const count of effort.connections) {
      const at = connectionsText(count);
      const sent = await closedLoop(clients.slice(0, count), effort.loadMs);
      measured.push(...(await figures(server, at, sent, true)));
    }
    for (const rate of effort.rates) {
      const sent = await openLoop(clients, rate, effort.loadMs);
      measured.push(...(await figures(server, `${rate}/s, open`, sent, false)));
    }
    const memory = (await server.fulfilled(0)).memory / 1e6;
    measured.push({ at: 'server', measure: 'memory', unit: 'MB', value: memory, samples: 1 });
    for (const client of clients) client.close();
    return measured;
  },
};

function partsOf(name: string): Name {
  return name.split('-') as Name;
}

function variantOf(placement: Placement): { profile?: string; place?: readonly string[] } {
  if (placement === 'linked') return {};
  return placement === 'fused' ? { place: ['receiver.fulfilment=fused'] } : { profile: placement };
}

/** The first orders fill caches; that each is fulfilled is seen from its status too, where there is one. */
async function warm(
  server: Server,
  clients: readonly RawClient[],
  store: StoreKind,
  { loadMs }: Effort,
): Promise<void> {
  const sent = await closedLoop(clients.slice(0, 4), loadMs / 2);
  await server.fulfilled(sent.length);
  if (store === 'stub') return;
  for (const one of sent.slice(0, 20)) {
    // The line is printed before the event's commit.
    let status = await statusOf(clients[0]!, one);
    for (let again = 0; status === 'created' && again < 1_000; again++)
      status = await statusOf(clients[0]!, one);
    if (status !== 'fulfilled') throw new Error(`order ${one.details} is ${status}`);
  }
}

/** Waits until all orders of a load are fulfilled, and works out how long each took. */
async function figures(
  server: Server,
  at: string,
  sent: readonly Sent[],
  closed: boolean,
): Promise<Measured[]> {
  const { fulfilled } = await server.fulfilled(sent.length);
  const when = new Map(fulfilled);
  const accepted = sent.map(({ due, answered }) => answered - due);
  const handled = sent.map(({ details, due }) => {
    const done = when.get(details);
    if (done === undefined) throw new Error(`order ${details} was never fulfilled`);
    return done - due;
  });
  const began = Math.min(...sent.map(({ due }) => due));
  const ended = Math.max(...fulfilled.map(([, done]) => done), ...sent.map(({ answered }) => answered));
  const rate = (sent.length * 1e9) / (ended - began);
  return [
    ...percentiles(at, 'accepted', accepted),
    ...percentiles(at, 'fulfilled', handled),
    ...(closed
      ? [{ at, measure: 'orders fulfilled', unit: '/s' as const, value: rate, samples: sent.length }]
      : []),
  ];
}

interface Server extends AsyncDisposable {
  readonly url: string;
  /** When so many orders have been fulfilled since it was last asked. */
  fulfilled(count: number): Promise<{ readonly fulfilled: readonly Fulfilled[]; readonly memory: number }>;
}

async function startServer(setup: OrdersSetup): Promise<Server> {
  const child = fork(SERVER, [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const answered = async <T>(): Promise<T> => {
    const [message] = await Promise.race([once(child, 'message'), ended(child)]);
    return message as T;
  };
  const told = <T>(message: ToServer): Promise<T> => {
    const answer = answered<T>();
    child.send(message);
    return answer;
  };
  const { url } = await told<{ url: string }>({ do: 'start', setup });
  return {
    url,
    fulfilled: (count) => told({ do: 'fulfilled', count }),
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null) return;
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
}

async function ended(child: ChildProcess): Promise<never> {
  const [code] = (await once(child, 'exit')) as [number | null];
  throw new Error(`the server ended with ${code}`);
}
