import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { structuredClone as guestClone } from './structured-clone.ts';

const attempt = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return (error as Error).name;
  }
};

describe('structuredClone against Node', () => {
  test('any data', () => {
    const anything = fc.anything({
      withBigInt: true,
      withBoxedValues: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withSparseArray: true,
      withNullPrototype: true,
    });
    fc.assert(
      fc.property(anything, (value) => {
        const ours = attempt(() => guestClone(value));
        expect(ours).toStrictEqual(attempt(() => structuredClone(value)));
      }),
      { numRuns: 3_000 },
    );
  });

  test('cycles and shared parts', () => {
    const shared = { x: 1 };
    const value: Record<string, unknown> = { a: shared, b: [shared], map: new Map([[shared, shared]]) };
    value['self'] = value;
    const copy = guestClone(value) as { a: object; b: object[]; map: Map<object, object>; self: unknown };
    expect(copy.self).toBe(copy);
    expect(copy.b[0]).toBe(copy.a);
    expect(copy.map.get(copy.a)).toBe(copy.a);
    expect(copy.a).not.toBe(shared);
  });

  test('views share their buffer', () => {
    const buffer = Uint8Array.of(1, 2, 3, 4).buffer;
    const copy = guestClone({ bytes: new Uint8Array(buffer, 1, 2), view: new DataView(buffer, 2) });
    copy.bytes[1] = 99;
    expect(copy.view.getUint8(0)).toBe(99);
    expect(new Uint8Array(buffer)[2]).toBe(3);
  });

  class Own {
    x = 1;
    get y(): number {
      return 2;
    }
  }
  test.each([
    ['an instance of a class', new Own()],
    [
      'a getter',
      {
        get a() {
          return 1;
        },
      },
    ],
    ['an array with extra properties', Object.assign([1], { 2: 3, extra: 'e' })],
    ['a regular expression', /a(b)/giu],
    ['an invalid date', new Date(Number.NaN)],
    ['a null prototype', Object.assign(Object.create(null) as object, { a: 1 })],
    ['a __proto__ key', JSON.parse('{"__proto__":{"x":1}}')],
    ['boxed values', [Object(1n), Object('s'), Object(true), Object(-0)]],
  ])('%s', (_, value) => {
    const [ours, theirs] = [guestClone(value), structuredClone(value)];
    expect(ours).toStrictEqual(theirs);
    expect(Object.getOwnPropertyDescriptors(ours)).toEqual(Object.getOwnPropertyDescriptors(theirs));
  });

  test.each([
    new Error('e'),
    new TypeError('t', { cause: { deep: new RangeError('r') } }),
    Object.assign(new Error('named'), { name: 'Custom', extra: 1 }),
    new AggregateError([1], 'aggregate'),
  ])('the error %s', (error) => {
    const [ours, theirs] = [guestClone(error), structuredClone(error)];
    const shape = (e: Error): unknown => [
      e.name,
      e.message,
      e.constructor.name,
      e.cause,
      e.stack,
      Object.keys(e),
    ];
    expect(shape(ours)).toEqual(shape(theirs));
  });

  test.each([
    ['a function', () => {}],
    ['a symbol', Symbol('s')],
    ['a promise', Promise.resolve()],
    ['a weak map', new WeakMap()],
    ['a function inside', { deep: [new Map([[1, () => {}]])] }],
  ])('refuses %s', (_, value) => {
    expect(() => guestClone(value)).toThrow(expect.objectContaining({ name: 'DataCloneError' }));
    expect(() => structuredClone(value)).toThrow(expect.objectContaining({ name: 'DataCloneError' }));
  });

  test('detaches what is transferred, and nothing when it refuses', () => {
    const buffer = new ArrayBuffer(4);
    expect(() => guestClone(() => {}, { transfer: [buffer] })).toThrow(/cloned/);
    expect(buffer.detached).toBe(false);
    new Uint8Array(buffer)[0] = 7;
    const copy = guestClone({ bytes: new Uint8Array(buffer) }, { transfer: [buffer] });
    expect([buffer.detached, copy.bytes[0]]).toEqual([true, 7]);
    expect(() => guestClone(1, { transfer: [buffer] })).toThrow(
      expect.objectContaining({ name: 'DataCloneError' }),
    );
  });
});
