import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildApp } from '../../src/build/app.ts';
import { tool } from '../tools.ts';
import { startWasmtime } from '../wasmtime/unit.ts';
import { ORDERS_MANIFEST, ORDERS_PLACES, temporaryFolder } from './app.ts';
import { checkRow } from './check-row.ts';
import { ORDERS, REFUSALS, type Row } from './http-table.ts';

const wasmtime = tool('python-wasmtime');
const PLACES = ORDERS_PLACES.map((place) => [place[0] ?? 'all linked', place] as const);
const PORTABLE = (row: Row): boolean => row.portable;

describe.skipIf(wasmtime.missing).each(PLACES)(
  `the orders app on Wasmtime 42, %s${wasmtime.reason}`,
  (_, place) => {
    let host: ReturnType<typeof startWasmtime>;
    let folder: Awaited<ReturnType<typeof temporaryFolder>>;

    beforeAll(async () => {
      folder = await temporaryFolder('orders');
      const built = await buildApp({ manifest: ORDERS_MANIFEST, place, outDir: folder.path });
      host = startWasmtime(Object.fromEntries(built.units.map(({ unit, wasm }) => [unit.name, wasm])));
    });
    afterAll(async () => {
      await host?.[Symbol.asyncDispose]();
      await folder?.[Symbol.asyncDispose]();
    });

    async function request(row: Pick<Row, 'method' | 'path' | 'headers' | 'body'>): Promise<Response> {
      const unit = row.path.startsWith('/orderstatus') ? 'status' : 'receiver';
      const headers = { host: 'localhost', 'spin-full-url': `http://localhost${row.path}`, ...row.headers };
      const answer = await host.units[unit]!.request({
        method: row.method,
        uri: row.path,
        headers: Object.entries(headers),
        ...(row.body !== undefined && { body: Buffer.from(row.body) }),
      });
      return new Response(Buffer.from(answer.body), {
        status: answer.status,
        headers: answer.headers.map(([k, v]) => [k, v]),
      });
    }

    test.each(REFUSALS.filter(PORTABLE).map((row) => [row.name, row] as const))(
      'refuses: %s',
      async (_, row) => {
        await checkRow(row, await request(row));
      },
    );

    test.each(ORDERS.filter(PORTABLE).map((row) => [row.name, row] as const))(
      'accepts: %s',
      async (_, row) => {
        const response = await request(row);
        expect(response.status).toBe(row.status);
        const { task } = (await response.json()) as { task: { href: string; id: number } };
        const status = await request({ method: 'GET', path: task.href });
        expect(await status.json()).toEqual({ id: String(task.id), status: 'fulfilled' });
      },
    );

    test('fresh instances of one snapshot draw different ids', async () => {
      const ids = new Set<number>();
      for (let n = 0; n < 20; n++) {
        const response = await request({ method: 'POST', path: '/order', body: '{"details":"x"}' });
        ids.add(((await response.json()) as { task: { id: number } }).task.id);
      }
      expect(ids.size).toBe(20);
    });
  },
);
