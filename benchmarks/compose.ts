/**
 * `npm run bench:compose`: what composing costs, by bytes and by number of components: three JavaScript services of
 * 1.6 MB each, in this process and as a command, as it is installed and from the sources, in turns with wac and
 * `wasm-tools compose`, which get two, and with Node that does nothing; chains of small services; components of growing
 * size. Prints medians, of commands the minimum too, and the memory that a process came to hold beside its input.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { componentEmbed, componentNew, parse } from '@bytecodealliance/jco-transpile/wasm-tools';
import { compose, type ComposeInput, type ComposeOptions } from '../host/src/link/compose.ts';
import { buildServices } from '../host/test/compose/services.ts';
import { quickjs } from '../host/test/link/quickjs.ts';
import { median } from '../host/src/cli/bench/statistics.ts';
import { tool } from '../host/test/tools.ts';
import { wasmToolsProgram } from '../host/test/wasm-tools.ts';
import { installPacked } from './installed.ts';

const ROUNDS = Number(process.env['ROUNDS'] ?? 15);
const MEMORY = fileURLToPath(new URL('compose-memory.ts', import.meta.url));
const SOURCES = fileURLToPath(new URL('../host/bin/tenon.js', import.meta.url));

function timed(run: () => void): number {
  const times = Array.from({ length: ROUNDS }, () => {
    const start = performance.now();
    run();
    return performance.now() - start;
  });
  return median(times);
}

/** Runs each command once in every round, so that whatever else the machine does falls on all alike. */
function commandsTimed(commands: readonly Command[]): void {
  const times = commands.map((): number[] => []);
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [at, { program, args }] of commands.entries()) {
      const start = performance.now();
      execFileSync(program, args, { stdio: 'ignore' });
      // The first fills caches.
      if (round > 0) times[at]!.push(performance.now() - start);
    }
  }
  for (const [at, { name }] of commands.entries()) {
    const [least, middle] = [Math.min(...times[at]!), median(times[at]!)];
    say(`  ${name.padEnd(54)}${`${least.toFixed(0)} / ${middle.toFixed(0)}`.padStart(10)} ms`);
  }
}

interface Command {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
}

function composeTimed(inputs: readonly ComposeInput[], options: ComposeOptions = {}): number {
  return timed(() => {
    const result = compose(inputs, options);
    if (!result.ok) throw new Error(JSON.stringify(result.diagnostics));
  });
}

function print(what: string, milliseconds: number, bytes: number): void {
  say(`${what.padEnd(46)}${inMegabytes(bytes)}${milliseconds.toFixed(1).padStart(10)} ms`);
}

function inMegabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(2)} MB`.padStart(10);
}

/** By how many bytes a process grows that composes once; the median of a few. */
function memory(args: readonly string[]): number {
  const grown = Array.from({ length: 5 }, () =>
    Number(execFileSync(process.execPath, [MEMORY, ...args], { encoding: 'utf8' })),
  );
  return median(grown);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

const sizeOf = (inputs: readonly ComposeInput[]): number =>
  inputs.reduce((sum, { bytes }) => sum + bytes.length, 0);

/** Three JavaScript services in a row. */
async function services(): Promise<ComposeInput[]> {
  const wit = `package a:b;
    interface one { f: func(s: string) -> string; }
    interface two { f: func(s: string) -> string; }
    world w0 { import one; export run: func(s: string) -> string; }
    world w1 { import two; export one; }
    world w2 { export two; }`;
  const sources = [
    `import { f } from 'a:b/one'; export const run = (s) => f(s);`,
    `import { f } from 'a:b/two'; export const one = { f: (s) => f(s) };`,
    `export const two = { f: (s) => s };`,
  ];
  return await Promise.all(
    sources.map(async (source, at) => ({ name: `s${at}`, bytes: await quickjs(wit, `w${at}`, source) })),
  );
}

/** Each imports the next. */
async function chain(length: number): Promise<ComposeInput[]> {
  const built = await buildServices(
    Array.from({ length }, (_, at) => ({
      version: `${1 + (at % 2)}.0.0`,
      resource: at % 4 === 0,
      imports: at + 1 < length ? [at + 1] : [],
    })),
  );
  return built.map((bytes, at) => ({ name: `s${at}`, bytes }));
}

/** An importer and its provider, with that many bytes of data in each. */
async function padded(bytes: number): Promise<ComposeInput[]> {
  const witSource = `package a:b; interface i { f: func(); } world w0 { import i; export g: func(); } world w1 { export i; }`;
  const data = `(memory ${Math.ceil(bytes / 65_536)}) (data (i32.const 0) "${'x'.repeat(bytes)}")`;
  const modules = [
    `(module (import "a:b/i" "f" (func $f)) ${data} (func (export "g") (call $f)))`,
    `(module ${data} (func (export "a:b/i#f")))`,
  ];
  return await Promise.all(
    modules.map(async (text, at) => {
      const binary = await parse(text);
      const embedded = await componentEmbed({ binary, witSource, world: `a:b/w${at}` });
      return { name: `s${at}`, bytes: await componentNew(embedded) };
    }),
  );
}

say(`Node ${process.version}, ${cpus()[0]?.model}, median of ${ROUNDS}\n`);
const three = await services();
print('three JavaScript services, hoisted', composeTimed(three, { flatten: false }), sizeOf(three));
print('  and flattened', composeTimed(three), sizeOf(three));

const folder = mkdtempSync(join(tmpdir(), 'tenon-bench-'));
try {
  const files = three.map(({ name, bytes }) => {
    const file = join(folder, `${name}.wasm`);
    writeFileSync(file, bytes);
    return file;
  });
  const [root = '', provider = ''] = files;
  const tenon = (name: string, file: string, ...more: readonly string[]): Command => ({
    name,
    program: process.execPath,
    args: [file, 'compose', ...files, '-q', '-o', join(folder, 'out'), ...more],
  });
  const other = (name: 'wac' | 'wasm-tools', ...args: readonly string[]): readonly Command[] => {
    const state = tool(name);
    if (!state.missing)
      return [
        { name: `  ${name} ${args[0]}, two`, program: name === 'wac' ? name : wasmToolsProgram(), args },
      ];
    say(`  left out: ${name}${state.reason}`);
    return [];
  };
  const installed = installPacked(folder);
  say('  as a command, minimum / median');
  commandsTimed([
    { name: '  node -e 0', program: process.execPath, args: ['-e', '0'] },
    tenon('  hoisted', installed, '--no-flatten'),
    tenon('  flattened', installed),
    tenon('  flattened, from the sources', SOURCES),
    ...other('wac', 'plug', root, '--plug', provider, '-o', join(folder, 'wac')),
    ...other('wasm-tools', 'compose', root, '-d', provider, '-o', join(folder, 'tools')),
  ]);
  for (const [how, ...more] of [['hoisted', '--no-flatten'], ['flattened']] as const) {
    const grown = memory([...more, ...files]);
    say(
      `  memory for it, ${how.padEnd(29)}${inMegabytes(grown)}${`${(grown / sizeOf(three)).toFixed(1)} x`.padStart(10)}`,
    );
  }
} finally {
  rmSync(folder, { recursive: true });
}
for (const length of [10, 25, 50, 100]) {
  const inputs = await chain(length);
  print(`${length} small services in a row`, composeTimed(inputs), sizeOf(inputs));
}
for (const megabytes of [0.5, 1, 2, 4, 8]) {
  const inputs = await padded((megabytes * 1e6) / 2);
  print('two components of growing size', composeTimed(inputs), sizeOf(inputs));
}
