import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { unwrap } from '../../src/diagnostics/error.ts';
import { compose } from '../../src/link/compose.ts';
import { inspect } from '../../src/link/inspect/inspect.ts';
import { instantiate } from '../link/quickjs.ts';
import { tool } from '../tools.ts';
import { buildServices, interfaceOf, Model, representation, type GeneratedService } from './services.ts';

const RUNS = 30;
const DEPTH = 4;
const VERSIONS = ['0.0.3', '0.1.0', '1.0.0', '1.2.3', '2.0.0-rc.1'];

/** Levels of services; each imports some of the levels below, and everyone but the first is imported. */
const graphs: fc.Arbitrary<GeneratedService[]> = fc
  .array(
    fc.record({
      level: fc.integer({ min: 1, max: DEPTH - 1 }),
      version: fc.constantFrom(...VERSIONS),
      resource: fc.boolean(),
      wishes: fc.array(fc.nat({ max: 6 }), { maxLength: 3 }),
      importer: fc.nat(),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((drawn) => {
    const root = { level: 0, version: '1.0.0', resource: true, wishes: [0, 1, 2], importer: 0 };
    const sorted = [root, ...drawn.toSorted((a, b) => a.level - b.level)];
    const imports = sorted.map(
      ({ level, wishes }) => new Set(wishes.filter((one) => (sorted[one]?.level ?? 0) > level)),
    );
    for (const [at, { level, importer }] of sorted.entries()) {
      const above = sorted.flatMap((other, index) => (other.level < level ? [index] : []));
      if (above.length > 0) imports[above[importer % above.length]!]!.add(at);
    }
    return sorted.map(({ version, resource }, at) => ({
      version,
      resource,
      imports: [...imports[at]!].sort((a, b) => a - b),
    }));
  });

/** What the composed component answers to a series of calls: each leaves its mark in the counters. */
async function answers(component: Uint8Array, service: GeneratedService): Promise<unknown[]> {
  const api = (await instantiate(component))[interfaceOf(0, service)]!;
  const Cell = api['Cell'] as unknown as new (n: number) => { get(): number };
  return [
    api['num']!(1),
    api['num']!(4_000_000_000),
    api['pick']!({ tag: 'none' }),
    api['pick']!({ tag: 'num', val: 7 }),
    api['pick']!({ tag: 'at', val: { x: 4_294_967_295, y: -9_000_000_000_000_000_000n } }),
    api['text']!(''),
    api['text']!('träge Ware ✓ 🛒'),
    new Cell(5).get(),
    api['num']!(2),
  ];
}

function expected(services: readonly GeneratedService[]): unknown[] {
  const model = new Model(services);
  const before = [model.num(1), model.num(4_000_000_000)];
  const middle = [
    model.pick(0, 0, 0n),
    model.pick(1, 7, 0n),
    model.pick(2, 4_294_967_295, -9_000_000_000_000_000_000n),
    model.text(''),
    model.text('träge Ware ✓ 🛒'),
  ];
  // The first service has counted its own two calls.
  return [...before, ...middle, representation(0, 5) + 2, model.num(2)];
}

async function expectSameAnswers(
  services: readonly GeneratedService[],
  other: (components: readonly Uint8Array[]) => Uint8Array | undefined,
): Promise<void> {
  const components = await buildServices(services);
  const inputs = components.map((bytes, at) => ({ name: `s${at}`, bytes }));
  const ours = unwrap(compose([inputs[0]!, ...inputs.slice(1).toReversed()]));
  expect(ours.graph.imports).toEqual([]);
  expect(await answers(ours.bytes, services[0]!)).toEqual(expected(services));
  const theirs = other(components);
  if (!theirs) return;
  expect(await answers(theirs, services[0]!)).toEqual(expected(services));
  const [a, b] = [unwrap(inspect(ours.bytes)), unwrap(inspect(theirs))];
  expect(a.wit).toBe(b.wit);
  expect([a.pool, a.instances.length]).toEqual([b.pool, b.instances.length]);
}

test(`the graphs are up to ${DEPTH} deep, and some services have two importers`, () => {
  const depth = (services: readonly GeneratedService[], at = 0): number =>
    1 + Math.max(0, ...services[at]!.imports.map((one) => depth(services, one)));
  const drawn = fc.sample(graphs, { seed: 1, numRuns: RUNS });
  expect(Math.max(...drawn.map((services) => depth(services)))).toBe(DEPTH);
  const shared = drawn.filter((services) => {
    const imported = services.flatMap(({ imports }) => imports);
    return new Set(imported).size < imported.length;
  });
  expect(shared.length).toBeGreaterThan(RUNS / 3);
});

test('generated graphs answer as their arithmetic says', async () => {
  await fc.assert(
    fc.asyncProperty(graphs, (services) => expectSameAnswers(services, () => undefined)),
    { numRuns: 5 },
  );
}, 120_000);

test('a chain of sixty services answers through all of them', async () => {
  const LONG = 60;
  const services = Array.from({ length: LONG }, (_, at) => ({
    version: '1.0.0',
    resource: at % 4 === 0,
    imports: at + 1 < LONG ? [at + 1] : [],
  }));
  await expectSameAnswers(services, () => undefined);
}, 120_000);

const wasmTools = tool('wasm-tools');

describe.skipIf(wasmTools.missing)(`beside wasm-tools compose${wasmTools.reason}`, () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tenon-differential-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Its way to say who provides what at any depth: a file for each interface. */
  function composeWithWasmTools(
    services: readonly GeneratedService[],
    components: readonly Uint8Array[],
  ): Uint8Array {
    const lines = services.map((service, at) => {
      writeFileSync(join(folder, `s${at}.wasm`), components[at]!);
      return `  "${interfaceOf(at, service)}": s${at}.wasm`;
    });
    writeFileSync(join(folder, 'config.yml'), `dependencies:\n${lines.join('\n')}\n`);
    execFileSync('wasm-tools', ['compose', 's0.wasm', '-c', 'config.yml', '-o', 'out.wasm', '-q'], {
      cwd: folder,
      stdio: 'pipe',
    });
    return readFileSync(join(folder, 'out.wasm'));
  }

  test(`the same graphs to depth ${DEPTH} give the same answers, types and use of the pool`, async () => {
    await fc.assert(
      fc.asyncProperty(graphs, (services) =>
        expectSameAnswers(services, (components) => composeWithWasmTools(services, components)),
      ),
      { numRuns: RUNS },
    );
  }, 300_000);
});
