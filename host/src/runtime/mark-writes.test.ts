import { parse } from '@bytecodealliance/jco-transpile/wasm-tools';
import { assert, constantFrom, nat, oneof, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CARD_LOG2, createCardMarks, LONGEST_WRITE } from './cards.ts';
import { markWrites } from './mark-writes.ts';

const CARD = 2 ** CARD_LOG2;
const PAGES = 3;
const LIMIT = 1024 * 1024;

/** Every instruction that writes, each as a function of an address. Values are never 0, so that each write shows. */
const STORES: readonly (readonly [name: string, code: string])[] = [
  ['i32.store', '(i32.store (local.get 0) (i32.const -1))'],
  ['i32.store8', '(i32.store8 (local.get 0) (i32.const -1))'],
  ['i32.store16', '(i32.store16 (local.get 0) (i32.const -1))'],
  ['i64.store', '(i64.store (local.get 0) (i64.const -1))'],
  ['i64.store8', '(i64.store8 (local.get 0) (i64.const -1))'],
  ['i64.store16', '(i64.store16 (local.get 0) (i64.const -1))'],
  ['i64.store32', '(i64.store32 (local.get 0) (i64.const -1))'],
  ['f32.store', '(f32.store (local.get 0) (f32.const 1.1))'],
  ['f64.store', '(f64.store (local.get 0) (f64.const 1.1))'],
  ['an offset', '(i32.store offset=5000 (local.get 0) (i32.const -1))'],
  ['a large offset', '(i32.store offset=131072 (local.get 0) (i32.const -1))'],
  ['v128.store', '(v128.store (local.get 0) (i64x2.splat (i64.const -1)))'],
  ['v128.store32_lane', '(v128.store32_lane 1 (local.get 0) (i64x2.splat (i64.const -1)))'],
  ['memory.fill', '(memory.fill (local.get 0) (i32.const 7) (i32.const 9000))'],
  ['memory.fill of a card', '(memory.fill (local.get 0) (i32.const 7) (i32.const 4096))'],
  ['a short memory.fill', '(memory.fill (local.get 0) (i32.const 7) (i32.const 20))'],
  ['memory.fill of nothing', '(memory.fill (local.get 0) (i32.const 7) (i32.const 0))'],
  ['memory.copy', '(memory.copy (local.get 0) (i32.const 196600) (i32.const 8))'],
  ['memory.init', '(memory.init $d (local.get 0) (i32.const 0) (i32.const 5))'],
  ['a value that writes', '(i32.store (local.get 0) (call $writes (local.get 0)))'],
  [
    'several in blocks',
    '(block (loop (if (local.get 0) (then (i32.store8 (local.get 0) (i32.const 1)) (br 2))))) (i64.store offset=9000 (local.get 0) (i64.const -1))',
  ],
];

const MODULE = `(module (memory (export "memory") ${PAGES}) (data $d "hello")
  (global $sp (mut i32) (i32.const 65536))
  (data (i32.const 196600) "\\01\\02\\03\\04\\05\\06\\07\\08")
  (func $writes (param i32) (result i32) (i32.store offset=20000 (local.get 0) (i32.const 9)) (i32.const -1))
  ${STORES.map(([, code], at) => `(func (export "f${at}") (param i32) ${code})`).join('\n')})`;

interface Marked {
  readonly run: (name: string, ...args: number[]) => unknown;
  readonly bytes: Uint8Array;
  readonly marks: Uint8Array;
}

async function marked(wat: string, memoryName = 'memory'): Promise<Marked> {
  const rewritten = markWrites(await parse(wat), LIMIT);
  if (!rewritten) throw new Error('expected it to be rewritten');
  const cards = createCardMarks();
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(rewritten)));
  cards.exported(exports);
  const memory = exports[memoryName] as WebAssembly.Memory;
  return {
    run: (name, ...args) => (exports[name] as (...values: number[]) => unknown)(...args),
    bytes: new Uint8Array(memory.buffer),
    marks: cards.of(memory)!,
  };
}

/** The cards that differ from before in bytes that no mark covers. */
function uncovered({ bytes, marks }: Marked, before: Uint8Array): number[] {
  const cards = Array.from({ length: bytes.length / CARD }, (_, card) => card);
  return cards.filter((card) => {
    if (marks[card] === 1) return false;
    const start = card * CARD + (marks[card - 1] === 1 ? LONGEST_WRITE : 0);
    const end = (card + 1) * CARD;
    return Buffer.compare(bytes.subarray(start, end), before.subarray(start, end)) !== 0;
  });
}

describe('every write leaves the mark of its card', () => {
  test.each(STORES.map(([name], at) => [name, at] as const))('%s', async (_name, at) => {
    const original = new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(await parse(MODULE))));
    const plain = new Uint8Array((original.exports['memory'] as WebAssembly.Memory).buffer);
    const instance = await marked(MODULE);
    const initial = plain.slice();
    assert(
      property(oneof(nat(60_000), constantFrom(0, CARD - 1, CARD, 2 * CARD - 3)), (address) => {
        for (const one of [plain, instance.bytes]) one.set(initial);
        instance.marks.fill(0, 0, 48);
        (original.exports[`f${at}`] as (address: number) => void)(address);
        instance.run(`f${at}`, address);
        expect(Buffer.compare(instance.bytes, plain)).toBe(0);
        expect(uncovered(instance, initial)).toEqual([]);
        // Of 48 cards: a mark on all of them would be right, and useless.
        expect(instance.marks.subarray(0, 48).filter((mark) => mark === 1).length).toBeLessThan(6);
      }),
      { numRuns: 40 },
    );
  });

  test('into a frame, which is marked as a whole where that is less', async () => {
    const stores = (offsets: readonly number[]): string =>
      offsets.map((offset) => `local.get 0 i32.const -1 i32.store offset=${offset}`).join('\n');
    const body = (code: string): string => `(local i32)
      global.get 0 i32.const 4000 i32.sub local.tee 0 global.set 0 ${code} local.get 0 i32.const 4000 i32.add global.set 0`;
    const instance = await marked(`(module (memory (export "memory") 2) (global (mut i32) (i32.const 65536))
      (func (export "within") ${body(stores([0, 100, 2000, 3996]))})
      (func (export "beyond") ${body(stores([0, 100, 2000, 3998, 9000]))})
      (func (export "moved") ${body(`${stores([0, 100, 2000])} i32.const 20000 local.set 0 ${stores([4, 8, 12])} i32.const 61536 local.set 0`)})
      (func (export "other") ${body('local.get 0 i32.load i32.const 30000 i32.add i32.const -1 i32.store local.get 0 i32.const -1 i32.store local.get 0 i32.const -1 i32.store local.get 0 i32.const -1 i32.store')}))`);
    for (const name of ['within', 'beyond', 'moved', 'other']) {
      const before = instance.bytes.fill(0).slice();
      instance.marks.fill(0);
      instance.run(name);
      expect(instance.bytes.some((byte) => byte !== 0)).toBe(true);
      expect(uncovered(instance, before)).toEqual([]);
    }
  });

  test('of the memory that it writes to, where there are several', async () => {
    const wat = `(module (memory (export "a") 1) (memory (export "b") 1)
      (func (export "f") (i32.store 1 (i32.const 8192) (i32.const 1)) (memory.copy 0 1 (i32.const 20480) (i32.const 8192) (i32.const 4))))`;
    for (const [name, card] of [
      ['a', 5],
      ['b', 2],
    ] as const) {
      const { run, marks } = await marked(wat, name);
      run('f');
      expect([...marks.keys()].filter((at) => marks[at] === 1)).toEqual([card]);
    }
  });
});

test('a module that imports its memory marks the cards of whoever defined it', async () => {
  const owner = markWrites(await parse('(module (memory (export "memory") 1))'), LIMIT);
  const user = markWrites(
    await parse(
      '(module (import "env" "m" (memory 1)) (func (export "f") (i32.store (i32.const 12288) (i32.const 1))))',
    ),
    LIMIT,
  );
  const cards = createCardMarks();
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(owner!)));
  cards.exported(exports);
  const memory = exports['memory'] as WebAssembly.Memory;
  const module = new WebAssembly.Module(Uint8Array.from(user!));
  const imports = cards.imports(module, { env: { m: memory } });
  const instance = new WebAssembly.Instance(module, imports as WebAssembly.Imports);
  (instance.exports['f'] as () => void)();
  expect(cards.of(memory)!.indexOf(1)).toBe(3);
  expect(() => cards.imports(module, { env: { m: new WebAssembly.Memory({ initial: 1 }) } })).toThrow(
    'no module tells the marks',
  );
});

test('a store that traps does so as before, and a frame below 0 does not trap by its mark', async () => {
  const instance = await marked(`(module (memory (export "memory") 1) (global (mut i32) (i32.const 16))
    (func (export "far") (i32.store (i32.const 65536) (i32.const 1)))
    (func (export "below") (param i32) (local i32)
      global.get 0 i32.const 64 i32.sub local.tee 1 drop
      (if (local.get 0) (then
        (i32.store (local.get 1) (i32.const 1)) (i32.store (local.get 1) (i32.const 1)) (i32.store (local.get 1) (i32.const 1))))))`);
  expect(() => instance.run('far')).toThrow('out of bounds');
  expect(() => instance.run('below', 0)).not.toThrow();
  expect(() => instance.run('below', 1)).toThrow('out of bounds');
});

test.each([
  ['a 64-bit memory', '(module (memory i64 1))'],
  ['memories of its own beside imported ones', '(module (import "a" "m" (memory 1)) (memory 1))'],
  [
    'atomic instructions',
    '(module (memory 1) (func (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))))',
  ],
  [
    'types that are not plain functions',
    '(module (memory 1) (type (struct (field i32))) (func (i32.store (i32.const 0) (i32.const 1))))',
  ],
])('leaves %s alone', async (_what, wat) => {
  expect(markWrites(await parse(wat), LIMIT)).toBeUndefined();
});

test('a module without memory stays as it is', async () => {
  const module = await parse('(module (func (export "f")))');
  expect(markWrites(module, LIMIT)).toBe(module);
});
