import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { shop } from '../../../test/compose/shop.ts';
import { main } from '../main.ts';

let folder = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tenon-inspect-'));
  const files = {
    'receiver.wasm': await shop('receiver'),
    'fulfilment.wasm': await shop('fulfilment'),
    'next.wasm': await shop('fulfilment', { version: '0.1.1' }),
    'other.wasm': await shop('fulfilment', { count: 'u64' }),
    'core.wasm': Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00),
  };
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
  await run('compose', './receiver.wasm', './fulfilment.wasm', '-o', './whole.wasm');
});
afterAll(() => rmSync(folder, { recursive: true }));

async function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  let [stdout, stderr] = ['', ''];
  const code = await main(
    args.map((arg) => arg.replace(/^\.\//, `${folder}/`)),
    {
      stdout: { write: (text) => (stdout += text) },
      stderr: { write: (text) => (stderr += text) },
      env: {},
    },
  );
  return { code, stdout: stdout.replaceAll(folder, '.'), stderr: stderr.replaceAll(folder, '.') };
}

describe('tenon inspect', () => {
  test('shows what a component is made of', async () => {
    const { code, stdout, stderr } = await run('inspect', './whole.wasm');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.replaceAll(/\d+\.\d+\.\d+(?= )/g, 'x.y.z')).toMatchInlineSnapshot(`
      "./whole.wasm: a component of 5.3 kB

      Exports
        shop:receiver/receiver@1.0.0
          place: func(items: list<string>) -> string

      Imports
        shop:log/log@1.0.0
          note: func(text: string)

      Instances
        fulfilment
        receiver

      Wiring
        receiver → fulfilment  orders:fulfilment/fulfilment@0.1.0
        fulfilment → outside   1 of the imports
        receiver → outside     1 of the imports

      Toolchains
        processed-by  wit-component x.y.z  fulfilment, receiver

      Sizes
                       total      code      data    custom      rest  used by
        fulfilment    2.0 kB      32 B       0 B     881 B    1.1 kB  fulfilment
        receiver      2.3 kB      50 B       0 B    1.1 kB    1.2 kB  receiver
        wiring        1.0 kB
        all           5.3 kB      82 B       0 B    2.7 kB    2.5 kB

      Passes
        flatten  fulfilment left as it is: it is not made of a runtime and its bindings
        flatten  receiver left as it is: it is not made of a runtime and its bindings

      Of what Spin’s pool gives to one component
        memories        2 of 32
        tables          2 of 64
        core instances  6 of 200, and those that the runtime adds to pass values
      "
    `);
  });

  test.each([
    ['--wit', 'package root:component;\n'],
    ['--mermaid', 'flowchart LR\n'],
    ['--dot', 'digraph component {\n'],
    ['--json', '{"event":"result",'],
  ])('with %s prints that alone', async (option, start) => {
    const { code, stdout, stderr } = await run('inspect', './whole.wasm', option);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.startsWith(start)).toBe(true);
  });

  test.each<[exit: number, code: string, args: string[]]>([
    [1, 'link/core-module', ['./core.wasm']],
    [2, 'cli/unreadable-file', ['./no.wasm']],
    [2, 'cli/usage', ['./whole.wasm', '--wit', '--dot']],
    [2, 'cli/usage', []],
  ])('exits with %i: %s for %j', async (exit, code, args) => {
    const result = await run('inspect', ...args);
    expect([result.code, result.stdout]).toEqual([exit, '']);
    expect(result.stderr).toContain(`error[${code}]`);
  });
});

describe('tenon diff', () => {
  test('exits with 0 where nothing breaks', async () => {
    const { code, stdout, stderr } = await run('diff', './fulfilment.wasm', './next.wasm');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatchInlineSnapshot(`
      "Can ./next.wasm replace ./fulfilment.wasm?
        for those who import from it  yes
        with those who provide to it  yes

      Differences
        fine  export  orders:fulfilment/fulfilment@0.1.0 is now orders:fulfilment/fulfilment@0.1.1
      "
    `);
  });

  test('exits with 1 and tells each breaking difference', async () => {
    const { code, stdout, stderr } = await run('diff', './fulfilment.wasm', './other.wasm');
    expect(code).toBe(1);
    expect(stdout).toMatchInlineSnapshot(`
      "Can ./other.wasm replace ./fulfilment.wasm?
        for those who import from it  no
        with those who provide to it  yes

      Differences
        breaks  export  orders:fulfilment/fulfilment@0.1.0: submit(order).lines[].count: u32 is now u64
      "
    `);
    expect(stderr).toMatchInlineSnapshot(`
      "error[link/breaking-change]: the new component exports submit(order).lines[].count of orders:fulfilment/fulfilment@0.1.0 as another type
        in:       export orders:fulfilment/fulfilment@0.1.0: submit(order).lines[].count
        expected: u32
        found:    u64
        next:     Keep it for those who import it, or export it under a new version beside the old one.
      "
    `);
  });

  test('--json gives one line with everything, then the diagnostics', async () => {
    const { code, stdout, stderr } = await run('diff', './fulfilment.wasm', './other.wasm', '--json');
    expect([code, stderr]).toEqual([1, '']);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(lines).toMatchObject([
      { event: 'result', compatible: false, asProvider: false, asImporter: true },
      { event: 'diagnostic', code: 'link/breaking-change' },
    ]);
  });

  test('--quiet leaves the exit code and the problems', async () => {
    const { code, stdout, stderr } = await run('diff', './fulfilment.wasm', './other.wasm', '-q');
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('error[link/breaking-change]');
  });
});
