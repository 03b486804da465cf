/**
 * `npm run bench:engines`: what fresh engines cost on Wasmtime as Spin sets it, in a small Rust host. One, two, five
 * and ten services in a row, as built, hoisted, flattened, both, and fused: instantiate, call and drop, minimum and
 * median, how large each unit and its memories are, and how long writing zeros over as many bytes takes. Every answer is checked. Where `SPIN_BIN` names a Spin binary,
 * requests to it follow. `-- --rounds 5 --depths 1,2` is shorter.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildApp, type BuiltApp } from '../host/src/build/app.ts';
import { answerOf, writeChain, type Chain } from './apps/chain.ts';
import { onSpin } from './engines-spin.ts';
import { machine, versions } from './harness/machine.ts';
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
/** Events of a component before it is the next one's turn. */
const TURN = 20;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '30' },
    depths: { type: 'string', default: '1,2,5,10' },
  },
});
const rounds = Number(values.rounds);
const depths = values.depths.split(',').map(Number);

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

function onWasmtime(program: string, apps: ReadonlyMap<string, BuiltApp>, { door }: Chain): void {
  const subjects = depths.flatMap((depth) =>
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

async function printSpin(apps: ReadonlyMap<string, BuiltApp>, chain: Chain): Promise<void> {
  const some = new Map([...apps].filter(([variant]) => ON_SPIN.has(variant)));
  const { variants, nothing } = await onSpin(some, chain, depths, rounds);
  say(`\nSpin ${versions()['spin']}: µs of a request, p50 (p10); its own 404 takes ${nothing.toFixed(0)}`);
  say(row(['', ...depths.map((depth) => `${depth}`), 'each further', 'samples'], 14));
  for (const { variant, p50, p10, samples } of variants) {
    const [least = 1, most = 1] = [depths[0], depths.at(-1)];
    const further = (of: ReadonlyMap<number, number>): string =>
      ((of.get(most)! - of.get(least)!) / (most - least)).toFixed(0);
    const cells = depths.map((depth) => `${p50.get(depth)!.toFixed(0)} (${p10.get(depth)!.toFixed(0)})`);
    say(row([variant, ...cells, `${further(p50)} (${further(p10)})`, `${samples}`], 14));
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
  onWasmtime(program, apps, chain);
  const absent = missing('spin');
  if (absent === undefined) await printSpin(apps, chain);
  else say(`\nSpin is left out: ${absent}`);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
