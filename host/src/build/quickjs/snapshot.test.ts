import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { coreExports, coreMemories } from '../../binary/core-module.ts';
import { Writer } from '../../binary/writer.ts';
import {
  exportedNumbers,
  globalValues,
  initialMemory,
  mutableGlobals,
  observable,
  withGlobals,
  withIdle,
  withMemory,
  withMemoryLimit,
  withoutStart,
} from './snapshot.ts';

const PAGE = 65_536;
const I32 = 0x7f;
const I64 = 0x7e;

/** Two mutable globals and one that is not; `bump` adds one to the first, and it starts with a bump. */
function counter(): Uint8Array {
  const section = (out: Writer, id: number, contents: Writer): Writer => out.section(id, contents);
  const out = new Writer().byte(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);
  section(out, 1, new Writer().byte(1, 0x60, 0, 0));
  section(out, 3, new Writer().byte(1, 0));
  section(out, 5, new Writer().byte(1, 0x00, 1));
  section(out, 6, new Writer().byte(3, I32, 1, 0x41, 5, 0x0b, I64, 1, 0x42, 7, 0x0b, I32, 0, 0x41, 9, 0x0b));
  const exports = new Writer().u32(4);
  exports.text('bump').byte(0x00, 0).text('memory').byte(0x02, 0);
  exports.text('count').byte(0x03, 0).text('nine').byte(0x03, 2);
  section(out, 7, exports);
  section(out, 8, new Writer().byte(0));
  section(out, 10, new Writer().byte(1, 9, 0, 0x23, 0, 0x41, 1, 0x6a, 0x24, 0, 0x0b));
  section(out, 11, new Writer().byte(1, 0x00, 0x41, 3, 0x0b, 2, 0xaa, 0xbb));
  return out.finish();
}

function instance(module: Uint8Array): WebAssembly.Exports {
  return new WebAssembly.Instance(new WebAssembly.Module(module as BufferSource)).exports;
}

describe('globals', () => {
  test('are known by their place, their kind and what they begin with', () => {
    expect(mutableGlobals(counter())).toMatchObject([{ index: 0 }, { index: 1 }]);
    expect([...exportedNumbers(counter())]).toEqual([
      ['count', { index: 0, value: 5 }],
      ['nine', { index: 2, value: 9 }],
    ]);
  });

  test('of an instance can be seen, whether the module exports them or not', () => {
    const exports = instance(observable(counter()));
    (exports['bump'] as () => void)();
    expect([...globalValues(counter(), exports)]).toEqual([
      [0, 7],
      [1, 7n],
    ]);
  });

  test('begin with what they are given, of 32 and 64 bits', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
        fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
        (a, b) => {
          const values = new Map<number, number | bigint>([
            [0, a],
            [1, b],
          ]);
          const module = withoutStart(withGlobals(counter(), values));
          expect(globalValues(module, instance(observable(module)))).toEqual(values);
        },
      ),
    );
  });
});

describe('memory', () => {
  test('has what the data says, as far as it goes', () => {
    expect([...initialMemory(counter(), 6)]).toEqual([0, 0, 0, 0xaa, 0xbb, 0]);
    expect([...initialMemory(counter(), 4)]).toEqual([0, 0, 0, 0xaa]);
  });

  test('comes back byte for byte from a module that holds it', () => {
    const places = fc.array(
      fc.tuple(fc.nat({ max: 2 * PAGE - 40 }), fc.uint8Array({ minLength: 1, maxLength: 40 })),
    );
    fc.assert(
      fc.property(places, (runs) => {
        const memory = new Uint8Array(2 * PAGE);
        for (const [at, bytes] of runs) memory.set(bytes, at);
        const module = withMemory(counter(), memory);
        expect(coreMemories(module)).toMatchObject([{ minimum: 2 }]);
        expect(Buffer.compare(initialMemory(module, memory.length), memory)).toBe(0);
        const made = new Uint8Array((instance(module)['memory'] as WebAssembly.Memory).buffer);
        expect(Buffer.compare(made, memory)).toBe(0);
      }),
      { numRuns: 50 },
    );
  });
});

test('memory with a limit grows up to it', () => {
  const limited = withMemoryLimit(counter(), 3);
  expect(coreMemories(limited)).toMatchObject([{ minimum: 1, maximum: 3 }]);
  const memory = instance(limited)['memory'] as WebAssembly.Memory;
  memory.grow(2);
  expect(() => memory.grow(1)).toThrow(RangeError);
});

describe('code', () => {
  test('without its start does nothing by itself, and has no data', () => {
    const exports = instance(withoutStart(counter()));
    expect((exports['count'] as WebAssembly.Global).value).toBe(5);
    expect(new Uint8Array((exports['memory'] as WebAssembly.Memory).buffer).some((byte) => byte !== 0)).toBe(
      false,
    );
  });

  test('has a function that does nothing any more, and all its exports', () => {
    const idle = withIdle(counter(), 'bump');
    expect(coreExports(idle)).toEqual(coreExports(counter()));
    const exports = instance(idle);
    (exports['bump'] as () => void)();
    expect((exports['count'] as WebAssembly.Global).value).toBe(5);
    expect(() => withIdle(counter(), 'other')).toThrow('componentize-qjs is not built as expected');
  });
});
