import type { Effort } from '../harness/effort.ts';
import { percentiles } from '../harness/percentiles.ts';
import type { Measured } from '../harness/suite.ts';
import { closedLoop, connect, openLoop, statusOf, type Sent } from '../subjects/load.ts';
import { startSpin } from '../subjects/spin.ts';

/** Orders on real Spin, whose store is a SQLite file of its own. Receiver answers when Fulfilment has returned. */
export async function ordersOnSpin(folder: string, effort: Effort): Promise<readonly Measured[]> {
  await using spin = await startSpin(folder);
  const clients = await connect(`http://127.0.0.1:${spin.port}`, Math.max(8, ...effort.connections));
  const first = await closedLoop(clients.slice(0, 4), effort.loadMs / 2);
  for (const one of first.slice(0, 20)) {
    const status = await statusOf(clients[0]!, one);
    if (status !== 'fulfilled') throw new Error(`order ${one.details} is ${status}`);
  }
  const measured: Measured[] = [];
  for (const count of effort.connections) {
    const sent = await closedLoop(clients.slice(0, count), effort.loadMs);
    const at = connectionsText(count);
    const rate = { at, measure: 'orders fulfilled', unit: '/s' as const, samples: sent.length };
    measured.push(...percentiles(at, 'accepted', times(sent)), { ...rate, value: rateOf(sent) });
  }
  for (const rate of effort.rates) {
    const sent = await openLoop(clients, rate, effort.loadMs);
    measured.push(...percentiles(`${rate}/s, open`, 'accepted', times(sent)));
  }
  const memory = spin.memory() / 1e6;
  measured.push({ at: 'server', measure: 'memory', unit: 'MB', value: memory, samples: 1 });
  for (const client of clients) client.close();
  return measured;
}

/** A closed loop as tables call it. */
export function connectionsText(count: number): string {
  return `${count} ${count === 1 ? 'connection' : 'connections'}`;
}

function times(sent: readonly Sent[]): number[] {
  return sent.map(({ due, answered }) => answered - due);
}

function rateOf(sent: readonly Sent[]): number {
  const began = Math.min(...sent.map(({ due }) => due));
  return (sent.length * 1e9) / (Math.max(...sent.map(({ answered }) => answered)) - began);
}
