import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { copyOfOrders } from '../orders/app.ts';
import { shareCache } from './share-cache.ts';

const run = promisify(execFile);
const TENON = fileURLToPath(new URL('../../bin/tenon.js', import.meta.url));

interface Ended {
  readonly code: number;
  readonly codes: readonly unknown[];
}

/** Runs a command in which no file may grow larger than so many KiB, as on a disk that is full; JSON lines. */
async function tenon(args: readonly string[], limit?: number): Promise<Ended> {
  const command = [process.execPath, TENON, ...args, '--json'];
  // The shell counts in blocks of 512 bytes.
  const full = limit === undefined ? [] : ['sh', '-c', `ulimit -f ${limit * 2}; exec "$@"`, 'sh'];
  const [program = '', ...rest] = [...full, ...command];
  const { code, stdout } = await run(program, rest).then(
    (ended) => ({ code: 0, stdout: ended.stdout }),
    (error: { code: number; stdout: string }) => error,
  );
  const lines = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { severity?: string; code?: string });
  return { code, codes: lines.filter(({ severity }) => severity === 'error').map((line) => line.code) };
}

/** Every file below a folder, with the digest of what it says. */
function contentsOf(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted();
  return Object.fromEntries(
    files
      .filter((name) => statSync(join(folder, name)).isFile())
      .map((name) => [
        name,
        createHash('sha256')
          .update(readFileSync(join(folder, name)))
          .digest('hex'),
      ]),
  );
}

describe('a command that ships the ordering app', () => {
  let orders: Awaited<ReturnType<typeof copyOfOrders>>;
  let out: string;

  beforeAll(async () => {
    orders = await copyOfOrders();
    shareCache(orders.manifest);
    out = join(orders.path, 'out');
    // All services are built after this, so that only the output is over a limit.
    for (const profile of ['redis', 'mqtt']) await tenon(['build', orders.manifest, '--profile', profile]);
  });
  afterAll(() => orders[Symbol.asyncDispose]());

  test('leaves the app of before where the disk is full', async () => {
    await tenon(['build', orders.manifest, '-o', out]);
    const before = contentsOf(out);
    expect(Object.keys(before)).toEqual(expect.arrayContaining(['plan.json', 'receiver.wasm', 'spin.toml']));
    expect(await tenon(['build', orders.manifest, '-o', out, '--profile', 'mqtt'], 1024)).toEqual({
      code: 3,
      codes: ['build/write'],
    });
    expect(contentsOf(out)).toEqual(before);
  });

  test('leaves no part of a split app where the disk is full', async () => {
    const folder = join(orders.path, 'parts');
    const args = ['build', orders.manifest, '-o', folder, '--profile', 'mqtt'];
    await tenon(args);
    expect(await tenon([...args, '--split'], 1024)).toEqual({ code: 3, codes: ['build/write'] });
    const left = Object.keys(contentsOf(folder)).filter((name) => !name.startsWith('maps/'));
    expect(left).toEqual(['fulfilment.wasm', 'plan.json', 'receiver.wasm', 'status.wasm']);
  });

  test('leaves the manifests of before where the disk is full', async () => {
    const folder = join(orders.path, 'k8s');
    await tenon(['k8s', orders.manifest, '-o', folder]);
    const redis = ['k8s', orders.manifest, '--profile', 'redis'];
    await tenon([...redis, '-o', join(orders.path, 'other')]);
    const before = contentsOf(folder);
    expect(await tenon([...redis, '-o', folder], 4)).toEqual({ code: 3, codes: ['build/write'] });
    expect(contentsOf(folder)).toEqual(before);
  });

  test.each([
    ['build', []],
    ['push', ['127.0.0.1:9/orders']],
    ['image', ['-o', 'orders.tar']],
    ['k8s', ['-o', 'k8s']],
  ])('%s says that there is no such profile, before anything else', async (command, args) => {
    await using empty = await copyOfOrders();
    const named = args.map((arg, at) => (args[at - 1] === '-o' ? join(empty.path, arg) : arg));
    const [first = [], last = []] = command === 'push' ? [named, []] : [[], named];
    const ended = await tenon([command, ...first, empty.manifest, ...last, '--profile', 'kafka']);
    expect(ended).toEqual({ code: 2, codes: ['manifest/unknown-profile'] });
    expect(readdirSync(empty.path).toSorted()).toEqual(['components', 'composed', 'wit']);
    expect(readdirSync(join(empty.path, 'composed'))).toEqual(['orders.toml']);
  });
});
