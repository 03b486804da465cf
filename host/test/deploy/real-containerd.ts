import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** containerd in a process of its own, with all that it keeps in a folder that goes with it. */
export interface RealContainerd extends AsyncDisposable {
  /** Runs `ctr` as on a Kubernetes node; returns what it prints. */
  ctr(...args: readonly string[]): Promise<string>;
  /** The folders of unpacked layers. */
  snapshots(): readonly string[];
}

/** Copies layers into plain folders, which needs no mount. */
export const SNAPSHOTTER = ['--snapshotter', 'native'] as const;

/** See `tool('containerd')` for whether there is one. */
export async function startRealContainerd(): Promise<RealContainerd> {
  const folder = mkdtempSync(join(tmpdir(), 'tenon-containerd-'));
  const file = (name: string): string => join(folder, name);
  const unused = ['grpc.v1.cri', 'internal.v1.opt', 'snapshotter.v1.btrfs', 'snapshotter.v1.devmapper'];
  writeFileSync(
    file('config.toml'),
    [
      'version = 2',
      `root = "${file('root')}"`,
      `state = "${file('state')}"`,
      `disabled_plugins = ${JSON.stringify(unused.map((name) => `io.containerd.${name}`))}`,
      `grpc = { address = "${file('socket')}" }`,
      `ttrpc = { address = "${file('socket')}.ttrpc" }`,
    ].join('\n'),
  );
  const child = spawn('containerd', ['-c', file('config.toml')], { stdio: ['ignore', 'ignore', 'pipe'] });
  const said: string[] = [];
  for await (const line of createInterface({ input: child.stderr })) {
    said.push(line);
    if (!line.includes('successfully booted')) continue;
    child.stderr.resume();
    return {
      ctr: async (...args) =>
        (await run('ctr', ['--address', file('socket'), '--namespace', 'k8s.io', ...args])).stdout,
      snapshots() {
        const kept = file('root/io.containerd.snapshotter.v1.native/snapshots');
        return existsSync(kept) ? readdirSync(kept).map((name) => join(kept, name)) : [];
      },
      async [Symbol.asyncDispose]() {
        child.kill();
        if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
        rmSync(folder, { recursive: true });
      },
    };
  }
  throw new Error(`containerd did not start:\n${said.join('\n')}`);
}
