import { beforeEach, describe, expect, test, vi } from 'vitest';
import { clock } from '../../test/doubles/monotonic-clock.ts';
import { drive, exported, queueMicrotask } from './loop.ts';
import { Promise as GuestPromise } from './promise.ts';
import { clearInterval, clearTimeout, setInterval, setTimeout } from './timers.ts';

const sleep = (milliseconds: number): Promise<void> =>
  new GuestPromise((resolve) => {
    setTimeout(() => resolve(), milliseconds);
  });

beforeEach(() => {
  Object.assign(clock, { slept: [], disposed: 0 });
});

describe('an exported function', () => {
  test('answers what it returns, and what its promise comes to', () => {
    expect(exported((a: number, b: number) => a + b)(1, 2)).toBe(3);
    expect(exported((a: number) => GuestPromise.resolve(a))(5)).toBe(5);
  });

  test('waits for what has a `then` of its own', () => {
    const Base = GuestPromise as unknown as new (executor: () => void) => object;
    class Lazy extends Base {
      // oxlint-disable-next-line unicorn/no-thenable -- it is a promise
      then(onFulfilled: (value: unknown) => void): void {
        onFulfilled('started by then');
      }
    }
    expect(exported(() => new Lazy(() => {}))()).toBe('started by then');
    const thenable = {
      // oxlint-disable-next-line unicorn/no-thenable -- it is meant to be one
      then(onFulfilled: (value: number) => void, onRejected: (reason: unknown) => void): void {
        queueMicrotask(() => onRejected('first'));
        queueMicrotask(() => onFulfilled(2));
      },
    };
    expect(exported(() => thenable as PromiseLike<number>)).toThrow('first');
  });

  test('keeps its this', () => {
    const object = {
      value: 3,
      read: exported(function read(this: { value: number }) {
        return this.value;
      }),
    };
    expect(object.read()).toBe(3);
  });

  test('throws what it throws and what it rejects with, unchanged', () => {
    const thrown = { tag: 'other', val: 1 };
    const throwing = exported(() => {
      throw thrown;
    });
    expect(throwing).toThrow(expect.objectContaining(thrown));
    expect(exported(() => GuestPromise.reject(thrown))).toThrow(expect.objectContaining(thrown));
  });

  test('waits for timers in the order in which they are due', () => {
    const log: string[] = [];
    const work = exported(() => {
      setTimeout(() => log.push('late'), 20);
      setTimeout((a: string, b: string) => log.push(a + b), 10, 'ear', 'ly');
      setTimeout(() => log.push('second'), 10);
      return sleep(30).then(() => log.push('done'));
    });
    work();
    expect(log).toEqual(['early', 'second', 'late', 'done']);
    expect(clock.slept).toEqual([10, 10, 10]);
    expect(clock.disposed).toBe(3);
  });

  test('runs the jobs that a timer queued before the next timer', () => {
    const log: string[] = [];
    exported(() => {
      setTimeout(() => {
        log.push('a');
        queueMicrotask(() => log.push('job of a'));
      }, 1);
      setTimeout(() => log.push('b'), 1);
      return sleep(1);
    })();
    expect(log).toEqual(['a', 'job of a', 'b']);
  });

  test('repeats an interval until it is cleared', () => {
    let ticks = 0;
    exported(
      () =>
        new GuestPromise<void>((resolve) => {
          const id = setInterval(() => {
            ticks += 1;
            if (ticks === 3) {
              clearInterval(id);
              resolve();
            }
          }, 7);
        }),
    )();
    expect([ticks, clock.slept]).toEqual([3, [7, 7, 7]]);
  });

  test('does not run a timer that was cleared, or that waits when the answer is there', () => {
    const never = vi.fn<() => void>();
    exported(() => {
      clearTimeout(setTimeout(never, 1));
      setTimeout(never, 1_000);
      return sleep(5);
    })();
    exported(() => sleep(2_000))();
    expect(never).not.toHaveBeenCalled();
  });

  test('runs jobs that are left when the answer is there', () => {
    const log: string[] = [];
    exported(() => {
      void GuestPromise.resolve().then(() => log.push('left over'));
    })();
    expect(log).toEqual(['left over']);
  });

  test('says so when nothing is left that could settle the promise', () => {
    expect(exported(() => new GuestPromise(() => {}))).toThrow(/can never settle/);
    expect(exported(() => Promise.resolve(1))).toThrow(/can never settle/);
  });

  test('fails for a rejection that nobody handles, as a Node process does', () => {
    const careless = exported(() => {
      void GuestPromise.reject(new Error('overlooked'));
      return 'fine';
    });
    expect(careless).toThrow('overlooked');
    expect(exported(() => 'next')()).toBe('next');
  });

  test('does not mind a rejection that is handled later in the same event', () => {
    const careful = exported(() => {
      const rejected = GuestPromise.reject(new Error('handled'));
      return sleep(1).then(() => rejected.catch((error: Error) => error.message));
    });
    expect(careful()).toBe('handled');
  });

  test('fails for what a timer or a job throws, and the next event starts clean', () => {
    const never = vi.fn<() => void>();
    const failing = exported(() => {
      setTimeout(() => {
        throw new Error('in a timer');
      }, 1);
      setTimeout(never, 2);
      return sleep(10);
    });
    expect(failing).toThrow('in a timer');
    expect(
      exported(() => {
        queueMicrotask(() => {
          throw new Error('in a job');
        });
        queueMicrotask(never);
      }),
    ).toThrow('in a job');
    expect(exported(() => sleep(100).then(() => 'ok'))()).toBe('ok');
    expect(never).not.toHaveBeenCalled();
  });

  test('may be called from within another, as a fused service is, and leaves the outer timers alone', () => {
    const log: string[] = [];
    const inner = exported(() => sleep(5).then(() => log.push('inner')));
    exported(() => {
      setTimeout(() => log.push('outer'), 20);
      return sleep(1).then(() => {
        inner();
        return sleep(30);
      });
    })();
    expect(log).toEqual(['inner', 'outer']);
  });

  test('copes with thousands of jobs', () => {
    let count = 0;
    const countOn = (): unknown => {
      count += 1;
      return count < 5_000 ? GuestPromise.resolve().then(countOn) : count;
    };
    expect(drive(GuestPromise.resolve().then(countOn))).toBe(5_000);
  });
});

describe('while the component is built', () => {
  test('timers and randomness are refused, because they would be frozen into the snapshot', async () => {
    vi.resetModules();
    const timers = await import('./timers.ts');
    const random = await import('../random.ts');
    const { crypto } = await import('../crypto.ts');
    for (const act of [() => timers.setTimeout(() => {}, 1), random.random, () => crypto.randomUUID()]) {
      expect(act).toThrow(/at module level would run once/);
    }
  });
});
