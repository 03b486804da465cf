import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Headers as GuestHeaders } from './headers.ts';

const name = fc.oneof(
  fc.constantFrom('a', 'A', 'b-c', 'set-cookie', 'Set-Cookie', 'content-type', 'x', ''),
  fc.string({ maxLength: 3 }),
  fc.string({ unit: 'binary', maxLength: 2 }),
);
const value = fc.oneof(
  fc.constantFrom('1', ' 2\t', 'x, y', '', '\n', 'a\nb', '\0', 'ÿ', 'Ā', '\r\nx'),
  fc.string({ unit: 'binary', maxLength: 4 }),
);
const change = fc.oneof(
  fc.tuple(fc.constantFrom('append', 'set'), name, value),
  fc.tuple(fc.constantFrom('get', 'has', 'delete'), name),
  fc.tuple(fc.constant('getSetCookie')),
);

const attempt = (work: () => unknown): unknown => {
  try {
    return work() ?? null;
  } catch (error) {
    return (error as Error).name;
  }
};

describe('Headers against Node', () => {
  test('any sequence of changes', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 10 }), (changes) => {
        const ours = new GuestHeaders();
        const theirs = new Headers();
        for (const [method, ...args] of changes) {
          const call = (headers: object): unknown =>
            attempt(() => (headers as Record<string, (...args: unknown[]) => unknown>)[method]!(...args));
          expect(call(ours)).toEqual(call(theirs));
          expect([...ours]).toEqual([...theirs]);
        }
        expect([[...ours.keys()], [...ours.values()]]).toEqual([[...theirs.keys()], [...theirs.values()]]);
      }),
      { numRuns: 5_000 },
    );
  });

  test('takes pairs, records and headers', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(name, value), { maxLength: 5 }),
        fc.dictionary(name, value),
        (pairs, record) => {
          expect(attempt(() => [...new GuestHeaders(pairs)])).toEqual(attempt(() => [...new Headers(pairs)]));
          expect(attempt(() => [...new GuestHeaders(record)])).toEqual(
            attempt(() => [...new Headers(record)]),
          );
          expect(attempt(() => [...new GuestHeaders(new GuestHeaders(pairs))])).toEqual(
            attempt(() => [...new Headers(pairs)]),
          );
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test.each([[null], [1], ['text'], [[['a']]], [[['a', 'b', 'c']]], [[1]], [{ [Symbol('s')]: 'x' }]])(
    'treats %o as Node does',
    (init) => {
      expect(attempt(() => [...new GuestHeaders(init as never)])).toEqual(
        attempt(() => [...new Headers(init as never)]),
      );
    },
  );

  test('sees while iterating what is added', () => {
    const seen = (headers: GuestHeaders | Headers): string[] => {
      const names: string[] = [];
      for (const [name] of headers) {
        names.push(name);
        if (names.length < 4) headers.append(`x${names.length}`, '1');
      }
      return names;
    };
    expect(seen(new GuestHeaders({ a: '1' }))).toEqual(seen(new Headers({ a: '1' })));
  });
});
