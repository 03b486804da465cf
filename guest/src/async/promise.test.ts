/* oxlint-disable unicorn/no-thenable, promise/valid-params -- promises are the subject */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { drive } from './loop.ts';
import { fromAsync } from './array-from-async.ts';
import { Promise as GuestPromise } from './promise.ts';

/** A step of a generated program; numbers pick one of the promises made so far. */
type Step =
  | { kind: 'resolve' | 'reject'; value: number }
  | { kind: 'adopt' | 'thenable' | 'badThenable'; of: number }
  | { kind: 'then'; of: number; does: 'value' | 'promise' | 'throw' | 'nothing'; with: number }
  | { kind: 'catch' | 'finally'; of: number; does: 'value' | 'promise' | 'throw'; with: number }
  | { kind: 'all' | 'allSettled' | 'any' | 'race'; of: number[] }
  | { kind: 'later'; of: number };

const pick = fc.nat({ max: 20 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constantFrom('resolve', 'reject'), value: fc.nat({ max: 9 }) }),
  fc.record({ kind: fc.constantFrom('adopt', 'thenable', 'badThenable'), of: pick }),
  fc.record({
    kind: fc.constant('then'),
    of: pick,
    does: fc.constantFrom('value', 'promise', 'throw', 'nothing'),
    with: pick,
  }),
  fc.record({
    kind: fc.constantFrom('catch', 'finally'),
    of: pick,
    does: fc.constantFrom('value', 'promise', 'throw'),
    with: pick,
  }),
  fc.record({
    kind: fc.constantFrom('all', 'allSettled', 'any', 'race'),
    of: fc.array(pick, { maxLength: 4 }),
  }),
  fc.record({ kind: fc.constant('later'), of: pick }),
) as fc.Arbitrary<Step>;

/** Runs a program on a kind of promise and returns the log that fills while jobs run. */
function start(P: PromiseConstructor, steps: readonly Step[]): string[] {
  const log: string[] = [];
  const made: Promise<unknown>[] = [P.resolve('start')];
  const late: (() => void)[] = [];
  const at = (index: number): Promise<unknown> => made[index % made.length]!;
  const act = (name: string, step: { does: string; with: number }): unknown => {
    log.push(name);
    if (step.does === 'throw') throw name;
    return step.does === 'promise' ? at(step.with) : name;
  };
  for (const [i, s] of steps.entries()) {
    switch (s.kind) {
      case 'resolve':
      case 'reject':
        made.push(P[s.kind](s.value));
        break;
      case 'adopt':
        made.push(new P((resolve) => resolve(at(s.of))));
        break;
      case 'thenable':
        made.push(
          P.resolve({
            then(resolve: (value: unknown) => void) {
              log.push(`${i} then called`);
              resolve(at(s.of));
            },
          } as PromiseLike<unknown>),
        );
        break;
      case 'badThenable':
        made.push(
          P.resolve({
            then(resolve: (value: unknown) => void, reject: (reason: unknown) => void) {
              if (s.of % 2 === 0) resolve(i);
              else reject(i);
              throw new Error('ignored');
            },
          } as unknown as PromiseLike<unknown>),
        );
        break;
      case 'then':
        if (s.does === 'nothing') made.push(at(s.of).then());
        else {
          made.push(
            at(s.of).then(
              (value) => act(`${i} fulfilled ${String(value)}`, s),
              (reason) => act(`${i} rejected ${String(reason)}`, s),
            ),
          );
        }
        break;
      case 'catch':
        made.push(at(s.of).catch((reason: unknown) => act(`${i} caught ${String(reason)}`, s)));
        break;
      case 'finally':
        made.push(at(s.of).finally(() => act(`${i} finally`, s)));
        break;
      case 'later':
        made.push(
          new P((resolve) => {
            late.push(() => resolve(at(s.of)));
          }),
        );
        break;
      case 'all':
        made.push(P.all(s.of.map(at)));
        break;
      case 'allSettled':
        made.push(P.allSettled(s.of.map(at)));
        break;
      case 'any':
        made.push(P.any(s.of.map(at)));
        break;
      default:
        made.push(P.race(s.of.map(at)));
    }
  }
  for (const [i, promise] of made.entries()) {
    promise.then(
      (value) => log.push(`${i} = ${JSON.stringify(value)}`),
      (reason: unknown) =>
        log.push(`${i} ! ${String(reason)} ${JSON.stringify((reason as AggregateError)?.errors)}`),
    );
  }
  for (const act of late) act();
  return log;
}

const quiet = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('Promise against Node', () => {
  test('runs the jobs of any program in the same order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
        const theirs = start(Promise, steps);
        await quiet();
        const ours = start(GuestPromise, steps);
        drive(undefined);
        expect(ours).toEqual(theirs);
      }),
      { numRuns: 3_000 },
    );
  });

  test('may be subclassed', () => {
    class Own<T> extends GuestPromise<T> {}
    const made = Own.resolve(1).then((value) => value + 1);
    expect(made).toBeInstanceOf(Own);
    expect(drive(made)).toBe(2);
    expect(Own.all([1])).toBeInstanceOf(Own);
    drive(undefined);
  });

  test('has withResolvers and try', () => {
    const { promise, resolve } = GuestPromise.withResolvers<string>();
    resolve('x');
    expect(drive(promise)).toBe('x');
    expect(
      drive(
        GuestPromise.try(() => {
          throw new Error('no');
        }).catch((error: Error) => error.message),
      ),
    ).toBe('no');
  });

  test.each([
    ['a call without new', () => (GuestPromise as unknown as () => void)()],
    ['no executor', () => new (GuestPromise as unknown as new () => void)()],
    ['then on something else', () => Reflect.apply(GuestPromise.prototype.then, {}, [])],
    ['a static method without a constructor', () => Reflect.apply(GuestPromise.resolve, undefined, [])],
  ])('refuses %s with a TypeError', (_, act) => {
    expect(act).toThrow(TypeError);
  });

  test('rejects itself as its own resolution', () => {
    const { promise, resolve } = GuestPromise.withResolvers<unknown>();
    resolve(promise);
    expect(() => drive(promise)).toThrow(/cycle/);
  });

  test('shows nothing of its inside', () => {
    const promise = GuestPromise.resolve(1);
    expect(JSON.stringify(promise)).toBe('{}');
    expect(Object.keys(promise)).toEqual([]);
    expect(String(promise)).toBe('[object Promise]');
  });
});

describe('Array.fromAsync', () => {
  async function* letters(): AsyncGenerator<string> {
    yield 'a';
    yield 'b';
  }
  const asyncIterable = (values: string[]): AsyncIterable<string> => ({
    [Symbol.asyncIterator]() {
      const inner = values.values();
      return { next: () => GuestPromise.resolve(inner.next()) };
    },
  });

  test.each([
    ['values and promises', [1, GuestPromise.resolve(2)], undefined, [1, 2]],
    ['an array-like', { length: 2, 0: 'x', 1: 'y' }, undefined, ['x', 'y']],
    ['an async iterable', asyncIterable(['a', 'b']), undefined, ['a', 'b']],
    [
      'a mapper that returns promises',
      [1, 2],
      (x: number, i: number) => GuestPromise.resolve(x * 10 + i),
      [10, 21],
    ],
  ])('collects %s', (_, source, map, expected) => {
    expect(drive(fromAsync(source as never, map as never))).toEqual(expected);
  });

  test('collects what Node collects of its own async generators', async () => {
    expect(await Array.fromAsync(letters())).toEqual(drive(fromAsync(asyncIterable(['a', 'b']))));
  });

  test('closes the iterator when the mapper throws', () => {
    let closed = 0;
    const source = {
      [Symbol.iterator]: () => ({
        next: () => ({ done: false, value: 1 }),
        return: () => {
          closed += 1;
          return {};
        },
      }),
    };
    const failing = fromAsync(source as never, () => {
      throw new Error('map');
    });
    expect(() => drive(failing)).toThrow('map');
    expect(closed).toBe(1);
  });
});
