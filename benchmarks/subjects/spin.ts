import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../../host/test/brokers.ts';
import { encodeRequest, RawClient } from './raw-client.ts';

/** The Spin that `SPIN_BIN` names, serving a built app to one keep-alive connection. */
export interface SpinProcess extends AsyncDisposable {
  readonly client: RawClient;
  readonly port: number;
  /** The body of a request that answers 200. */
  ask(uri: string): Promise<string>;
  /** This process, Spin and the process of each trigger below it. */
  pids(): readonly number[];
  /** Bytes that Spin's processes have in memory. */
  memory(): number;
}

/** Starts `spin up` on a folder with a spin.toml; the app's state is in a folder that goes with it. */
export async function startSpin(app: string, variables: readonly string[] = []): Promise<SpinProcess> {
  const port = await freePort();
  const state = mkdtempSync(join(tmpdir(), 'tenon-spin-'));
  const args = ['up', '-f', app, '--state-dir', state, '--listen', `127.0.0.1:${port}`, '--quiet'];
  for (const variable of variables) args.push('--variable', variable);
  const spin = spawn(process.env['SPIN_BIN'] ?? 'spin', args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const client = await connected(spin, port);
  return {
    client,
    port,
    async ask(uri) {
      const { status, body } = await client.send(encodeRequest('GET', uri));
      const text = Buffer.from(body).toString();
      if (status !== 200) throw new Error(`${uri} answered ${status}: ${text}`);
      return text;
    },
    pids: () => [process.pid, ...family(spin.pid!)],
    memory: () => family(spin.pid!).reduce((sum, pid) => sum + residentOf(pid), 0),
    async [Symbol.asyncDispose]() {
      client.close();
      const exited = spin.exitCode === null && spin.signalCode === null ? once(spin, 'exit') : undefined;
      spin.kill('SIGTERM');
      await exited;
      rmSync(state, { recursive: true, force: true });
    },
  };
}

/** Waits until Spin has compiled the units and listens. */
async function connected(spin: ChildProcess, port: number): Promise<RawClient> {
  while (spin.exitCode === null && spin.signalCode === null) {
    try {
      return await RawClient.open(port);
    } catch {
      await delay(100);
    }
  }
  throw new Error(`spin ended with ${spin.exitCode ?? spin.signalCode}`);
}

/** Spin runs a process for each trigger below the one that is started. Linux only. */
function family(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  return [pid, ...children.filter(Boolean).map(Number)];
}

function residentOf(pid: number): number {
  const [, kib = '0'] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) * 1024;
}
