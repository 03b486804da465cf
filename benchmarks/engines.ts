/**
 * `npm run bench:engines`: what fresh engines cost on Wasmtime as Spin sets it, in a small Rust host. One, two, five
 * and ten services in a row, as built, hoisted, flattened, both, and fused: instantiate, call and drop, minimum and
 * median, how large each unit and its memories are, and how long writing zeros over as many bytes takes. Then the second
 * of two by what it is, down to a service without an engine. Every answer is checked. Where `SPIN_BIN` names a Spin
 * binary, requests to it follow. `-- --rounds 5 --depths 1,2` is shorter.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { buildApp, type BuiltApp } from '../host/src/build/app.ts';
import { answerOf, writeChain, type Chain } from './apps/chain.ts';
import { buildSeconds } from './apps/second.ts';
import { onSpin } from './engines-spin.ts';
import { machine, versions } from './harness/machine.ts';
import { optionsOf } from './harness/options.ts';
import { missing } from './harness/requirements.ts';
import {
  buildHost,
  cargoVersion,
  measureOnHost,
  PHASES,
  precompileOnHost,
  type Subject,
} from './subjects/wasmtime-host.ts';

const VARIANTS = {
  'as built': { flatten: false, hoist: false },
  hoisted: { flatten: false },
  flattened: { hoist: false },
  'flattened, hoisted': {},
  fused: { profile: 'fused' },
} as const;
/** Spin compiles every unit when it starts, and hoisting alone changes nothing for it. */
const ON_SPIN: ReadonlySet<string> = new Set(['as built', 'flattened, hoisted', 'fused']);
/** What the second of two services may be, beside what `buildSeconds` makes. */
const SECOND = ['as built', 'flattened, hoisted', 'fused'] as const;
/** Events of a component before it is the next one's turn. */
const TURN = 20;

const HELP = `npm run bench:engines [-- <options>]    what fresh engines cost on Wasmtime and Spin

Services in a row, as built, hoisted, flattened and fused, on Wasmtime 42 as Spin sets it, in a Rust host that
cargo builds; then the second of two by what it is, down to a component without an engine. Where SPIN_BIN names
a Spin binary, requests to it follow. Prints µs. Takes two minutes, and wants the machine for itself.

Options:
  --rounds <n>      turns of each, of 20 events (default: 30)
  --depths <a,b,…>  how many services in a row (default: 1,2,5,10)
  --help            this text
`;
const {
  rounds: [rounds = 0],
  depths,
} = optionsOf(HELP, { rounds: [30], depths: [1, 2, 5, 10] });

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function row(cells: readonly string[], width: number): string {
  return cells.map((cell, at) => (at === 0 ? cell.padEnd(24) : cell.padStart(width))).join('');
}

async function buildAll({ manifest }: Chain): Promise<ReadonlyMap<string, BuiltApp>> {
  const apps = new Map<string, BuiltApp>();
  for (const [variant, options] of Object.entries(VARIANTS)) {
    const outDir = join(manifest, `../.out/engines-${variant.replace(/\W+/g, '-')}`);
    apps.set(variant, await buildApp({ manifest, ...options, outDir }));
  }
  return apps;
}

function subjectsOf(
  program: string,
  apps: ReadonlyMap<string, BuiltApp>,
  { door }: Chain,
  wanted: readonly number[],
): readonly Subject[] {
  const subjects = wanted.flatMap((depth) =>
    [...apps].map(([variant, { outDir }]): Subject => ({
      name: `${depth} ${variant}`,
      wasm: join(outDir, `${door(depth)}.wasm`),
      uri: `/${door(depth)}`,
      answer: answerOf('ask', depth),
    })),
  );
  precompileOnHost(
    program,
    subjects.map(({ wasm }) => wasm),
  );
  return subjects;
}

/** Bytes of memory that the second of two services has. */
function memoryOfSecond(program: string, app: BuiltApp, chain: Chain): number {
  const subjects = subjectsOf(program, new Map([['', app]]), chain, [1, 2]);
  const [one, two] = [...measureOnHost(program, subjects, 1, 1).values()];
  return two!.memory - one!.memory;
}

function onWasmtime(program: string, subjects: readonly Subject[]): void {
  const figures = measureOnHost(program, subjects, rounds, TURN);
  say(`\nWasmtime: µs, minimum / median of ${rounds * TURN} events each, in turns of ${TURN}`);
  say(row(['services', ...PHASES, 'component', 'memories'], 18));
  for (const { name, wasm } of subjects) {
    const { times, memory } = figures.get(name)!;
    const micros = (ns: number): string => (ns / 1000).toFixed(1);
    const cells = PHASES.map((phase) => `${micros(times[phase].minimum)} / ${micros(times[phase].median)}`);
    const sizes = [statSync(wasm).size, memory].map((bytes) => `${(bytes / 1e6).toFixed(2)} MB`);
    say(row([name, ...cells, ...sizes], 18));
  }
}

async function printSpin(
  apps: ReadonlyMap<string, BuiltApp>,
  chain: Chain,
  wanted: readonly number[],
): Promise<void> {
  const { variants, nothing } = await onSpin(apps, chain, wanted, rounds);
  say(
    `\nSpin ${versions()['spin']}: µs of a request, p50 (p10), each further one by turns; its own 404 takes ${nothing.toFixed(0)}`,
  );
  say(row(['', ...wanted.map((depth) => `${depth}`), 'each further', 'samples'], 14));
  for (const { variant, p50, p10, further, samples } of variants) {
    const cells = wanted.map((depth) => `${p50.get(depth)!.toFixed(0)} (${p10.get(depth)!.toFixed(0)})`);
    say(row([variant, ...cells, further.toFixed(0), `${samples}`], 14));
  }
}

try {
  const cargo = cargoVersion();
  const { processor, cores, system, load } = machine();
  const { node, 'componentize-qjs': qjs } = versions();
  say(`${processor}, ${cores} cores, ${system}, load ${load}`);
  say(`${cargo}; wasmtime 42.0.2, Node ${node}, componentize-qjs ${qjs}`);
  const program = buildHost();
  const chain = writeChain('ask', depths);
  const apps = await buildAll(chain);
  onWasmtime(program, subjectsOf(program, apps, chain, depths));
  const two = writeChain('ask', [1, 2]);
  const built = await buildAll(two);
  const some = new Map(SECOND.map((variant) => [variant as string, built.get(variant)!]));
  const memory = memoryOfSecond(program, built.get('flattened, hoisted')!, two);
  const seconds = new Map([...some, ...(await buildSeconds(two, memory))]);
  say(`\nThe second of two services, by what it is; flattened it has ${memory / 1024} KiB of memory`);
  onWasmtime(program, subjectsOf(program, seconds, two, [1, 2]));
  const absent = missing('spin');
  if (absent === undefined) {
    await printSpin(new Map([...apps].filter(([variant]) => ON_SPIN.has(variant))), chain, depths);
    await printSpin(seconds, two, [1, 2]);
  } else say(`\nSpin is left out: ${absent}`);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
