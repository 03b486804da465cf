import { expect, test } from 'vitest';
import { createHandleLedger } from './handles.ts';

const REP = Symbol.for('cabiRep');

/** A class of the host, and how often its objects were disposed of. */
function hostClass() {
  let disposed = 0;
  class Thing {
    [Symbol.dispose](): void {
      disposed++;
    }
  }
  return { Thing, disposed: () => disposed };
}

/** What the glue does when it hands an object to a guest: reads its number, and lends it once. */
function hand(object: object): number {
  const rep = (object as Record<symbol, number>)[REP] as number;
  Object.defineProperty(object, REP, { writable: true, value: rep });
  return rep;
}

test('numbers what is handed out, and takes numbers back', () => {
  const { Thing, disposed } = hostClass();
  const ledger = createHandleLedger();
  ledger.watch({ Thing, other: 1, arrow: () => 1 });
  const [a, b, c] = [new Thing(), new Thing(), new Thing()];
  expect([hand(a), hand(b), ledger.live()]).toEqual([1, 2, 2]);
  a[Symbol.dispose]();
  expect([hand(c), ledger.live(), disposed()]).toEqual([1, 2, 1]);
});

test('an object may be handed out again after it was dropped', () => {
  const { Thing } = hostClass();
  const ledger = createHandleLedger();
  ledger.watch({ Thing });
  const [a, b] = [new Thing(), new Thing()];
  hand(a);
  a[Symbol.dispose]();
  // Its old number belongs to another by now.
  expect([hand(b), hand(a), ledger.live()]).toEqual([1, 2, 2]);
});

test('disposes of what a discarded instance held, and of nothing twice', () => {
  const { Thing, disposed } = hostClass();
  const ledger = createHandleLedger();
  ledger.watch({ Thing });
  ledger.watch({ Thing });
  hand(new Thing());
  hand(new Thing());
  ledger.disposeAll();
  ledger.disposeAll();
  expect([ledger.live(), disposed()]).toEqual([0, 2]);
});

test('counts objects of classes that have no dispose of their own', () => {
  class Plain {
    readonly value = 1;
  }
  const ledger = createHandleLedger();
  ledger.watch({ Plain });
  const plain = new Plain();
  hand(plain);
  expect(ledger.live()).toBe(1);
  (plain as unknown as Disposable)[Symbol.dispose]();
  expect(ledger.live()).toBe(0);
});
