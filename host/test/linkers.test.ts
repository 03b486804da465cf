import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildApp } from '../src/build/app.ts';
import type { Linker } from '../src/build/outside-linker.ts';
import { TenonError } from '../src/diagnostics/error.ts';
import { startApp } from '../src/trigger/app.ts';
import { ORDERS_MANIFEST, placeOrder, statusOf, temporaryFolder } from './orders/app.ts';
import { tool } from './tools.ts';

const wasmTools = tool('wasm-tools');
const wac = tool('wac');

async function servesOrders(linker: Linker): Promise<readonly string[]> {
  await using folder = await temporaryFolder('linkers');
  const app = await startApp({
    manifest: ORDERS_MANIFEST,
    linker,
    outDir: join(folder.path, 'out'),
    stateDir: folder.path,
    listen: '127.0.0.1:0',
  });
  try {
    const order = await placeOrder(app.url!, 'by another linker');
    expect(await statusOf(app.url!, order)).toBe('fulfilled');
    return app.warnings.map(({ code }) => code);
  } finally {
    await app.close();
  }
}

describe('units linked by another program', () => {
  test.skipIf(wasmTools.missing)(`wasm-tools${wasmTools.reason}`, async () => {
    expect(await servesOrders('wasm-tools')).toEqual(['build/linker-shows', 'build/linker-shows']);
  });

  test.skipIf(wac.missing)(`wac${wac.reason}`, async () => {
    expect(await servesOrders('wac')).toEqual([]);
  });

  test('say so where the program is not there', async () => {
    await using folder = await temporaryFolder('linkers');
    const path = process.env['PATH'];
    process.env['PATH'] = folder.path;
    try {
      const options = { manifest: ORDERS_MANIFEST, linker: 'wac', outDir: folder.path } as const;
      const problem: unknown = await buildApp({ ...options, typeCheck: false }).catch(
        (error: unknown) => error,
      );
      expect(problem).toBeInstanceOf(TenonError);
      expect((problem as TenonError).diagnostics).toMatchObject([
        { code: 'build/linker-missing', where: '--linker wac' },
      ]);
    } finally {
      process.env['PATH'] = path;
    }
  });
});
