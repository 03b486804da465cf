import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { copyOfOrders } from '../orders/app.ts';
import { steps } from '../../../k8s/k3d.ts';
import { tool } from '../tools.ts';
import { startRealRegistry } from './real-registry.ts';
import { shareCache } from './share-cache.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const registry = tool('docker-registry');
const text = readFileSync(join(ROOT, 'docs/deploying.md'), 'utf8');

/** The page's blocks of commands, with what they need beside Tenon. */
const blocks = [...text.matchAll(/^```sh(?: (\w+))?\n([^]*?)^```$/gm)].map(([, needs, body = '']) => ({
  needs,
  commands: body.trim().split('\n'),
}));
const plain = blocks.filter(({ needs }) => needs === undefined).flatMap(({ commands }) => commands);

/** Runs a command of the page in a copy of the sample, which no other test builds at the same time. */
async function follow(command: string, folder: string, host: string): Promise<string> {
  const [npx, tenon, ...args] = command.split(' ');
  expect([npx, tenon]).toEqual(['npx', 'tenon']);
  const real = args.map((argument) => argument.replace('localhost:5000', host));
  const { stdout } = await run(process.execPath, [join(ROOT, 'host/bin/tenon.js'), ...real], { cwd: folder });
  return stdout;
}

describe('docs/deploying.md', () => {
  test('marks every command that needs more than Tenon', () => {
    expect(plain.filter((command) => !command.startsWith('npx tenon '))).toEqual([]);
    expect(new Set(blocks.map(({ needs }) => needs))).toEqual(new Set([undefined, 'spin', 'docker']));
  });

  test.skipIf(registry.missing)(`gives commands that work${registry.reason}`, async () => {
    await using copy = await copyOfOrders();
    shareCache(copy.manifest);
    const inCopy = (path: string): string => join(copy.path, path);
    await using real = await startRealRegistry();
    const said = new Map<string, string>();
    for (const command of plain) {
      const name = `${command.split(' ')[2]}${command.endsWith('--split') ? ' --split' : ''}`;
      said.set(name, await follow(command, copy.path, real.host));
    }
    const commands = ['build', 'push', 'image', 'k8s'];
    expect([...said.keys()]).toEqual([...commands, ...commands.map((name) => `${name} --split`)]);
    const out = inCopy('composed/.out/orders');
    expect(said.get('build')).toBe(`${join(out, 'receiver.wasm')}\n${join(out, 'status.wasm')}\n`);
    const folders = blocks.flatMap(({ commands: lines }) =>
      lines.flatMap((line) => /spin up -f (\S+\/parts\/\S+)/.exec(line)?.[1] ?? []),
    );
    expect(folders.length).toBe(2);
    for (const folder of folders)
      expect(readdirSync(inCopy(folder))).toEqual(expect.arrayContaining(['spin.toml', 'plan.json']));
    expect(said.get('push')).toMatch(/\/orders:0\.1\.0@sha256:[0-9a-f]{64}\n$/);
    expect(said.get('push --split')).toMatch(
      /^\S+\/orders-http:0\.1\.0@sha256:[0-9a-f]{64}\n\S+\/orders-fulfilment:0\.1\.0@sha256:[0-9a-f]{64}\n$/,
    );
    expect(existsSync(inCopy('orders.tar'))).toBe(true);
    expect(readdirSync(inCopy('k8s/orders')).toSorted()).toEqual([
      'app.yaml',
      'brokers.yaml',
      'spinapp.yaml',
    ]);
    expect(readdirSync(inCopy('k8s/orders-mqtt-split')).toSorted()).toEqual([
      'brokers.yaml',
      'fulfilment',
      'http',
    ]);
  });

  test('walks through k3d as `npm run k3d` does', () => {
    const walk = blocks.filter(({ needs }) => needs === 'docker').flatMap(({ commands }) => commands);
    const [, ...told] = steps({}).map(({ command }) => command.join(' '));
    const short = told.map((command) =>
      command.replace('composed/.out/', '').replace('npm run --silent', 'npm run'),
    );
    expect(walk).toEqual(short);
  });

  test('links to what is there', () => {
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, link]) => link!);
    expect(links.length).toBeGreaterThan(0);
    expect(links.filter((link) => !existsSync(join(ROOT, 'docs', link)))).toEqual([]);
  });
});
