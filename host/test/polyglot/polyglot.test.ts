import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type RunningApp } from '../../src/trigger/app.ts';
import { unwrap } from '../../src/diagnostics/error.ts';
import { inspect } from '../../src/link/inspect/inspect.ts';
import { copyOfOrders, placeOrder, statusOf } from '../orders/app.ts';
import { checkRow } from '../orders/check-row.ts';
import { REFUSALS } from '../orders/http-table.ts';
import { tool } from '../tools.ts';
import { wasmToolsProgram } from '../wasm-tools.ts';
import { buildFulfilment, buildStatus } from './build.ts';

const [clang, python, wasmTools] = [tool('clang-wasi'), tool('componentize-py'), tool('wasm-tools')];

describe.skipIf(clang.missing || python.missing || wasmTools.missing)(
  `the orders app with Fulfilment in C and Status in Python${clang.reason}${python.reason}${wasmTools.reason}`,
  () => {
    let folder: Awaited<ReturnType<typeof copyOfOrders>>;
    let app: RunningApp;

    beforeAll(async () => {
      folder = await copyOfOrders();
      const parts = { fulfilment: await buildFulfilment(), status: await buildStatus() };
      let manifest = await readFile(folder.manifest, 'utf8');
      for (const [name, file] of Object.entries(parts)) {
        const path = `path = "../components/${name}"`;
        if (!manifest.includes(path)) throw new Error(`the manifest has no ${path}`);
        manifest = manifest.replace(path, `component = ${JSON.stringify(file)}`);
      }
      await writeFile(folder.manifest, manifest);
      app = await startApp({
        manifest: folder.manifest,
        outDir: join(folder.path, 'out'),
        listen: '127.0.0.1:0',
        stateDir: join(folder.path, 'state'),
      });
    }, 300_000);
    afterAll(async () => {
      await app?.close();
      await folder?.[Symbol.asyncDispose]();
    });

    test('both units are valid; in one, TypeScript and C are linked', async () => {
      for (const unit of ['receiver', 'status']) {
        const file = join(folder.path, 'out', `${unit}.wasm`);
        const { status, stderr } = spawnSync(wasmToolsProgram(), ['validate', '--features', 'all', file]);
        expect([unit, status, String(stderr)]).toEqual([unit, 0, '']);
      }
      const { wires, parts } = unwrap(inspect(await readFile(join(folder.path, 'out', 'receiver.wasm'))));
      expect(wires).toContainEqual({
        importer: 'receiver',
        import: 'orders:fulfilment/fulfilment@0.1.0',
        provider: 'fulfilment',
      });
      const fulfilment = parts.find(({ name }) => name === 'fulfilment');
      expect(fulfilment?.producers.map(({ name }) => name)).toContain('C99');
    });

    test('an order that TypeScript takes is fulfilled by C and told by Python', async () => {
      for (const details of ['a kettle', 'zwei Löffel ✓', 'x'.repeat(5000)])
        expect(await statusOf(app.url!, await placeOrder(app.url!, details))).toBe('fulfilled');
    });

    test.each(REFUSALS.map((row) => [row.name, row] as const))('refuses: %s', async (_, row) => {
      const response = await fetch(`${app.url}${row.path}`, {
        method: row.method,
        ...(row.headers && { headers: { ...row.headers } }),
        ...(row.body !== undefined && { body: row.body as string }),
      });
      await checkRow(row, response);
    });
  },
);
