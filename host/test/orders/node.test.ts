import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeRequest, RawClient } from '../../../benchmarks/subjects/raw-client.ts';
import { startApp, type RunningApp } from '../../src/trigger/app.ts';
import {
  ORDERS_MANIFEST,
  ORDERS_PLACES,
  inParallel,
  placeOrder,
  statusOf,
  temporaryFolder,
  type Accepted,
} from './app.ts';
import { ORDERS, REFUSALS, type Row } from './http-table.ts';
import { checkRow } from './check-row.ts';

const TENON = fileURLToPath(new URL('../../bin/tenon.js', import.meta.url));

/** Sent as they stand: `fetch` would tidy them. Nothing is decoded or resolved before it is routed. */
const PATH_TRICKS = [
  ['POST', '//order', 202],
  ['POST', '/order/', 202],
  ['POST', '/%6frder', 404],
  ['POST', '/orderstatus/../order', 405],
  ['POST', '/orderstatus/%2e%2e/order', 405],
  ['GET', '/orderstatus/%2e%2e/order', 404],
  ['GET', '/order/../orderstatus/1', 404],
  ['POST', '/./order', 404],
] as const;

const PLACES = ORDERS_PLACES.map((place) => [place[0] ?? 'all linked', place] as const);

type Folder = Awaited<ReturnType<typeof temporaryFolder>>;

describe.each(PLACES)('the orders app on Node, %s', (_, place) => {
  let state: Folder;
  let app: RunningApp;

  beforeAll(async () => {
    state = await temporaryFolder('state');
    app = await startApp({
      manifest: ORDERS_MANIFEST,
      place,
      outDir: join(state.path, 'out'),
      listen: '127.0.0.1:0',
      stateDir: state.path,
    });
  });
  afterAll(async () => {
    await app?.close();
    await state?.[Symbol.asyncDispose]();
  });

  const request = (row: Row): Promise<Response> =>
    fetch(`${app.url}${row.path}`, {
      method: row.method,
      ...(row.headers && { headers: { ...row.headers } }),
      ...(row.body !== undefined && { body: row.body as string }),
    });

  test.each(REFUSALS.map((row) => [row.name, row] as const))('refuses: %s', async (_, row) => {
    await checkRow(row, await request(row));
  });

  test('nothing of a refused order is stored', async () => {
    const database = new DatabaseSync(join(state.path, 'sqlite_key_value.db'), { readOnly: true });
    const before = database.prepare('SELECT count(*) AS n FROM spin_key_value').get();
    for (const row of REFUSALS) await request(row).then((response) => response.arrayBuffer());
    expect(database.prepare('SELECT count(*) AS n FROM spin_key_value').get()).toEqual(before);
    database.close();
  });

  test.each(PATH_TRICKS)('routes %s %s as Spin does: %i', async (method, path, status) => {
    const client = await RawClient.open(Number(new URL(app.url!).port));
    const answer = await client.send(encodeRequest(method, path, method === 'POST' ? '{"details":"x"}' : ''));
    expect(answer.status).toBe(status);
    client.close();
  });

  test.each(ORDERS.map((row) => [row.name, row] as const))('accepts: %s', async (_, row) => {
    const response = await request(row);
    expect(response.status).toBe(row.status);
    const { task } = (await response.json()) as { task: Accepted };
    expect(await statusOf(app.url!, task)).toBe('fulfilled');
  });
});

describe('1,000 orders over 8 connections', () => {
  test('are all accepted with ids of their own and fulfilled, also after a restart', async () => {
    await using state = await temporaryFolder('state');
    const options = { manifest: ORDERS_MANIFEST, listen: '127.0.0.1:0', stateDir: state.path };
    const first = await startApp(options);
    const orders = await inParallel(1000, 8, (n) => placeOrder(first.url!, `order ${n}`));
    expect(new Set(orders.map((order) => order.id)).size).toBe(1000);
    const before = await inParallel(1000, 8, (n) => statusOf(first.url!, orders[n]!));
    expect(before.filter((status) => status !== 'fulfilled')).toEqual([]);
    await first.close();

    const second = await startApp(options);
    const after = await inParallel(1000, 8, (n) => statusOf(second.url!, orders[n]!));
    expect(after.filter((status) => status !== 'fulfilled')).toEqual([]);
    await second.close();
  });
});

describe('kill -9 in the middle', () => {
  test('loses no answered order', async () => {
    await using state = await temporaryFolder('state');
    const first = await startProcess(state.path);
    const answered: Accepted[] = [];
    const killedAfter = 300;
    await inParallel(2000, 8, async (n) => {
      try {
        answered.push(await placeOrder(first.url, `order ${n}`));
      } catch {
        return; // not answered: the process is gone
      }
      if (answered.length === killedAfter) first.child.kill('SIGKILL');
    });
    expect(answered.length).toBeGreaterThanOrEqual(killedAfter);
    expect(answered.length).toBeLessThan(2000);

    const second = await startProcess(state.path);
    const statuses = await inParallel(answered.length, 8, (n) => statusOf(second.url, answered[n]!));
    expect(statuses.filter((status) => status !== 'fulfilled')).toEqual([]);
    const exited = once(second.child, 'exit');
    second.child.kill('SIGTERM');
    expect((await exited)[0]).toBe(0);
  });
});

/** `tenon up` as a process of its own. */
async function startProcess(stateDir: string): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(
    process.execPath,
    [TENON, 'up', ORDERS_MANIFEST, '--listen', '127.0.0.1:0', '--state-dir', stateDir, '--json'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  for await (const line of createInterface({ input: child.stdout })) {
    const entry = JSON.parse(line) as { event?: string; url?: string };
    if (entry.url) return { child, url: entry.url };
  }
  throw new Error('tenon up ended before it served');
}
