/**
 * Counts the host resources that guests hold, and numbers them.
 *
 * The glue keeps every host object given to a guest in tables of its closure, which nothing outside reaches. But
 * for each object it hands over it reads `object[Symbol.for('cabiRep')]`, a number to file it under, and when
 * the guest drops the handle it calls `object[Symbol.dispose]()`. So a getter and a wrapped dispose on the
 * prototypes of the host's classes see every handle come and go, whatever binding made it. Numbers are used
 * again once free: the glue remembers each it ever saw, and would grow with every handle otherwise.
 */
export interface HandleLedger {
  /** Watches the classes among these members, once each. */
  watch(members: Readonly<Record<string, unknown>>): void;
  /** Host resources that a guest holds. */
  live(): number;
  /** Disposes of all that a discarded instance still held. */
  disposeAll(): void;
}

const REP = Symbol.for('cabiRep');

export function createHandleLedger(): HandleLedger {
  const reps = new Map<object, number>();
  const free: number[] = [];
  const watched = new Set<object>();

  function take(object: object): number {
    const rep = free.pop() ?? reps.size + 1;
    reps.set(object, rep);
    // Configurable, so that it can be taken back: the glue redefines it while it lends the object.
    Object.defineProperty(object, REP, { value: rep, writable: true, configurable: true });
    return rep;
  }

  function release(object: object): void {
    const rep = reps.get(object);
    if (rep === undefined) return;
    reps.delete(object);
    free.push(rep);
    Reflect.deleteProperty(object, REP);
  }

  return {
    watch(members) {
      for (const member of Object.values(members)) {
        if (typeof member !== 'function') continue;
        const prototype: unknown = member.prototype;
        if (typeof prototype !== 'object' || prototype === null || watched.has(prototype)) continue;
        watched.add(prototype);
        const dispose: unknown = Reflect.get(prototype, Symbol.dispose);
        Object.defineProperty(prototype, REP, {
          configurable: true,
          get(this: object) {
            return watched.has(this) ? undefined : take(this);
          },
        });
        Object.defineProperty(prototype, Symbol.dispose, {
          configurable: true,
          writable: true,
          value(this: object) {
            release(this);
            if (typeof dispose === 'function') dispose.call(this);
          },
        });
      }
    },
    live: () => reps.size,
    disposeAll() {
      for (const object of reps.keys()) (object as Disposable)[Symbol.dispose]();
    },
  };
}
