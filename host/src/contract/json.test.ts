import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ValueType } from '../component/types.ts';
import { jsonOf } from './json.ts';
import { Mismatch } from './mismatch.ts';
import { primitive, replaced, spotsIn, typeAndSample } from '../../test/type-arbitraries.ts';

function written(type: ValueType, value: unknown): string {
  return JSON.stringify(jsonOf(type).toJson(value, 'v'));
}

function read(type: ValueType, json: string): unknown {
  return jsonOf(type).fromJson(JSON.parse(json), 'v');
}

function problem(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof Mismatch) return error.message;
    throw error;
  }
  throw new Error('the value was accepted');
}

/** A value with every -0 as 0: JSON has one zero. */
function oneZero(value: unknown): unknown {
  if (value === 0) return 0;
  if (ArrayBuffer.isView(value) || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(oneZero);
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, oneZero(part)]));
}

test('any value of any type comes back from JSON text as it was', () => {
  fc.assert(
    fc.property(typeAndSample, ({ type, sample: { given, arrives } }) => {
      expect(read(type, written(type, given))).toStrictEqual(oneZero(arrives));
    }),
    { numRuns: 1_000 },
  );
});

test('a value that is wrong in one place is not written, and the place is named', () => {
  fc.assert(
    fc.property(typeAndSample, fc.nat(), ({ type, sample: { given } }, choice) => {
      const spots = spotsIn(type, given, 'v');
      const spot = spots[choice % spots.length];
      if (!spot) return;
      const message = problem(() => jsonOf(type).toJson(replaced(given, spot.keys, Symbol('wrong')), 'v'));
      expect(message).toContain(`${spot.path}: expected`);
    }),
    { numRuns: 500 },
  );
});

const order: ValueType = {
  kind: 'record',
  fields: [
    { name: 'id', type: primitive('u32') },
    { name: 'details', type: primitive('string') },
    { name: 'status', type: { kind: 'enum', names: ['created', 'fulfilled', 'rejected'] } },
  ],
};

describe('an order', () => {
  test('has exactly its members', () => {
    const text = '{"id":123456,"details":"your order","status":"created"}';
    expect(written(order, { ...(JSON.parse(text) as object), more: 1 })).toBe(text);
    expect(read(order, '{"status":"created","details":"x","id":1,"_tenon":{"id":"y"}}')).toStrictEqual({
      id: 1,
      details: 'x',
      status: 'created',
    });
  });

  test.each([
    ['{"id":"1","details":"","status":"created"}', 'v.id: expected u32, found "1"'],
    ['{"id":1,"status":"created"}', 'v.details: expected string, found undefined'],
    [
      '{"id":1,"details":"","status":"lost"}',
      'v.status: expected "created" | "fulfilled" | "rejected", found "lost"',
    ],
    ['[]', 'v.id: expected u32, found undefined'],
    ['null', 'v: expected a record, found null'],
  ])('%s is refused', (json, message) => {
    expect(problem(() => read(order, json))).toBe(message);
  });
});

describe('64-bit integers', () => {
  test('are numbers up to 2^53 - 1 and strings beyond', () => {
    expect(written(primitive('u64'), 2 ** 53 - 1)).toBe('9007199254740991');
    expect(written(primitive('u64'), 2 ** 53)).toBe('"9007199254740992"');
    expect(written(primitive('s64'), -(2n ** 63n))).toBe('"-9223372036854775808"');
    expect(read(primitive('u64'), '"9007199254740992"')).toBe(2 ** 53);
    expect(read(primitive('s64'), '"-1"')).toBe(-1);
  });

  test('come back exactly as bigints where the host asks for them', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
        const { toJson, fromJson } = jsonOf(primitive('s64'), { integers: 'bigint' });
        expect(fromJson(JSON.parse(JSON.stringify(toJson(value, 'v'))), 'v')).toBe(value);
      }),
    );
  });

  test('are refused where they are not exact or not in range', () => {
    for (const json of [
      '9007199254740993',
      '"9007199254740993"',
      '"18446744073709551616"',
      '-1',
      '1.5',
      '"1.0"',
      '"+1"',
      '"01"',
      '" 1"',
      '""',
      'null',
    ]) {
      expect(problem(() => read(primitive('u64'), json))).toMatch(/^v: expected a? ?u64/);
    }
  });
});

test('floats that JSON lacks are strings', () => {
  expect([Number.NaN, Infinity, -Infinity, -0, 1.5].map((value) => written(primitive('f64'), value))).toEqual(
    ['"NaN"', '"Infinity"', '"-Infinity"', '0', '1.5'],
  );
  expect(problem(() => read(primitive('f64'), '"1.5"'))).toBe('v: expected f64, found "1.5"');
  expect(problem(() => read(primitive('f64'), '"toString"'))).toContain('v: expected f64');
});

test('bytes are base64', () => {
  const bytes: ValueType = { kind: 'list', element: primitive('u8') };
  expect(written(bytes, new Uint8Array([0, 255, 254]))).toBe('"AP/+"');
  expect(written(bytes, [1])).toBe('"AQ=="');
  expect(read(bytes, '"AQ=="')).toEqual(new Uint8Array([1]));
  for (const json of ['"AQ"', '"A==="', '"AP_-"', '"AQ==AQ=="', '[1]', '" AQ="']) {
    expect(problem(() => read(bytes, json))).toContain('v: expected base64');
  }
  const large = new Uint8Array(100_000).map((_, at) => at);
  expect(read(bytes, written(bytes, large))).toEqual(large);
  const two: ValueType = { kind: 'fixed-list', element: primitive('u8'), length: 2 };
  expect(written(two, [1, 2])).toBe('"AQI="');
  expect(problem(() => read(two, '"AQ=="'))).toContain('a list of 2');
});

test('none is null, or not there', () => {
  const type: ValueType = {
    kind: 'record',
    fields: [{ name: 'gift-note', type: { kind: 'option', value: primitive('string') } }],
  };
  expect(written(type, {})).toBe('{"giftNote":null}');
  expect(read(type, '{}')).toStrictEqual({ giftNote: null });
});

test('maps are arrays of pairs', () => {
  const type: ValueType = { kind: 'map', key: primitive('u64'), value: primitive('string') };
  const value = new Map([
    [1, 'a'],
    [2 ** 60, 'b'],
  ]);
  expect(written(type, value)).toBe('[[1,"a"],["1152921504606846976","b"]]');
  expect(read(type, written(type, value))).toEqual(value);
  expect(problem(() => read(type, '[[1,"a"],[2,3]]'))).toBe('v[1][1]: expected string, found 3');
});

test('handles cannot be written down', () => {
  const resource = { kind: 'resource', label: 'a:b/c#r' } as const;
  expect(() => jsonOf({ kind: 'own', resource })).toThrow('a handle of a:b/c#r cannot be written down');
});
