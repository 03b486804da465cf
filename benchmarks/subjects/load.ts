import { encodeRequest, RawClient } from './raw-client.ts';

/** One order: when it was to be sent, when its answer was there; ns of the machine's clock. */
export interface Sent {
  readonly details: string;
  readonly due: number;
  readonly answered: number;
  readonly href: string;
}

const now = (): number => Number(process.hrtime.bigint());
let lastOrder = 0;

async function order(client: RawClient, due: number): Promise<Sent> {
  const details = String(++lastOrder);
  const { status, body } = await client.send(encodeRequest('POST', '/order', JSON.stringify({ details })));
  const answered = now();
  if (status !== 202) throw new Error(`order ${details} was answered ${status}`);
  const { task } = JSON.parse(Buffer.from(body).toString()) as { task: { href: string } };
  return { details, due, answered, href: task.href };
}

/** Every connection sends its next order when the last is answered. */
export async function closedLoop(clients: readonly RawClient[], ms: number): Promise<Sent[]> {
  const ends = now() + ms * 1e6;
  const sent = await Promise.all(
    clients.map(async (client) => {
      const own: Sent[] = [];
      do own.push(await order(client, now()));
      while (now() < ends);
      return own;
    }),
  );
  return sent.flat();
}

/**
 * Orders at fixed times, whether or not the ones before are answered. They count from when they were to be sent, so
 * that a server which is late with one is late with all that wait behind it.
 */
export async function openLoop(clients: readonly RawClient[], rate: number, ms: number): Promise<Sent[]> {
  const began = now();
  const free = [...clients];
  const sent: Promise<Sent>[] = [];
  const busy = new Set<Promise<unknown>>();
  const count = Math.max(1, Math.round((rate * ms) / 1000));
  for (let n = 0; n < count; n++) {
    const due = began + (n * 1e9) / rate;
    await until(due);
    // As many as there are connections can be under way; the next one waits, and its clock runs.
    while (free.length === 0) await Promise.race(busy);
    const client = free.pop()!;
    const one = order(client, due).finally(() => {
      free.push(client);
      busy.delete(one);
    });
    busy.add(one);
    sent.push(one);
  }
  return Promise.all(sent);
}

/** Sleeps most of the time, and looks at the clock for the last of it: timers are late by up to a millisecond. */
async function until(due: number): Promise<void> {
  const ahead = (due - now()) / 1e6;
  if (ahead > 3) await new Promise((resolve) => setTimeout(resolve, ahead - 2));
  while (now() < due) await new Promise((resolve) => setImmediate(resolve));
}

export async function connect(url: string, connections: number): Promise<readonly RawClient[]> {
  const { port } = new URL(url);
  return Promise.all(Array.from({ length: connections }, () => RawClient.open(Number(port))));
}

/** The status that an order's link answers. */
export async function statusOf(client: RawClient, { href }: Sent): Promise<string> {
  const { body } = await client.send(encodeRequest('GET', href));
  return (JSON.parse(Buffer.from(body).toString()) as { status: string }).status;
}
