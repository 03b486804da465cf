import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { makeProject, type Project } from '../fixtures/project.ts';
import { tool } from '../tools.ts';
import { startRealRegistry } from './real-registry.ts';

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

/** Runs a command of the page; what it writes beside the build goes into a folder of the test. */
async function follow(command: string, project: Project, host: string): Promise<string> {
  const [npx, tenon, ...args] = command.split(' ');
  expect([npx, tenon]).toEqual(['npx', 'tenon']);
  const real = args.map((argument, at) =>
    args[at - 1] === '-o' ? project.file(argument) : argument.replace('localhost:5000', host),
  );
  const { stdout } = await run(process.execPath, [join(ROOT, 'host/bin/tenon.js'), ...real], { cwd: ROOT });
  return stdout;
}

describe('docs/deploying.md', () => {
  test('marks every command that needs more than Tenon', () => {
    expect(plain.filter((command) => !command.startsWith('npx tenon '))).toEqual([]);
    expect(new Set(blocks.map(({ needs }) => needs))).toEqual(new Set([undefined, 'spin', 'docker']));
  });

  test.skipIf(registry.missing)(`gives commands that work${registry.reason}`, async () => {
    using project = makeProject();
    await using real = await startRealRegistry();
    const said = new Map<string, string>();
    for (const command of plain) said.set(command.split(' ')[2]!, await follow(command, project, real.host));
    expect([...said.keys()]).toEqual(['build', 'push', 'image', 'k8s']);
    const out = join(ROOT, 'composed/.out/orders');
    expect(said.get('build')).toBe(`${join(out, 'receiver.wasm')}\n${join(out, 'status.wasm')}\n`);
    expect(readdirSync(out)).toEqual(expect.arrayContaining(['spin.toml', 'plan.json']));
    expect(said.get('push')).toMatch(/\/orders:0\.1\.0@sha256:[0-9a-f]{64}\n$/);
    expect(existsSync(project.file('orders.tar'))).toBe(true);
    expect(readdirSync(project.file('k8s/orders')).toSorted()).toEqual([
      'app.yaml',
      'brokers.yaml',
      'spinapp.yaml',
    ]);
  });

  test('links to what is there', () => {
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, link]) => link!);
    expect(links.length).toBeGreaterThan(0);
    expect(links.filter((link) => !existsSync(join(ROOT, 'docs', link)))).toEqual([]);
  });
});
