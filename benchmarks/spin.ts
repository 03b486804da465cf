import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildApp } from '../host/src/build/app.ts';
import { writeSpinToml } from '../host/src/deploy/write.ts';
import { RawClient } from './raw-client.ts';
import { quantile } from './statistics.ts';

/**
 * What a further service costs a request on real Spin, which makes every engine of a unit anew for each. One, two
 * and three services in a row, as built, flattened and fused; one keep-alive connection, rounds in turn, so that
 * whatever else the machine does falls on all alike. `node benchmarks/spin.ts --spin /path/to/spin`
 */
const MANIFEST = join(import.meta.dirname, 'spin/chain.toml');
/** A path that Spin itself refuses, without any instance and without a body, then the units. */
const ROUTES = ['nowhere', 'one', 'two', 'three'] as const;
const VARIANTS = {
  'as built': { flatten: false },
  flattened: { flatten: true },
  fused: { flatten: true, place: ['two.near=fused', 'three.far=fused', 'far.near=fused'] },
} as const;
type Variant = keyof typeof VARIANTS;

const { values } = parseArgs({
  options: {
    spin: { type: 'string', default: 'spin' },
    rounds: { type: 'string', default: '30' },
    requests: { type: 'string', default: '200' },
  },
});
const rounds = Number(values.rounds);
const requests = Number(values.requests);

interface Server extends AsyncDisposable {
  readonly client: RawClient;
  /** What the process has in memory, MiB. */
  readonly resident: () => number;
}

const folder = mkdtempSync(join(tmpdir(), 'tenon-spin-'));
const servers = new Map<Variant, Server>();
const samples = new Map<string, number[]>();
try {
  for (const [name, options] of Object.entries(VARIANTS) as [Variant, object][]) {
    const outDir = join(folder, name.replace(' ', '-'));
    await writeSpinToml(await buildApp({ manifest: MANIFEST, outDir, ...options }));
    servers.set(name, await startSpin(outDir));
  }
  for (let round = -2; round < rounds; round++) {
    for (const [name, { client }] of servers) {
      for (const route of ROUTES) {
        const taken = await measure(client, route);
        // The first rounds fill caches and pools.
        if (round >= 0)
          samples.set(`${name} ${route}`, [...(samples.get(`${name} ${route}`) ?? []), ...taken]);
      }
    }
  }
  report();
} finally {
  for (const server of servers.values()) await server[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
}

/** µs of each request. */
async function measure(client: RawClient, route: string): Promise<number[]> {
  const request = Buffer.from(`GET /${route} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  const taken: number[] = [];
  for (let count = 0; count < requests; count++) {
    const began = performance.now();
    const { status, body } = await client.send(request);
    taken.push((performance.now() - began) * 1000);
    const right =
      route === 'nowhere' ? status === 404 : status === 200 && Buffer.from(body).toString() === '2';
    if (!right) throw new Error(`/${route} answered ${status}`);
  }
  return taken;
}

function report(): void {
  const of = (variant: string, route: string, q: number): number =>
    quantile(samples.get(`${variant} ${route}`) ?? [], q);
  const row = (cells: readonly string[]): string =>
    `${cells.map((cell, at) => (at === 0 ? cell.padEnd(10) : cell.padStart(14))).join('')}\n`;
  process.stdout.write(`p50 (p10) in µs of ${rounds * requests} requests each\n`);
  process.stdout.write(row(['', 'no instance', 'one', 'two', 'three', 'further one', 'RSS MiB']));
  for (const [variant, { resident }] of servers) {
    const cells = ROUTES.map(
      (route) => `${of(variant, route, 0.5).toFixed(0)} (${of(variant, route, 0.1).toFixed(0)})`,
    );
    const further = (of(variant, 'three', 0.5) - of(variant, 'one', 0.5)) / 2;
    process.stdout.write(row([variant, ...cells, further.toFixed(0), resident().toFixed(0)]));
  }
}

async function startSpin(app: string): Promise<Server> {
  const port = await freePort();
  const args = ['up', '-f', app, '--listen', `127.0.0.1:${port}`, '--quiet'];
  const spin = spawn(values.spin, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const client = await connect(spin, port);
  return {
    client,
    resident: () => residentOf(spin.pid!),
    async [Symbol.asyncDispose]() {
      client.close();
      spin.kill('SIGTERM');
      if (spin.exitCode === null && spin.signalCode === null) await once(spin, 'exit');
    },
  };
}

/** Waits until Spin has compiled the units and answers. */
async function connect(spin: ChildProcess, port: number): Promise<RawClient> {
  while (spin.exitCode === null) {
    try {
      return await RawClient.open(port);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
  throw new Error(`spin ended with ${spin.exitCode}`);
}

/** Spin runs a process for each trigger below the one that is started. Linux only. */
function residentOf(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .trim()
    .split(' ')
    .filter(Boolean);
  return [String(pid), ...children].reduce((sum, one) => {
    const [, kib = '0'] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${one}/status`, 'utf8')) ?? [];
    return sum + Number(kib) / 1024;
  }, 0);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
