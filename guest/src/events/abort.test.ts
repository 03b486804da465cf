import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { drive, exported } from '../async/loop.ts';
import { Promise as GuestPromise } from '../async/promise.ts';
import { NEVER } from './never.ts';
import { AbortController as GuestController, AbortSignal as GuestSignal } from './abort.ts';
import { AbortSignal as WithTimeout } from './abort-timeout.ts';
import { Event as GuestEvent, EventTarget as GuestTarget } from './event-target.ts';

type Web = { AbortController: typeof AbortController; AbortSignal: typeof AbortSignal };
const NODE: Web = { AbortController, AbortSignal };
const GUEST = { AbortController: GuestController, AbortSignal: GuestSignal } as unknown as Web;

describe('AbortSignal against Node', () => {
  test('any tree of signals, any order of aborting', () => {
    const plan = fc.record({
      controllers: fc.integer({ min: 1, max: 4 }),
      joins: fc.array(fc.array(fc.nat({ max: 12 }), { maxLength: 3 }), { maxLength: 6 }),
      aborts: fc.array(fc.nat({ max: 3 }), { maxLength: 4 }),
    });
    const run = (
      web: Web,
      { controllers, joins, aborts }: { controllers: number; joins: number[][]; aborts: number[] },
    ): unknown => {
      const log: string[] = [];
      const made = Array.from({ length: controllers }, () => new web.AbortController());
      const signals: AbortSignal[] = made.map(({ signal }) => signal);
      signals.push(web.AbortSignal.abort('at once'));
      for (const join of joins)
        signals.push(web.AbortSignal.any(join.map((i) => signals[i % signals.length]!)));
      for (const [i, signal] of signals.entries()) {
        signal.addEventListener('abort', ({ type }) => log.push(`${i} ${type} ${String(signal.reason)}`));
        // oxlint-disable-next-line unicorn/prefer-add-event-listener -- both are tested
        signal.onabort = () => log.push(`${i} onabort`);
      }
      for (const i of aborts) made[i % controllers]!.abort(`reason ${i}`);
      return [log, signals.map(({ aborted, reason }) => [aborted, reason])];
    };
    fc.assert(
      fc.property(plan, (plan) => {
        expect(run(GUEST, plan)).toEqual(run(NODE, plan));
      }),
      { numRuns: 2_000 },
    );
  });

  test('has an AbortError for a reason, and throws it', () => {
    const controller = new GuestController();
    controller.signal.throwIfAborted();
    controller.abort();
    expect(controller.signal.reason).toMatchObject({ name: 'AbortError', code: 20 });
    expect(() => controller.signal.throwIfAborted()).toThrow(controller.signal.reason as Error);
  });

  test('cannot be made by hand', () => {
    expect(() => new GuestSignal()).toThrow('Illegal constructor');
  });

  test('times out by the host clock', () => {
    const reason = exported(
      () =>
        new GuestPromise((resolve) => {
          const signal = WithTimeout.timeout(30);
          signal.addEventListener('abort', () => resolve(signal.reason));
        }),
    )();
    expect(reason).toMatchObject({ name: 'TimeoutError', code: 23 });
    expect(() => WithTimeout.timeout(-1)).toThrow(TypeError);
  });

  test('any() may contain the signal of a request that nobody aborts', () => {
    const controller = new GuestController();
    const any = GuestSignal.any([NEVER, controller.signal]);
    controller.abort('x');
    expect([any.aborted, any.reason]).toEqual([true, 'x']);
  });
});

describe('EventTarget against Node', () => {
  test.each([
    [
      'the same listener once',
      (target: EventTarget, log: (text: string) => () => void) => {
        const listener = log('a');
        target.addEventListener('x', listener);
        target.addEventListener('x', listener);
        target.addEventListener('x', listener, true);
      },
    ],
    [
      'once',
      (target: EventTarget, log: (text: string) => () => void) => {
        target.addEventListener('x', log('a'), { once: true });
        target.addEventListener('x', log('b'));
      },
    ],
    [
      'an object',
      (target: EventTarget, log: (text: string) => () => void) => {
        target.addEventListener('x', { handleEvent: log('object') });
      },
    ],
    [
      'removal while it is dispatched',
      (target: EventTarget, log: (text: string) => () => void) => {
        const second = log('second');
        target.addEventListener('x', () => target.removeEventListener('x', second));
        target.addEventListener('x', second);
      },
    ],
    [
      'addition while it is dispatched',
      (target: EventTarget, log: (text: string) => () => void) => {
        target.addEventListener('x', () => target.addEventListener('x', log('added')), { once: true });
      },
    ],
    [
      'stopImmediatePropagation',
      (target: EventTarget, log: (text: string) => () => void) => {
        target.addEventListener('x', (event) => event.stopImmediatePropagation());
        target.addEventListener('x', log('never'));
      },
    ],
    [
      'preventDefault',
      (target: EventTarget) => {
        target.addEventListener('x', (event) => event.preventDefault());
      },
    ],
  ])('%s', (_, prepare) => {
    const run = (target: EventTarget, event: () => Event): unknown => {
      const log: string[] = [];
      prepare(target, (text) => () => void log.push(text));
      const results = [target.dispatchEvent(event()), target.dispatchEvent(event())];
      return [log, results];
    };
    expect(run(new GuestTarget() as never, () => new GuestEvent('x', { cancelable: true }) as never)).toEqual(
      run(new EventTarget(), () => new Event('x', { cancelable: true })),
    );
  });

  test('what a listener throws fails the event of the component, after the others have run', () => {
    const target = new GuestTarget();
    const log: string[] = [];
    target.addEventListener('x', () => {
      throw new Error('listener');
    });
    target.addEventListener('x', () => log.push('other'));
    target.dispatchEvent(new GuestEvent('x'));
    expect(log).toEqual(['other']);
    expect(() => drive(undefined)).toThrow('listener');
  });
});
