import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Debian's docker-registry in a process of its own, with a storage that goes with it. */
export interface RealRegistry extends AsyncDisposable {
  /** `127.0.0.1:40123` */
  readonly host: string;
}

export interface RealRegistryOptions {
  /** Wants the user `me` with the password `pass`. */
  readonly login?: boolean;
  readonly readOnly?: boolean;
}

/** `me` and `pass`, by bcrypt. */
const PASSWORDS = 'me:$2y$05$abcdefghijklmnopqrstuuZFBUbfXoM8LFiPx8LYlO/sXZB/Cwk3K\n';

/** See `tool('docker-registry')` for whether there is one. */
export async function startRealRegistry({
  login = false,
  readOnly = false,
}: RealRegistryOptions = {}): Promise<RealRegistry> {
  const folder = mkdtempSync(join(tmpdir(), 'tenon-registry-'));
  const passwords = join(folder, 'passwords');
  const config = join(folder, 'config.yml');
  writeFileSync(passwords, PASSWORDS);
  const lines = [
    'version: 0.1',
    'http: {addr: 127.0.0.1:0, secret: none}',
    'storage:',
    `  filesystem: {rootdirectory: ${join(folder, 'data')}}`,
    ...(readOnly ? ['  maintenance: {readonly: {enabled: true}}'] : []),
    ...(login ? [`auth: {htpasswd: {realm: registry, path: ${passwords}}}`] : []),
  ];
  writeFileSync(config, `${lines.join('\n')}\n`);
  const child = spawn('docker-registry', ['serve', config], { stdio: ['ignore', 'ignore', 'pipe'] });
  const said: string[] = [];
  for await (const line of createInterface({ input: child.stderr })) {
    said.push(line);
    const [, host] = /listening on (127\.0\.0\.1:\d+)/.exec(line) ?? [];
    if (host === undefined) continue;
    child.stderr.resume();
    return {
      host,
      async [Symbol.asyncDispose]() {
        child.kill();
        if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
        rmSync(folder, { recursive: true });
      },
    };
  }
  throw new Error(`docker-registry did not start:\n${said.join('\n')}`);
}
