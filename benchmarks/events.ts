/**
 * `npm run events`: the order event (POST, two store writes, one linked hop) over one keep-alive connection to
 * one worker: with instances reset after each event, and with a new instance for each. The server is a process
 * of its own; every answer is checked, and afterwards that each order is fulfilled.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { UnitStats } from '../host/src/runtime/types.ts';
import { encodeRequest, RawClient } from './raw-client.ts';
import { median, quantile } from './statistics.ts';

const EVENTS = Number(process.env['EVENTS'] ?? 5_000);
const ROUNDS = Number(process.env['ROUNDS'] ?? 5);
const MODES = { reset: 'auto', 'new instance': 'instantiate' } as const;
const ORDER = encodeRequest('POST', '/order', '{"details":"your order"}');

interface Measured {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly rss: number;
}

async function measure(mode: string): Promise<Measured> {
  const stateDir = await mkdtemp(join(tmpdir(), 'tenon-events-'));
  const server = fork(fileURLToPath(new URL('./serve.ts', import.meta.url)), [stateDir, mode, '1'], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  try {
    const [line] = (await once(server.stdout!, 'data')) as [Buffer];
    const client = await RawClient.open(Number(new URL(line.toString().trim()).port));
    const order = async (): Promise<string> => {
      const { status, body } = await client.send(ORDER);
      if (status !== 202) throw new Error(`expected 202, found ${status}`);
      return (JSON.parse(new TextDecoder().decode(body)) as { task: { href: string } }).task.href;
    };
    for (let n = 0; n < 1_000; n++) await order();

    const hrefs: string[] = [];
    const times: number[] = [];
    const started = performance.now();
    for (let n = 0; n < EVENTS; n++) {
      const before = performance.now();
      hrefs.push(await order());
      times.push(performance.now() - before);
    }
    const perSecond = EVENTS / ((performance.now() - started) / 1000);
    for (const href of hrefs) {
      const { body } = await client.send(encodeRequest('GET', href));
      const { status } = JSON.parse(new TextDecoder().decode(body)) as { status: string };
      if (status !== 'fulfilled') throw new Error(`${href} is ${status}`);
    }
    client.close();
    server.send('stats');
    const [{ stats, rss }] = (await once(server, 'message')) as [
      { stats: Record<string, UnitStats>; rss: number },
    ];
    const { instances, resets } = stats['receiver']!;
    if (mode === 'auto' && resets < EVENTS) throw new Error(`only ${resets} resets, ${instances} instances`);
    return { perSecond, p50: quantile(times, 0.5) * 1000, p99: quantile(times, 0.99) * 1000, rss };
  } finally {
    const exited = once(server, 'exit');
    server.kill('SIGTERM');
    await exited;
    await rm(stateDir, { recursive: true, force: true });
  }
}

const results = new Map<string, Measured[]>();
for (let round = 0; round < ROUNDS; round++) {
  const modes = Object.entries(MODES);
  if (round % 2) modes.reverse();
  for (const [name, mode] of modes) results.set(name, [...(results.get(name) ?? []), await measure(mode)]);
}

process.stdout.write(`${cpus()[0]?.model}, ${availableParallelism()} cores, Node ${process.version}, `);
process.stdout.write(`${ROUNDS} rounds of ${EVENTS} orders, medians over rounds (slowest, fastest)\n\n`);
for (const [name, rounds] of results) {
  const rates = rounds.map((one) => one.perSecond);
  process.stdout.write(
    `${name.padEnd(14)} ${median(rates).toFixed(0)}/s (${Math.min(...rates).toFixed(0)}, ${Math.max(...rates).toFixed(0)}), ` +
      `p50 ${median(rounds.map((one) => one.p50)).toFixed(0)} µs, p99 ${median(rounds.map((one) => one.p99)).toFixed(0)} µs, ` +
      `memory ${(median(rounds.map((one) => one.rss)) / 1e6).toFixed(0)} MB\n`,
  );
}
