import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../orders/app.ts';
import { tool } from '../tools.ts';
import { startEngines, type Engine } from './engines.ts';
import { program, textOf } from './grammar/program.ts';
import { oracle } from './oracle.ts';

/** `npm run soak` runs more, and other ones each time. */
const SOAK = Number(process.env['TENON_SOAK'] ?? 0);
const COUNT = SOAK > 0 ? 1000 * SOAK : 300;
const SEED = SOAK > 0 ? Date.now() % 2 ** 31 : 20_261_128;
const TIMEOUT = 300_000 + 1000 * COUNT;

const python = tool('python-wasmtime');

interface Answer {
  /** What a program says wherever JavaScript runs. */
  readonly all: readonly string[];
  /** What it says besides, in QuickJS. */
  readonly details: readonly unknown[];
}

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let engines: Engine[] = [];
beforeAll(async () => {
  folder = await temporaryFolder('programs');
  engines = await startEngines(folder.path, !python.missing);
}, 300_000);
afterAll(async () => {
  await Promise.all(engines.map((engine) => engine[Symbol.asyncDispose]()));
  await folder?.[Symbol.asyncDispose]();
});

/** What all engines say of a program, the same of each; undefined where its event traps. */
async function agreed(text: string): Promise<Answer | undefined> {
  const said = await Promise.all(engines.map(async (one) => [one.name, await one.run(text)] as const));
  const first = said[0]?.[1];
  expect(said).toEqual(engines.map(({ name }) => [name, first]));
  return first === undefined ? undefined : (JSON.parse(first) as Answer);
}

test(
  `${COUNT} made-up programs say the same, flattened or as built, and the same as in Node itself${python.reason}`,
  async () => {
    const seen = { distinct: new Set<string>(), refused: 0, thrown: 0, traps: 0 };
    const property = fc.asyncProperty(program, async (made) => {
      const text = textOf(made);
      const wanted = oracle(text);
      const answer = await agreed(text);
      const all = wanted === undefined ? undefined : (JSON.parse(wanted) as Answer).all;
      expect(answer?.all).toEqual(all);
      if (all === undefined) seen.traps++;
      const log = all?.join() ?? '';
      seen.distinct.add(log);
      if (log.includes('RangeError {')) seen.refused++;
      if (/TypeError|SyntaxError|ReferenceError/.test(log)) seen.thrown++;
    });
    await fc.assert(property, { numRuns: COUNT, seed: SEED });
    // Neither all alike nor all broken off at once: some are refused by the desk, some fail, some trap.
    expect(seen.distinct.size).toBeGreaterThan(COUNT * 0.8);
    expect(seen.refused).toBeGreaterThan(COUNT / 20);
    expect(seen.thrown).toBeGreaterThan(COUNT / 20);
    expect(seen.thrown).toBeLessThan(COUNT / 2);
    expect(seen.traps).toBeGreaterThan(0);
    // On Node some start in an instance that was reset, and some in a new one, the last having grown or trapped.
    for (const name of ['flattened on Node', 'as built on Node']) {
      const { resets, grown, traps, unprovable } = engines.find((one) => one.name === name)!.stats!();
      expect(Math.min(resets, grown)).toBeGreaterThan(COUNT / 20);
      expect([traps, unprovable]).toEqual([seen.traps, 0]);
    }
  },
  TIMEOUT,
);

describe('what a program leaves behind is gone for the next', () => {
  const inspection = `
    const of = (place) => [place, place.prototype ?? {}].flatMap((one) => Reflect.ownKeys(one).map((key) => {
      const { value, get } = Reflect.getOwnPropertyDescriptor(one, key);
      return String(key) + typeof value + typeof get + Object.isFrozen(one) + (typeof value === 'number' ? value : '');
    }));
    const found = [globalThis, Object, Array, Map, String, Number, RegExp, Math, JSON, Date, BigInt, Symbol].map(of);
    return JSON.stringify({ all: [String(desk.kept().length), String([1, 2].map((x) => x + 1))], details: found });`;

  test.each([
    ['globals', 'globalThis.left = 1; left2 = 2; Object.defineProperty(globalThis, "fixed", { value: 3 });'],
    ['changed builtins', 'Array.prototype.map = () => "wrecked"; delete Math.imul; Math.left = 1;'],
    ['frozen builtins', 'Object.freeze(Map.prototype); Object.freeze(Math); Object.seal(JSON);'],
    ['what the other component keeps', 'desk.keep("one"); desk.keep("two");'],
    ['grown memory', 'globalThis.left = Array.from({ length: 64 }, () => new Uint8Array(1 << 17).fill(7));'],
    ['grown tables', 'for (let n = 0; n < 500; n++) { globalThis["left" + n] = Symbol.for("left" + n); }'],
    ['a generator half-way', 'globalThis.left = (function* () { yield 1; yield 2; })(); left.next();'],
    ['a trap', 'globalThis.left = 1; desk.keep("one"); desk.collapse();'],
  ])('%s', async (_, dirt) => {
    const before = await agreed(inspection);
    expect(before?.all).toEqual(['0', '2,3']);
    const dirty = await agreed(`${dirt} ${inspection}`);
    expect(dirty === undefined).toBe(dirt.includes('collapse'));
    expect(dirty).not.toEqual(before);
    expect(await agreed(inspection)).toEqual(before);
  });
});
