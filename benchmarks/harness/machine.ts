import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { missing, type Requirement } from './requirements.ts';
import type { Results } from './schema.ts';

export function machine(): Results['machine'] {
  const processor = cpus()[0]?.model.trim() ?? 'unknown processor';
  const cores = availableParallelism();
  return {
    name: `${processor} ${cores} cores`
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-+|-+$/g, ''),
    processor,
    cores,
    memoryMB: Math.round(totalmem() / 1e6),
    system: `${platform()} ${release()}`,
    load: Number((loadavg()[0] ?? 0).toFixed(2)),
  };
}

/** npm packages that are measured, or measured with. */
const PACKAGES = [
  '@bytecodealliance/jco-transpile',
  'componentize-qjs',
  'redis',
  'mqtt',
  'undici',
  'moleculer',
  'ioredis',
  '@trpc/server',
];

const PROGRAMS: readonly (readonly [name: string, needs: Requirement, command: readonly string[]])[] = [
  ['redis-server', 'redis', ['redis-server', '--version']],
  ['mosquitto', 'mosquitto', ['mosquitto', '-h']],
  ['wasmtime', 'wasmtime', ['python3', '-c', 'import importlib.metadata as m; print(m.version("wasmtime"))']],
  ['spin', 'spin', [process.env['SPIN_BIN'] ?? 'spin', '--version']],
];

export function versions(): Record<string, string> {
  const found: Record<string, string> = { node: process.versions.node };
  for (const name of PACKAGES) found[name] = packageVersion(name);
  for (const [name, needs, [program = '', ...args]] of PROGRAMS) {
    if (missing(needs) !== undefined) continue;
    const { stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
    const version = /\d+\.\d+\.\d+/.exec(`${stdout}${stderr}`)?.[0];
    if (version !== undefined) found[name] = version;
  }
  return found;
}

/** From the package's own file, wherever its entry lies below it. */
function packageVersion(name: string): string {
  let folder = dirname(fileURLToPath(import.meta.resolve(name)));
  for (;;) {
    try {
      const found = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
        name?: string;
        version?: string;
      };
      if (found.name === name && found.version !== undefined) return found.version;
    } catch {
      // A folder without one: look above it.
    }
    const above = dirname(folder);
    if (above === folder) return 'unknown';
    folder = above;
  }
}
