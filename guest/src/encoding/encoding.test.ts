import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TextDecoder as GuestDecoder } from './text-decoder.ts';
import { TextEncoder as GuestEncoder } from './text-encoder.ts';

const anyText = fc.string({
  unit: fc.oneof(fc.string({ unit: 'binary', maxLength: 1 }), fc.constantFrom('\ud800', '\udc00', '\ufeff')),
});
/** Bytes that are near to UTF-8: sequences, cut and damaged ones. */
const someBytes = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 3 }),
      fc.string({ unit: 'binary', maxLength: 3 }).map((text) => new TextEncoder().encode(text)),
      fc
        .string({ unit: 'binary', minLength: 1, maxLength: 1 })
        .map((text) => new TextEncoder().encode(text).slice(0, -1)),
      fc.constantFrom(
        [0xef, 0xbb, 0xbf],
        [0xf4, 0x90],
        [0xed, 0xa0, 0x80],
        [0xc0, 0x80],
        [0xe0, 0x9f],
        [0xf0, 0x8f],
      ),
    ),
    { maxLength: 40 },
  )
  .map((parts) => Uint8Array.from(parts.flatMap((part) => [...part])));
const options = fc.record({ fatal: fc.boolean(), ignoreBOM: fc.boolean() });

const attempt = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return (error as Error).name;
  }
};

describe('TextEncoder against Node', () => {
  test('encodes any text', () => {
    fc.assert(
      fc.property(anyText, fc.nat({ max: 60 }), (text, repeat) => {
        const long = text.repeat(repeat);
        expect(new GuestEncoder().encode(long)).toEqual(new TextEncoder().encode(long));
      }),
      { numRuns: 2_000 },
    );
  });

  test('encodes into what room there is', () => {
    fc.assert(
      fc.property(anyText, fc.nat({ max: 12 }), (text, size) => {
        const [ours, theirs] = [new Uint8Array(size), new Uint8Array(size)];
        expect(new GuestEncoder().encodeInto(text, ours)).toEqual(new TextEncoder().encodeInto(text, theirs));
        expect(ours).toEqual(theirs);
      }),
      { numRuns: 2_000 },
    );
  });

  test('converts what is no string', () => {
    expect(new GuestEncoder().encode(undefined)).toEqual(new Uint8Array());
    expect(new GuestEncoder().encode(12 as never)).toEqual(new TextEncoder().encode('12'));
  });
});

describe('TextDecoder against Node', () => {
  test('decodes any bytes', () => {
    fc.assert(
      fc.property(someBytes, options, (bytes, options) => {
        const ours = attempt(() => new GuestDecoder('utf-8', options).decode(bytes));
        expect(ours).toBe(attempt(() => new TextDecoder('utf-8', options).decode(bytes)));
      }),
      { numRuns: 5_000 },
    );
  });

  test('decodes in chunks, and again after a flush or a failure', () => {
    // Node 26 drops a byte order mark in mid-stream, which the standard keeps: see the next test.
    const withoutMark = someBytes.filter((bytes) => !bytes.includes(0xbb));
    const chunks = fc.array(fc.tuple(withoutMark, fc.boolean()), { maxLength: 5 });
    fc.assert(
      fc.property(chunks, options, (chunks, options) => {
        const run = (decoder: {
          decode(bytes: Uint8Array, options: { stream: boolean }): string;
        }): unknown[] => chunks.map(([bytes, stream]) => attempt(() => decoder.decode(bytes, { stream })));
        const theirs = run(new TextDecoder('utf-8', options));
        const failure = options.fatal ? theirs.indexOf('TypeError') + 1 || theirs.length : theirs.length;
        // What a fatal decoder does after a failure differs between engines.
        expect(run(new GuestDecoder('utf-8', options)).slice(0, failure)).toEqual(theirs.slice(0, failure));
      }),
      { numRuns: 5_000 },
    );
  });

  test.each([
    [
      [[0xef], [0xbb], [0xbf, 0x61]],
      ['', '', 'a', ''],
    ],
    [
      [[0xc2], [0xef, 0xbb, 0xbf]],
      ['', '\ufffd\ufeff', ''],
    ],
    [
      [[0x61], [0xef, 0xbb, 0xbf]],
      ['a', '\ufeff', ''],
    ],
  ])('drops a byte order mark at the beginning of a stream only: %j', (chunks, texts) => {
    const decoder = new GuestDecoder();
    const decoded = chunks.map((bytes) => decoder.decode(Uint8Array.from(bytes), { stream: true }));
    expect([...decoded, decoder.decode()]).toEqual(texts);
  });

  test.each(['utf8', ' UTF-8\n', 'unicode-1-1-utf-8', 'x-unicode20utf8'])('knows the label %j', (label) => {
    expect(new GuestDecoder(label).encoding).toBe(new TextDecoder(label).encoding);
  });

  test.each(['latin1', 'utf-16le', '', 'utf-8\u00a0'])(
    'refuses the label %j and says what it reads',
    (label) => {
      expect(() => new GuestDecoder(label)).toThrow(RangeError);
      expect(() => new GuestDecoder(label)).toThrow(/UTF-8 only/);
    },
  );

  test('takes views of any kind, in their bounds', () => {
    const buffer = new TextEncoder().encode('-héllo-').buffer;
    expect(new GuestDecoder().decode(new DataView(buffer, 1, 6))).toBe('héllo');
    expect(new GuestDecoder().decode(buffer)).toBe('-héllo-');
    expect(() => new GuestDecoder().decode('text' as never)).toThrow(TypeError);
  });
});
