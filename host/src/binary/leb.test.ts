import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Malformed } from './malformed.ts';
import { Reader } from './reader.ts';
import { lebLength, Writer } from './writer.ts';

const u32 = fc.oneof(fc.integer({ min: 0, max: 0xffff_ffff }), fc.nat({ max: 300 }));

describe('numbers', () => {
  test('what is written as u32 is read back, and as long as announced', () => {
    fc.assert(
      fc.property(u32, (value) => {
        const bytes = new Writer().u32(value).finish();
        expect(bytes.length).toBe(lebLength(value));
        const reader = new Reader(bytes);
        expect(reader.u32()).toBe(value);
        expect(reader.done).toBe(true);
      }),
    );
  });

  test('a type index is read back as signed', () => {
    fc.assert(
      fc.property(u32, (value) => {
        expect(new Reader(new Writer().typeIndex(value).finish()).s33()).toBe(value);
      }),
    );
  });

  test.each([
    [[0x7f], -1],
    [[0x40], -64],
    [[0xff, 0x7e], -129],
    [[0x80, 0x80, 0x80, 0x80, 0x70], -(2 ** 32)],
  ])('%j is %d as s33', (bytes, value) => expect(new Reader(Uint8Array.from(bytes)).s33()).toBe(value));

  test.each([
    [[0x80], 'the bytes end in the middle of something', 1],
    [[0xff, 0xff, 0xff, 0xff, 0x1f], 'a number does not fit in 32 bits', 0],
    [[0x80, 0x80, 0x80, 0x80, 0x80, 0x00], 'a number does not fit in 32 bits', 0],
  ])('%j is no u32', (bytes, message, offset) => {
    expect(() => new Reader(Uint8Array.from(bytes)).u32()).toThrow(
      expect.objectContaining({ constructor: Malformed, message, offset }),
    );
  });
});

describe('reading', () => {
  test('offsets count from the start of the file, in parts too', () => {
    const reader = new Reader(Uint8Array.from([1, 2, 3, 4, 5]), 1);
    const part = reader.part(2);
    expect([part.byte(), part.offset, reader.offset]).toEqual([2, 2, 3]);
    expect(() => part.bytes(2)).toThrow(
      expect.objectContaining({ offset: 2, expected: '2 more', found: '1' }),
    );
  });

  test('a name must be UTF-8', () => {
    expect(new Reader(new Writer().text('straße').finish()).text()).toBe('straße');
    expect(() => new Reader(Uint8Array.from([2, 0xc3, 0x28])).text()).toThrow('a name is not UTF-8');
  });
});

describe('writing', () => {
  test('gives the bytes in order, whatever their size', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 12 }), (parts) => {
        const writer = new Writer();
        for (const part of parts) writer.bytes(part).append(new Writer().byte(7));
        const expected = parts.flatMap((part) => [...part, 7]);
        expect(writer.length).toBe(expected.length);
        expect([...writer.finish()]).toEqual(expected);
      }),
    );
  });
});
