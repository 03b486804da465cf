import { SourceMap as NodeSourceMap } from 'node:module';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readSourceMap } from './source-map.ts';
import { firstPlace, mapStack } from './stack.ts';

interface NodeEntry {
  readonly originalSource: string;
  readonly originalLine: number;
  readonly originalColumn: number;
}

interface Mapping {
  /** Line from 1, column from 0. */
  readonly generated: readonly [number, number];
  readonly original: readonly [number, number];
  readonly source: string;
}

/** Writes a source map; what our reader makes of it is held against Node's. */
function mapOf(mappings: readonly Mapping[]): string {
  const sources = [...new Set(mappings.map(({ source }) => source))];
  const lines: string[][] = [];
  let [source, line, originalColumn] = [0, 0, 0];
  let [generatedLine, column] = [0, 0];
  for (const one of mappings.toSorted(
    (a, b) => a.generated[0] - b.generated[0] || a.generated[1] - b.generated[1],
  )) {
    if (one.generated[0] !== generatedLine) column = 0;
    generatedLine = one.generated[0];
    const next = [sources.indexOf(one.source), one.original[0] - 1, one.original[1]] as const;
    const deltas = [one.generated[1] - column, next[0] - source, next[1] - line, next[2] - originalColumn];
    [column, source, line, originalColumn] = [one.generated[1], ...next];
    while (lines.length < generatedLine) lines.push([]);
    lines[generatedLine - 1]!.push(deltas.map(vlq).join(''));
  }
  return JSON.stringify({
    version: 3,
    sources,
    names: [],
    mappings: lines.map((one) => one.join(',')).join(';'),
  });
}

function vlq(value: number): string {
  let rest = value < 0 ? (-value << 1) | 1 : value << 1;
  let text = '';
  do {
    const digit = rest & 31;
    rest >>>= 5;
    text += 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'[rest > 0 ? digit | 32 : digit];
  } while (rest > 0);
  return text;
}

const MAP = readSourceMap(
  mapOf([
    { generated: [1, 0], original: [1, 0], source: 'guest/async/loop.ts' },
    { generated: [12, 4], original: [7, 10], source: '../components/shop/shop.ts' },
    { generated: [12, 20], original: [8, 2], source: '../components/shop/lines.ts' },
  ]),
);
const TRACE = '    at inner (/shop.js:12:6)\n    at <anonymous> (/shop.js:12:30)\n    at run (/shop.js:1:1)';

describe('mapStack', () => {
  test('replaces places in a bundle by places in sources', () => {
    expect(mapStack(TRACE, (service) => (service === 'shop' ? MAP : undefined))).toBe(
      '    at inner (../components/shop/shop.ts:7:11)\n' +
        '    at <anonymous> (../components/shop/lines.ts:8:3)\n' +
        '    at run (guest/async/loop.ts:1:1)',
    );
  });

  test('leaves services without a map, and other text, as they are', () => {
    const text = `see http://shop/shop.js:12:6 (/other.js:12:6)`;
    expect(mapStack(text, (service) => (service === 'shop' ? MAP : undefined))).toBe(text);
  });

  test('reads the name that QuickJS gives to a module without a file', () => {
    expect(mapStack('at f (componentize-qjs:user.js:12:6)', () => MAP)).toBe(
      'at f (../components/shop/shop.ts:7:11)',
    );
  });

  test('reads the frames of StarlingMonkey', () => {
    expect(mapStack('inner@shop.js:12:6\n@shop.js:12:30', () => MAP)).toBe(
      'inner@../components/shop/shop.ts:7:11\n@../components/shop/lines.ts:8:3',
    );
  });

  test('leaves a line that the map does not have', () => {
    expect(mapStack('(/shop.js:99:1)', () => MAP)).toBe('(/shop.js:99:1)');
  });
});

test('firstPlace skips what is not the service’s own', () => {
  const reversed = TRACE.split('\n').toReversed().join('\n');
  expect(
    firstPlace(
      reversed,
      () => MAP,
      (file) => !file.startsWith('guest/'),
    ),
  ).toEqual({
    file: '../components/shop/lines.ts',
    line: 8,
    column: 3,
  });
  expect(firstPlace('no place', () => MAP)).toBeUndefined();
});

describe('readSourceMap', () => {
  test('finds what Node finds, also between two segments', () => {
    const mapping = fc.record({
      generated: fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 2000 })),
      original: fc.tuple(fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 0, max: 5000 })),
      source: fc.constantFrom('a.ts', 'b.ts', '../c.ts'),
    });
    const mappings = fc.uniqueArray(mapping, {
      selector: ({ generated }) => generated.join(':'),
      minLength: 1,
    });
    fc.assert(
      fc.property(mappings, fc.array(fc.integer({ min: 0, max: 2000 })), (places, columns) => {
        const json = mapOf(places);
        const [ours, nodes] = [readSourceMap(json), new NodeSourceMap(JSON.parse(json) as never)];
        for (const { generated, original, source } of places) {
          expect(ours.original(generated[0], generated[1] + 1)).toEqual({
            file: source,
            line: original[0],
            column: original[1] + 1,
          });
          for (const column of columns.filter((one) => one > generated[1])) {
            const entry = nodes.findEntry(generated[0] - 1, column) as unknown as NodeEntry;
            expect(ours.original(generated[0], column + 1)).toEqual({
              file: entry.originalSource,
              line: entry.originalLine + 1,
              column: entry.originalColumn + 1,
            });
          }
        }
      }),
    );
  });

  test.each(['{', '{"version":2,"sources":[],"mappings":""}', '{"version":3,"sources":[],"mappings":"!"}'])(
    'refuses %s',
    (text) => {
      expect(() => readSourceMap(text)).toThrow(/JSON|source map|base64/);
    },
  );
});
