import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { shop } from '../../../test/compose/shop.ts';
import { isComponent } from '../../component/decode.ts';
import { main } from '../main.ts';

let folder = '';
const file = (name: string): string => join(folder, name);
const INPUTS = ['log.wasm', 'fulfilment.wasm', 'receiver.wasm', 'core.wasm'];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tenon-compose-'));
  for (const world of ['receiver', 'fulfilment', 'log'] as const) {
    writeFileSync(file(`${world}.wasm`), await shop(world));
  }
  writeFileSync(file('core.wasm'), Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function run(
  ...args: string[]
): Promise<{ code: number; stdout: string; stderr: string; bytes: Buffer }> {
  const chunks: Buffer[] = [];
  let stderr = '';
  const code = await main(['compose', ...args.map((arg) => arg.replace(/^\.\//, `${folder}/`))], {
    stdout: { write: (text) => chunks.push(Buffer.from(text as string)) },
    stderr: { write: (text) => (stderr += text) },
    env: {},
  });
  const bytes = Buffer.concat(chunks);
  return { code, stdout: bytes.toString().replaceAll(folder, '.'), stderr, bytes };
}

describe('tenon compose', () => {
  test('writes the component and says where', async () => {
    const { code, stdout, stderr } = await run(
      './receiver.wasm',
      './fulfilment.wasm',
      './log.wasm',
      '-o',
      './o.wasm',
    );
    expect([code, stdout]).toEqual([0, './o.wasm\n']);
    expect(stderr).toMatch(/^composed receiver \+ fulfilment \+ log: \d+(\.\d+)? kB\n$/);
    expect(isComponent(readFileSync(file('o.wasm')))).toBe(true);
    rmSync(file('o.wasm'));
  });

  test('-o - writes the same bytes to standard output, and nothing else', async () => {
    await run('./receiver.wasm', './fulfilment.wasm', '-o', './o.wasm');
    const { code, bytes, stderr } = await run('./receiver.wasm', './fulfilment.wasm', '-o', '-', '-q');
    expect([code, stderr]).toEqual([0, '']);
    expect(bytes.equals(readFileSync(file('o.wasm')))).toBe(true);
    rmSync(file('o.wasm'));
  });

  test('--dry-run shows the graph and writes nothing', async () => {
    const { code, stdout } = await run('./receiver.wasm', './fulfilment.wasm', '--dry-run', '-o', './o.wasm');
    expect(code).toBe(0);
    expect(stdout).toMatchInlineSnapshot(`
      "Components
        receiver      2.3 kB  ./receiver.wasm (root)
        fulfilment    2.0 kB  ./fulfilment.wasm

      Edges
        receiver → fulfilment  orders:fulfilment/fulfilment@0.1.0

      Imports
        shop:log/log@1.0.0  receiver, fulfilment

      Exports
        shop:receiver/receiver@1.0.0

      Composed: 5.3 kB; nothing was written.
      "
    `);
    expect(readdirSync(folder).sort()).toEqual(INPUTS.toSorted());
  });

  test('--json gives the graph as one line, with the files', async () => {
    const { code, stdout, stderr } = await run('./receiver.wasm', './fulfilment.wasm', '--dry-run', '--json');
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject({
      event: 'result',
      root: 'receiver',
      instances: [{ name: 'receiver', file: './receiver.wasm' }, { name: 'fulfilment' }],
      edges: [{ importer: 'receiver', provider: 'fulfilment' }],
      imports: [{ name: 'shop:log/log@1.0.0', importers: ['receiver', 'fulfilment'] }],
      exports: ['shop:receiver/receiver@1.0.0'],
    });
  });

  test('a file given twice has two names', async () => {
    const { code, stderr } = await run('./receiver.wasm', './log.wasm', './log.wasm', '-o', './o.wasm');
    expect(code).toBe(1);
    expect(stderr).toContain('found:    log, log-2\n');
  });

  test.each<[exit: number, code: string, args: string[], text: string]>([
    [2, 'cli/usage', ['./receiver.wasm'], 'the output is missing'],
    [2, 'cli/usage', [], 'no component is named'],
    [2, 'cli/usage', ['./log.wasm', '-o', '-', '--json'], 'standard output cannot take both'],
    [2, 'cli/usage', ['./log.wasm', '-o', './log.wasm'], 'the output would replace an input'],
    [2, 'cli/unreadable-file', ['./no.wasm', '-o', './o.wasm'], 'ENOENT'],
    [3, 'cli/unwritable-file', ['./log.wasm', '-o', './no/o.wasm'], 'ENOENT'],
    [3, 'cli/unwritable-file', ['./log.wasm', '-o', './'], 'cannot be written'],
    [1, 'link/core-module', ['./core.wasm', '-o', './o.wasm'], 'wasm-tools component new'],
    [1, 'link/unreached', ['./log.wasm', './receiver.wasm', '-o', './o.wasm'], 'Name receiver first'],
  ])('exits with %i: %s for %j', async (exit, code, args, text) => {
    const result = await run(...args);
    expect(result.code).toBe(exit);
    expect(result.stdout + result.stderr).toContain(code);
    expect(result.stdout + result.stderr).toContain(text);
    expect(readdirSync(folder).sort()).toEqual(INPUTS.toSorted());
  });
});
