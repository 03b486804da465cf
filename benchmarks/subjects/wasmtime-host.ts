import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HOST = fileURLToPath(new URL('../wasmtime-host', import.meta.url));

/** What cargo says of itself. Throws an error that explains itself where there is none. */
export function cargoVersion(): string {
  const { status, stdout } = spawnSync('cargo', ['--version'], { encoding: 'utf8' });
  if (status === 0) return stdout.trim();
  throw new Error(
    'cargo is missing, which builds the host that measures (benchmarks/wasmtime-host): install Rust 1.90 or later from https://rustup.rs. Without it, `npm run bench -- --suite engine` measures on Wasmtime through its Python package.',
  );
}

/** Builds the Rust host, which takes minutes the first time. Gives its program. */
export function buildHost(): string {
  const target = process.env['CARGO_TARGET_DIR'] ?? join(HOST, 'target');
  const args = ['build', '--release', '--locked', '--quiet', '--manifest-path', join(HOST, 'Cargo.toml')];
  const { status } = spawnSync('cargo', [...args, '--target-dir', target], { stdio: 'inherit' });
  if (status !== 0) throw new Error(`cargo build of benchmarks/wasmtime-host ended with ${status}`);
  return join(target, 'release', 'tenon-wasmtime-host');
}

/** A component to be measured: what it is asked, and what it must answer. */
export interface Subject {
  readonly name: string;
  readonly wasm: string;
  readonly uri: string;
  readonly answer: string;
}

/** `zeros` is part of none: so long it takes to write as many bytes as the memories have. */
export const PHASES = ['instantiate', 'call', 'drop', 'all', 'zeros'] as const;
export type Phase = (typeof PHASES)[number];

export interface Times {
  /** ns. */
  readonly minimum: number;
  readonly median: number;
  readonly samples: number;
}

export interface HostFigures {
  readonly times: Readonly<Record<Phase, Times>>;
  /** Bytes of linear memory of all its instances. */
  readonly memory: number;
}

/** Compiles components beside their files, where that has not been done. */
export function precompileOnHost(program: string, files: readonly string[]): void {
  const { status } = spawnSync(program, ['precompile', ...files], { stdio: 'inherit' });
  if (status !== 0) throw new Error(`${program} precompile ended with ${status}`);
}

/** Measures precompiled components in turn, `events` of each in every round. Throws where one answers otherwise. */
export function measureOnHost(
  program: string,
  subjects: readonly Subject[],
  rounds: number,
  events: number,
): ReadonlyMap<string, HostFigures> {
  const args = subjects.flatMap(({ name, wasm, uri, answer }) => [name, wasm, uri, answer]);
  const { status, stdout, error } = spawnSync(program, [`${rounds}`, `${events}`, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    // With it, Wasmtime takes a backtrace for every error it makes, and some it makes only to drop them.
    env: { ...process.env, RUST_BACKTRACE: '0' },
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} ended with ${status}`);
  return figuresOf(stdout);
}

/** Reads what the host prints: see benchmarks/wasmtime-host/src/main.rs. */
export function figuresOf(printed: string): ReadonlyMap<string, HostFigures> {
  const found = new Map<string, { times: Partial<Record<Phase, Times>>; memory: number }>();
  for (const line of printed.trimEnd().split('\n')) {
    const [name = '', what = '', ...numbers] = line.split('\t');
    const [first = 0, median = 0, samples = 0] = numbers.map(Number);
    const figures = found.get(name) ?? { times: {}, memory: 0 };
    found.set(name, figures);
    if (what === 'memory') figures.memory = first;
    else figures.times[what as Phase] = { minimum: first, median, samples };
  }
  return found as ReadonlyMap<string, HostFigures>;
}
