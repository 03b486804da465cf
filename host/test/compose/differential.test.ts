import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { unwrap } from '../../src/diagnostics/error.ts';
import { compose } from '../../src/link/compose.ts';
import { inspect } from '../../src/link/inspect/inspect.ts';
import { tool } from '../tools.ts';
import { wasmToolsProgram } from '../wasm-tools.ts';
import { answersOf, CALLS, expectedAnswers, plain } from './calls.ts';
import { DEPTH, depthOf, graphs, hasDiamond } from './graphs.ts';
import { runtimeInstance } from './node.ts';
import { buildServices, importOf, interfaceOf, type GeneratedService } from './services.ts';

const RUNS = 200;
/** The same graphs each time, so that a failure is one of the change at hand. */
const drawn = fc.sample(graphs, { seed: 20_260_402, numRuns: RUNS });

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tenon-differential-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function composeOurselves(components: readonly Uint8Array[]): Uint8Array {
  const inputs = components.map((bytes, at) => ({ name: `s${at}`, bytes }));
  const ours = unwrap(compose([inputs[0]!, ...inputs.slice(1).toReversed()]));
  expect(ours.graph.imports).toEqual([]);
  return ours.bytes;
}

async function answersOnNode(
  component: Uint8Array,
  services: readonly GeneratedService[],
): Promise<unknown[]> {
  return answersOf((await runtimeInstance(component, folder))[interfaceOf(0, services[0]!)]);
}

test(`the graphs are up to ${DEPTH} deep, share services, and have a contract in several versions`, () => {
  expect(Math.max(...drawn.map((services) => depthOf(services)))).toBe(DEPTH);
  expect(drawn.filter(hasDiamond).length).toBeGreaterThan(RUNS / 3);
  const imported = (services: readonly GeneratedService[]): string[] =>
    services.flatMap(({ imports }) => imports.map((one) => importOf(one, services[one]!)));
  const twoTracks = drawn.filter((services) => {
    const packages = new Set(imported(services).map((name) => name.split('@')[0]));
    return packages.size < new Set(services.slice(1).map((one, at) => interfaceOf(at + 1, one))).size;
  });
  expect(twoTracks.length).toBeGreaterThan(RUNS / 3);
  const asked = drawn.filter((services) =>
    imported(services).some((name) => !services.some((one, at) => interfaceOf(at, one) === name)),
  );
  expect(asked.length).toBeGreaterThan(RUNS / 10);
});

test('a chain of sixty services answers through all of them', async () => {
  const LONG = 60;
  const services = Array.from({ length: LONG }, (_, at) => ({
    version: `${1 + (at % 2)}.0.0`,
    resource: at % 4 === 0,
    imports: at + 1 < LONG ? [at + 1] : [],
  }));
  const composed = composeOurselves(await buildServices(services));
  expect(await answersOnNode(composed, services)).toEqual(expectedAnswers(services));
}, 120_000);

const [wasmTools, wasmtime] = [tool('wasm-tools'), tool('python-wasmtime')];

describe.skipIf(wasmTools.missing || wasmtime.missing)(
  `beside wasm-tools compose, on Node and on Wasmtime${wasmTools.reason}${wasmtime.reason}`,
  () => {
    /** Its way to say who provides what at any depth: a file for each interface, under each name that is asked for. */
    function composeWithWasmTools(
      services: readonly GeneratedService[],
      components: readonly Uint8Array[],
      output: string,
    ): void {
      for (const [at, bytes] of components.entries()) writeFileSync(join(folder, `s${at}.wasm`), bytes);
      // It makes an instance for each name that is asked for; here each service is asked for by one.
      const lines = services.map((service, at) => `  "${importOf(at, service)}": s${at}.wasm`);
      writeFileSync(join(folder, 'config.yml'), `dependencies:\n${lines.join('\n')}\n`);
      execFileSync(wasmToolsProgram(), ['compose', 's0.wasm', '-c', 'config.yml', '-o', output, '-q'], {
        cwd: folder,
        stdio: 'pipe',
      });
    }

    test(`${RUNS} graphs give the same answers, types and use of the pool`, async () => {
      const files: [path: string, interfaceName: string][] = [];
      for (const [at, services] of drawn.entries()) {
        const components = await buildServices(services);
        const [ours, theirs] = [join(folder, `ours-${at}.wasm`), join(folder, `theirs-${at}.wasm`)];
        writeFileSync(ours, composeOurselves(components));
        composeWithWasmTools(services, components, theirs);
        const [a, b] = [unwrap(inspect(readFileSync(ours))), unwrap(inspect(readFileSync(theirs)))];
        expect(a.wit).toBe(b.wit);
        expect([services, a.pool, a.instances.length]).toEqual([services, b.pool, b.instances.length]);
        files.push([ours, interfaceOf(0, services[0]!)], [theirs, interfaceOf(0, services[0]!)]);
      }
      const onWasmtime = askWasmtime(files);
      for (const [at, services] of drawn.entries()) {
        // The graph stands beside the answers, so that a failure shows it.
        const expected = [services, expectedAnswers(services)];
        expect([services, onWasmtime[2 * at]]).toEqual(expected);
        expect([services, onWasmtime[2 * at + 1]]).toEqual(expected);
        for (const [path] of files.slice(2 * at, 2 * at + 2))
          expect([services, await answersOnNode(readFileSync(path), services)]).toEqual(expected);
      }
    }, 900_000);
  },
);

/** Every composition's answers on Wasmtime 42; one process for all. */
function askWasmtime(files: readonly (readonly [path: string, interfaceName: string])[]): unknown[] {
  const harness = fileURLToPath(new URL('./answers.py', import.meta.url));
  const { stdout, stderr, status } = spawnSync('python3', [harness], {
    input: JSON.stringify({ calls: plain(CALLS), files }),
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  expect([status, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as unknown[];
}
