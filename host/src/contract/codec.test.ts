import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PrimitiveName, ValueType } from '../component/types.ts';
import { codecOf } from './codec.ts';
import { Mismatch } from './mismatch.ts';
import { camelCase } from './names.ts';
import { primitive, replaced, spotsIn, typeAndSample } from '../../test/type-arbitraries.ts';

const line: ValueType = {
  kind: 'record',
  fields: [
    { name: 'sku', type: primitive('string') },
    { name: 'quantity', type: primitive('u32') },
  ],
};
const order: ValueType = {
  kind: 'record',
  fields: [
    { name: 'id', type: primitive('u32') },
    { name: 'gift-note', type: { kind: 'option', value: primitive('string') } },
    { name: 'lines', type: { kind: 'list', element: line } },
  ],
};

function copy(type: ValueType, value: unknown): unknown {
  return codecOf(type).copy(value, 'v');
}

function problem(type: ValueType, value: unknown, path = 'v'): string {
  try {
    codecOf(type).copy(value, path);
  } catch (error) {
    if (error instanceof Mismatch) return error.message;
    throw error;
  }
  throw new Error('the value was accepted');
}

/** Every object in a value but class instances that are values (none here). */
function objectsIn(value: unknown, found: Set<object> = new Set()): Set<object> {
  if (typeof value !== 'object' || value === null || found.has(value)) return found;
  found.add(value);
  if (value instanceof Uint8Array) return found.add(value.buffer);
  for (const part of Object.values(value)) objectsIn(part, found);
  return found;
}

describe('any type', () => {
  test('a value that fits arrives equal and shares nothing', () => {
    fc.assert(
      fc.property(typeAndSample, ({ type, sample: { given, arrives } }) => {
        const copied = copy(type, given);
        expect(copied).toStrictEqual(arrives);
        const before = objectsIn(given);
        for (const object of objectsIn(copied)) expect(before.has(object)).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });

  test('a copy fits its type again and is a copy of itself', () => {
    fc.assert(
      fc.property(typeAndSample, ({ type, sample }) => {
        expect(copy(type, copy(type, sample.given))).toStrictEqual(sample.arrives);
      }),
      { numRuns: 200 },
    );
  });

  test('a value that is wrong in one place is refused with the path of that place', () => {
    const wrongAnywhere = fc.constantFrom<unknown>(
      Symbol('wrong'),
      () => 0,
      new Date(NaN),
      Number.NaN,
      'no such name',
    );
    fc.assert(
      fc.property(typeAndSample, fc.nat(), wrongAnywhere, ({ type, sample: { given } }, choice, wrong) => {
        const spots = spotsIn(type, given, 'v');
        const spot = spots[choice % spots.length];
        if (!spot || fits(spot.type, wrong)) return;
        const message = problem(type, replaced(given, spot.keys, wrong));
        expect(message.slice(0, message.indexOf(': expected'))).toMatch(pathAt(spot.path, spot.type, wrong));
      }),
      { numRuns: 1_500 },
    );
  });

  /** Whether one of the wrong values above happens to be right. */
  function fits(type: ValueType, value: unknown): boolean {
    if (type.kind === 'option') return value === null || value === undefined || fits(type.value, value);
    if (type.kind === 'flags') return value instanceof Date;
    if (type.kind === 'record')
      return (
        value instanceof Date &&
        type.fields.every((field) => fits(field.type, Reflect.get(value, camelCase(field.name))))
      );
    if (type.kind !== 'primitive') return false;
    if (typeof value === 'string') return type.name === 'string';
    return typeof value === 'number' && (type.name === 'f32' || type.name === 'f64');
  }

  /** An object in place of a record or variant is refused for what it lacks. */
  function pathAt(path: string, type: ValueType, wrong: unknown): RegExp {
    const literal = path.replace(/[.[\]]/g, '\\$&');
    if (!(wrong instanceof Date)) return new RegExp(`^${literal}$`);
    return new RegExp(`^${literal}${type.kind === 'record' ? '\\.' : type.kind === 'primitive' ? '$' : ''}`);
  }
});

test('the message names place, expectation and finding', () => {
  const value = {
    id: 1,
    lines: [
      { sku: 'a', quantity: 1 },
      { sku: 'b', quantity: 2 },
      { sku: 'c', quantity: -1 },
    ],
  };
  expect(problem(order, value, 'order')).toBe('order.lines[2].quantity: expected u32, found -1');
  expect(problem(order, { id: 1 }, 'order')).toBe('order.lines: expected a list, found undefined');
  expect(problem(order, null, 'order')).toBe('order: expected a record, found null');
  expect(problem(order, { id: 1, giftNote: 5, lines: [] }, 'order')).toBe(
    'order.giftNote: expected string, found 5',
  );
});

describe('integers', () => {
  const bounds: [PrimitiveName, number, number][] = [
    ['u8', 0, 255],
    ['s8', -128, 127],
    ['u16', 0, 65_535],
    ['s16', -32_768, 32_767],
    ['u32', 0, 4_294_967_295],
    ['s32', -2_147_483_648, 2_147_483_647],
  ];
  test.each(bounds)('%s holds its bounds and nothing beyond or between', (name, low, high) => {
    const type = primitive(name);
    expect([copy(type, low), copy(type, high)]).toEqual([low, high]);
    for (const value of [
      low - 1,
      high + 1,
      low + 0.5,
      Number.NaN,
      Infinity,
      2 ** 32 + 1,
      '1',
      1n,
      true,
      null,
    ]) {
      expect(problem(type, value)).toContain(`v: expected ${name}, found`);
    }
    expect(Object.is(copy(type, -0), 0)).toBe(true);
  });

  test('64-bit integers are numbers; a bigint is taken where a number can hold it', () => {
    expect(copy(primitive('u64'), 2 ** 53)).toBe(2 ** 53);
    expect(copy(primitive('u64'), 2n ** 63n)).toBe(2 ** 63);
    expect(copy(primitive('s64'), -(2n ** 63n))).toBe(-(2 ** 63));
    expect(Object.is(copy(primitive('s64'), -0), 0)).toBe(true);
    expect(problem(primitive('u64'), 2n ** 53n + 1n)).toBe(
      'v: expected a u64 that a JavaScript number can hold, found 9007199254740993n',
    );
    for (const value of [-1, 2 ** 64, 1.5, Number.NaN, -1n, 2n ** 64n]) {
      expect(problem(primitive('u64'), value)).toContain('v: expected u64');
    }
    for (const value of [2 ** 63, -(2 ** 63) - 2048, 2n ** 63n]) {
      expect(problem(primitive('s64'), value)).toContain('v: expected s64');
    }
  });
});

test('floats keep NaN, -0 and infinities; f32 is rounded', () => {
  expect(copy(primitive('f64'), Number.NaN)).toBeNaN();
  expect(Object.is(copy(primitive('f32'), -0), -0)).toBe(true);
  expect(copy(primitive('f32'), 1.1)).toBe(Math.fround(1.1));
  expect(copy(primitive('f32'), 1e300)).toBe(Infinity);
});

describe('text', () => {
  test('lone surrogates are refused, pairs are not', () => {
    expect(copy(primitive('string'), 'a\0b 😀')).toBe('a\0b 😀');
    expect(problem(primitive('string'), 'x\ud800')).toBe(
      'v: expected string without lone surrogates, found "x\\ud800"',
    );
    expect(problem(primitive('char'), '\udc00')).toContain('without lone surrogates');
  });

  test('a char is one scalar value', () => {
    expect(copy(primitive('char'), '😀')).toBe('😀');
    for (const value of ['', 'ab', '😀a', 'e\u0301', 5])
      expect(problem(primitive('char'), value)).toContain('v: expected char');
  });
});

describe('lists', () => {
  const bytes: ValueType = { kind: 'list', element: primitive('u8') };
  test('bytes come out as an Uint8Array of their own, whatever kind of it came in', () => {
    const buffer = Buffer.from([1, 2, 3]);
    const copied = copy(bytes, buffer.subarray(1));
    expect(Object.getPrototypeOf(copied)).toBe(Uint8Array.prototype);
    expect(copied).toEqual(new Uint8Array([2, 3]));
    buffer[1] = 9;
    expect(copied).toEqual(new Uint8Array([2, 3]));
    expect(problem(bytes, new Uint16Array([1]))).toBe(
      'v: expected bytes, a Uint8Array, found bytes or numbers of a typed array',
    );
    expect(problem(bytes, [1, 256])).toBe('v[1]: expected u8, found 256');
  });

  test('signed bytes come out as an Int8Array', () => {
    const type: ValueType = { kind: 'list', element: primitive('s8') };
    const given = new Int8Array([-128, 127]);
    const copied = copy(type, given);
    expect(copied).toStrictEqual(given);
    expect(copied).not.toBe(given);
    expect(copy(type, [-1, 0])).toStrictEqual(new Int8Array([-1, 0]));
    expect(problem(type, [0, 128])).toBe('v[1]: expected s8, found 128');
  });

  test('typed arrays do for lists of numbers', () => {
    expect(copy({ kind: 'list', element: primitive('u32') }, new Uint32Array([1, 2]))).toEqual([1, 2]);
    expect(copy({ kind: 'list', element: primitive('s64') }, new BigInt64Array([-1n]))).toEqual([-1]);
    expect(problem({ kind: 'list', element: primitive('u32') }, new DataView(new ArrayBuffer(1)))).toContain(
      'a list',
    );
  });

  test('a hole is a missing value', () => {
    const sparse = ['a', 'b', 'c', 'd', 'e'];
    delete sparse[3];
    expect(problem({ kind: 'list', element: primitive('string') }, sparse)).toBe(
      'v[3]: expected string, found undefined',
    );
    expect(copy({ kind: 'list', element: { kind: 'option', value: primitive('string') } }, sparse)).toEqual([
      'a',
      'b',
      'c',
      null,
      'e',
    ]);
  });

  test.each([0, 1, 2, 3, 4, 5, 40])('of %i items keep their order and name the wrong one', (length) => {
    const numbers = Array.from({ length }, (_, at) => at);
    const type: ValueType = { kind: 'list', element: primitive('u32') };
    expect(copy(type, numbers)).toEqual(numbers);
    for (let at = 0; at < length; at++) {
      expect(problem(type, numbers.with(at, -7))).toBe(`v[${at}]: expected u32, found -7`);
    }
  });
});

test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 12])(
  'records of %i members keep them and name the wrong one',
  (count) => {
    const names = Array.from({ length: count }, (_, at) => `m${at}`);
    const type: ValueType = {
      kind: 'record',
      fields: names.map((name) => ({ name, type: primitive('u32') })),
    };
    const value = Object.fromEntries(names.map((name, at) => [name, at]));
    expect(copy(type, value)).toEqual(value);
    expect(Object.keys(copy(type, value) as object)).toEqual(names);
    for (const name of names)
      expect(problem(type, { ...value, [name]: 'x' })).toBe(`v.${name}: expected u32, found "x"`);
  },
);

test('members may be called as members of every object are', () => {
  const type: ValueType = {
    kind: 'record',
    fields: ['constructor', 'to-string', 'has-own-property'].map((name) => ({ name, type: primitive('u8') })),
  };
  const copied = copy(type, { constructor: 1, toString: 2, hasOwnProperty: 3 }) as object;
  expect(Object.entries(copied)).toEqual([
    ['constructor', 1],
    ['toString', 2],
    ['hasOwnProperty', 3],
  ]);
  expect(problem(type, {})).toBe('v.constructor: expected u8, found a function');
});

test('members are read once, getters and proxies included', () => {
  let reads = 0;
  const value = {
    get id() {
      return reads++ === 0 ? 1 : 'changed';
    },
    lines: new Proxy([{ sku: 'a', quantity: 1 }], {}),
  };
  expect(copy(order, value)).toEqual({ id: 1, giftNote: null, lines: [{ sku: 'a', quantity: 1 }] });
  expect(reads).toBe(1);

  const seen: string[] = [];
  const watched = new Proxy(
    { sku: 'a', quantity: 1 },
    {
      get: (target, key) => {
        seen.push(String(key));
        return target[key as 'sku'];
      },
    },
  );
  copy(line, watched);
  expect(seen).toEqual(['sku', 'quantity']);
});

test('what a getter throws passes through unchanged', () => {
  const own = new Error('mine');
  const value = {
    get id(): number {
      throw own;
    },
  };
  expect(() => copy(order, value)).toThrow(own);
  expect(own.message).toBe('mine');
});

test('cycles end with the type', () => {
  const cyclic: Record<string, unknown> = { sku: 'a', quantity: 1 };
  cyclic['self'] = cyclic;
  expect(copy(line, cyclic)).toEqual({ sku: 'a', quantity: 1 });
  expect(problem({ kind: 'list', element: line }, [cyclic, (cyclic['sku'] = cyclic)])).toContain('v[0].sku');
});

describe('variants, enums, flags and options', () => {
  const shape: ValueType = {
    kind: 'variant',
    cases: [{ name: 'nothing' }, { name: 'circle', type: primitive('f64') }],
  };
  test('tags are those of the contract', () => {
    expect(copy(shape, { tag: 'nothing', val: 1 })).toStrictEqual({ tag: 'nothing' });
    expect(problem(shape, { tag: 'square' })).toBe('v.tag: expected "nothing" | "circle", found "square"');
    expect(problem(shape, 'nothing')).toContain('v: expected a variant');
    expect(problem(shape, { tag: 'circle' })).toBe('v.val: expected f64, found undefined');
    expect(problem(shape, { tag: 'constructor' })).toContain('v.tag');
    expect(problem({ kind: 'enum', names: ['dark-blue', 'red'] }, 'darkBlue')).toBe(
      'v: expected "dark-blue" | "red", found "darkBlue"',
    );
  });

  test('flags come out complete', () => {
    const flags: ValueType = { kind: 'flags', names: ['read', 'write-all'] };
    expect(copy(flags, { writeAll: true, more: true })).toEqual({ read: false, writeAll: true });
    expect(problem(flags, { read: 1 })).toBe('v.read: expected bool, found 1');
    expect(problem(flags, 3)).toContain('v: expected flags');
  });

  test('an option in an option is tagged', () => {
    const type: ValueType = { kind: 'option', value: { kind: 'option', value: primitive('u8') } };
    expect(copy(type, { tag: 'none' })).toStrictEqual({ tag: 'none' });
    expect(copy(type, { tag: 'some', val: undefined })).toStrictEqual({ tag: 'some', val: null });
    expect(problem(type, undefined)).toContain('v: expected an option in an option');
  });
});

test('maps are copied, keys and values', () => {
  const type: ValueType = { kind: 'map', key: primitive('string'), value: line };
  const value = new Map([['a', { sku: 's', quantity: 1 }]]);
  const copied = copy(type, value) as typeof value;
  expect(copied).toEqual(value);
  expect(copied.get('a')).not.toBe(value.get('a'));
  expect(problem(type, new Map([['a', 5]]))).toBe('v[a]: expected a record, found 5');
});

test('handles pass through; streams and futures have no codec', () => {
  const handle = { own: true };
  const resource = { kind: 'resource', label: 'a:b/c#r' } as const;
  expect(copy({ kind: 'own', resource }, handle)).toBe(handle);
  expect(problem({ kind: 'borrow', resource }, 5)).toBe('v: expected a handle of a:b/c#r, found 5');
  expect(() => codecOf({ kind: 'stream' })).toThrow('a stream cannot be copied');
});
