/**
 * `npm run bench:floor`: what an order could cost at best. Orders over one connection to servers that leave out less
 * and less: `node:http` alone, a worker thread behind it, the statements of the store, two linked services that do the
 * least that they can, their reset, and the orders app as `tenon up` runs it. Each in a fresh process, in turns, every
 * answer checked. `-- --rounds 5 --orders 4000`.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildApp, cacheFolder } from '../host/src/build/app.ts';
import { median, quantile } from '../host/src/cli/bench/statistics.ts';
import { machine, versions } from './harness/machine.ts';
import { optionsOf } from './harness/options.ts';
import { STEPS, type FloorSetup, type Step } from './subjects/floor-words.ts';
import { encodeRequest, RawClient } from './subjects/raw-client.ts';

const SERVER = fileURLToPath(new URL('subjects/floor-server.ts', import.meta.url));
const LEAST = fileURLToPath(new URL('apps/order-floor/floor.toml', import.meta.url));
const ORDERS = fileURLToPath(new URL('../composed/orders.toml', import.meta.url));
const DETAILS = 'your order';

const HELP = `npm run bench:floor [-- <options>]    what an order could cost at best

Orders over one connection to servers that leave out less and less, from node:http alone to the orders app,
each in a fresh process, in turns. Prints orders a second, and µs of an order. Takes two minutes.

Options:
  --rounds <n>  turns of each server (default: 5)
  --orders <n>  orders of each turn (default: 4000)
  --help        this text
`;
const options = optionsOf(HELP, { rounds: [5], orders: [4000] });
const [rounds = 0] = options.rounds;
const [orders = 0] = options.orders;

interface Round {
  /** Orders a second. */
  readonly rate: number;
  /** µs of each order. */
  readonly took: readonly number[];
}

function checked(step: Step, status: number, text: string): void {
  const { details, task } = JSON.parse(text) as { details?: string; task?: { id: number; href: string } };
  const right = step === 'http' ? details === DETAILS : task?.href === `/orderstatus/${task?.id}`;
  if (status !== 202 || !right) throw new Error(`${STEPS[step]} answered ${status}: ${text}`);
}

async function measure(step: Step, given: Omit<FloorSetup, 'step' | 'state'>): Promise<Round> {
  const state = mkdtempSync(join(tmpdir(), 'tenon-floor-'));
  const child = fork(SERVER, [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const ended = once(child, 'exit');
  try {
    child.send({ step, state, ...given } satisfies FloorSetup);
    const failed = ended.then(() => Promise.reject(new Error(`the server of ${STEPS[step]} ended`)));
    const [port] = (await Promise.race([once(child, 'message'), failed])) as [number];
    const client = await RawClient.open(port);
    const request = encodeRequest('POST', '/order', JSON.stringify({ details: DETAILS }));
    const order = async (): Promise<void> => {
      const { status, body } = await client.send(request);
      checked(step, status, Buffer.from(body).toString());
    };
    for (let n = 0; n < orders / 3; n++) await order();
    const took: number[] = [];
    const began = performance.now();
    for (let n = 0; n < orders; n++) {
      const sent = performance.now();
      await order();
      took.push((performance.now() - sent) * 1000);
    }
    const rate = (orders * 1000) / (performance.now() - began);
    client.close();
    return { rate, took };
  } finally {
    child.kill('SIGKILL');
    await ended;
    rmSync(state, { recursive: true, force: true });
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

const built = await buildApp({ manifest: LEAST });
// So that no server builds while it is measured.
await buildApp({ manifest: ORDERS });
const given = {
  wasm: built.units[0]!.wasm,
  cache: join(cacheFolder(LEAST), 'prepared'),
  manifest: ORDERS,
};
const names = Object.keys(STEPS) as Step[];
const taken = new Map<Step, Round[]>(names.map((step) => [step, []]));
for (let round = 0; round < rounds; round++) {
  for (const step of round % 2 === 0 ? names : names.toReversed())
    taken.get(step)?.push(await measure(step, given));
}

const { processor, cores } = machine();
const { node } = versions();
say(`${processor}, ${cores} cores, Node ${node}; ${rounds} rounds of ${orders} orders, one connection`);
say(
  `${''.padEnd(38)}${'orders/s (lowest to highest)'.padStart(30)}${'p10 µs'.padStart(9)}${'p50'.padStart(7)}${'p99'.padStart(7)}`,
);
for (const [step, all] of taken) {
  const rates = all.map(({ rate }) => rate);
  const took = all.flatMap((one) => one.took);
  const range = `${median(rates).toFixed(0)} (${Math.min(...rates).toFixed(0)} to ${Math.max(...rates).toFixed(0)})`;
  const times = [0.1, 0.5, 0.99].map((q, at) =>
    quantile(took, q)
      .toFixed(0)
      .padStart(at === 0 ? 9 : 7),
  );
  say(`${STEPS[step].padEnd(38)}${range.padStart(30)}${times.join('')}`);
}
