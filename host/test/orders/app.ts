import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** The sample's manifest, as the repository has it. */
export const ORDERS_MANIFEST = join(ROOT, 'composed', 'orders.toml');

/** The placements of the app's one edge. */
export const ORDERS_PLACES = [[], ['receiver.fulfilment=fused']] as const;

/** A folder of its own that goes with the test. */
export async function temporaryFolder(prefix: string): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), `tenon-${prefix}-`));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** A copy of the sample (contracts, services, manifest) that a test may change. */
export async function copyOfOrders(): Promise<{ path: string; manifest: string } & AsyncDisposable> {
  const folder = await temporaryFolder('orders');
  for (const part of ['wit', 'components', 'composed/orders.toml']) {
    await cp(join(ROOT, part), join(folder.path, part), { recursive: true });
  }
  return { ...folder, manifest: join(folder.path, 'composed', 'orders.toml') };
}

export interface Accepted {
  readonly href: string;
  readonly id: number;
}

/** Posts an order and checks the whole answer. */
export async function placeOrder(base: string, details: string): Promise<Accepted> {
  const response = await fetch(`${base}/order`, { method: 'POST', body: JSON.stringify({ details }) });
  if (response.status !== 202)
    throw new Error(`expected 202, found ${response.status}: ${await response.text()}`);
  const { task } = (await response.json()) as { task: { href: string; id: number; status: string } };
  if (task.status !== 'created' || task.href !== `/orderstatus/${task.id}`) {
    throw new Error(`unexpected task: ${JSON.stringify(task)}`);
  }
  return task;
}

/** The status that an order's link answers. */
export async function statusOf(base: string, order: Accepted): Promise<string> {
  const response = await fetch(`${base}${order.href}`);
  if (response.status !== 200) throw new Error(`expected 200, found ${response.status} for ${order.href}`);
  const answer = (await response.json()) as { id: string; status: string };
  if (answer.id !== String(order.id))
    throw new Error(`expected id "${order.id}", found ${JSON.stringify(answer.id)}`);
  return answer.status;
}

/** Runs `count` jobs, `width` at a time. */
export async function inParallel<T>(
  count: number,
  width: number,
  job: (index: number) => Promise<T>,
): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  await Promise.all(
    Array.from({ length: width }, async () => {
      while (next < count) {
        const index = next++;
        results[index] = await job(index);
      }
    }),
  );
  return results;
}
