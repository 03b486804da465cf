import { enqueue, OWN_THEN, rejectionHandled, rejectionUnhandled, SLOT, type Slot } from './loop.ts';

/**
 * `Promise` as in ECMA-262 §27.2, over the guest's own job queue: QuickJS runs no promise jobs in a synchronous
 * component. The build lowers `async` functions, so that they use this one as well.
 */

type Callback = (value: unknown) => unknown;
type Settle = (value?: unknown) => void;

interface Reaction {
  /** What is settled by the handler's result: a promise of the guest, a capability of a subclass, or nothing. */
  readonly promise: GuestPromise | undefined;
  readonly capability: Capability | undefined;
  readonly onFulfilled: Callback | undefined;
  readonly onRejected: Callback | undefined;
}

interface Capability {
  readonly promise: object;
  readonly resolve: Settle;
  readonly reject: Settle;
}

type Constructor = new (executor: (resolve: Settle, reject: Settle) => void) => object;
type ResolvingConstructor = Constructor & { resolve: (value: unknown) => { then: Callable } };
type Callable = (...args: unknown[]) => unknown;

class GuestPromise {
  declare [SLOT]: Slot;

  constructor(executor: (resolve: Settle, reject: Settle) => void) {
    if (typeof executor !== 'function')
      throw new TypeError(`Promise resolver ${typeName(executor)} is not a function`);
    const slot: Slot = { state: 'pending', value: undefined, reactions: undefined, handled: false };
    this[SLOT] = slot;
    const { resolve, reject } = resolvingFunctions(this);
    try {
      executor(resolve, reject);
    } catch (error) {
      reject(error);
    }
  }

  // oxlint-disable-next-line unicorn/no-thenable -- it is a promise
  then(onFulfilled?: unknown, onRejected?: unknown): object {
    requirePromise(this, 'then');
    const constructor = speciesOf(this);
    const promise = constructor === GuestPromise ? pending() : undefined;
    const capability = promise === undefined ? newCapability(constructor) : undefined;
    const reaction: Reaction = {
      promise,
      capability,
      onFulfilled: typeof onFulfilled === 'function' ? (onFulfilled as Callback) : undefined,
      onRejected: typeof onRejected === 'function' ? (onRejected as Callback) : undefined,
    };
    react(this, reaction);
    return promise ?? capability!.promise;
  }

  catch(onRejected?: unknown): unknown {
    return this.then(undefined, onRejected);
  }

  finally(onFinally?: unknown): unknown {
    if (!isObject(this)) throw new TypeError('Promise.prototype.finally called on a non-object');
    const constructor = speciesOf(this) as ResolvingConstructor;
    if (typeof onFinally !== 'function') return this.then(onFinally, onFinally);
    return this.then(
      (value: unknown) => resolveThrough(constructor, (onFinally as () => unknown)()).then(() => value),
      (reason: unknown) =>
        resolveThrough(constructor, (onFinally as () => unknown)()).then(() => {
          throw reason;
        }),
    );
  }

  get [Symbol.toStringTag](): string {
    return 'Promise';
  }

  get [OWN_THEN](): unknown {
    return GuestPromise.prototype.then;
  }

  static get [Symbol.species](): unknown {
    return this;
  }

  static resolve(value?: unknown): unknown {
    if (!isObject(this)) throw new TypeError('Promise.resolve called on a non-object');
    return resolveThrough(this as unknown as Constructor, value);
  }

  static reject(reason?: unknown): object {
    const { promise, reject } = newCapability(this as unknown as Constructor);
    reject(reason);
    return promise;
  }

  static withResolvers(): Capability {
    const { promise, resolve, reject } = newCapability(this as unknown as Constructor);
    return { promise, resolve, reject };
  }

  static try(work: Callable, ...args: unknown[]): object {
    const { promise, resolve, reject } = newCapability(this as unknown as Constructor);
    try {
      resolve(work(...args));
    } catch (error) {
      reject(error);
    }
    return promise;
  }

  static all(values: Iterable<unknown>): object {
    return combine(this as unknown as ResolvingConstructor, values, (results, { resolve, reject }) => ({
      onFulfilled: (index, done) => (value) => {
        results[index] = value;
        done();
      },
      onRejected: () => reject,
      onDone: () => resolve(results),
    }));
  }

  static allSettled(values: Iterable<unknown>): object {
    return combine(this as unknown as ResolvingConstructor, values, (results, { resolve }) => ({
      onFulfilled: (index, done) => (value) => {
        results[index] = { status: 'fulfilled', value };
        done();
      },
      onRejected: (index, done) => (reason) => {
        results[index] = { status: 'rejected', reason };
        done();
      },
      onDone: () => resolve(results),
    }));
  }

  static any(values: Iterable<unknown>): object {
    return combine(this as unknown as ResolvingConstructor, values, (errors, { resolve, reject }) => ({
      onFulfilled: () => resolve,
      onRejected: (index, done) => (reason) => {
        errors[index] = reason;
        done();
      },
      onDone: () => reject(new AggregateError(errors, 'All promises were rejected')),
    }));
  }

  static race(values: Iterable<unknown>): object {
    return combine(this as unknown as ResolvingConstructor, values, (_, { resolve, reject }) => ({
      onFulfilled: () => resolve,
      onRejected: () => reject,
      onDone: () => undefined,
    }));
  }
}

export const Promise = GuestPromise as unknown as PromiseConstructor;

/** What a promise has come to, for console; undefined if `value` is no promise of the guest. */
export function peek(value: object): { readonly state: Slot['state']; readonly value: unknown } | undefined {
  return (value as { [SLOT]?: Slot })[SLOT];
}

/** A promise of what `work` returns, or of what it throws: `Promise.try`, where nobody sees how. */
export function promiseOf<A, B, T>(work: (a: A, b: B) => T, a: A, b: B): Promise<Awaited<T>> {
  const promise = pending();
  try {
    resolveWith(promise, work(a, b));
  } catch (error) {
    settle(promise, 'rejected', error);
  }
  return promise as unknown as Promise<Awaited<T>>;
}

/** A lowered `async` function: its body as a generator that yields what it awaits. */
type Body = (this: unknown, ...args: unknown[]) => Generator<unknown, unknown, unknown>;

/**
 * What the build makes of `async` functions, in place of the bundler's own helper: the same, but `await` makes
 * no promises that nobody sees, which is half of what an `async` function costs. ECMA-262 §27.7.5.
 */
export function asyncToGenerator(body: Body): (this: unknown, ...args: unknown[]) => GuestPromise {
  return function started(this: unknown, ...args) {
    const promise = pending();
    try {
      advance({ promise, generator: body.apply(this, args) }, 'next', undefined);
    } catch (error) {
      settle(promise, 'rejected', error);
    }
    return promise;
  };
}

/** An `async` function under way: what reacts to the promise that it awaits. */
interface Run {
  readonly promise: GuestPromise;
  readonly generator: ReturnType<Body>;
}

function advance(run: Run, how: 'next' | 'throw', value: unknown): void {
  let step: IteratorResult<unknown, unknown>;
  try {
    step = how === 'next' ? run.generator.next(value) : run.generator.throw(value);
  } catch (error) {
    settle(run.promise, 'rejected', error);
    return;
  }
  if (step.done === true) resolveWith(run.promise, step.value);
  else wait(run, step.value);
}

/** `await` (§27.7.5.3). */
function wait(run: Run, value: unknown): void {
  if (!isObject(value)) {
    enqueue(goOn, run, value);
    return;
  }
  let awaited: GuestPromise;
  try {
    awaited = resolveThrough(GuestPromise, value);
  } catch (error) {
    advance(run, 'throw', error);
    return;
  }
  react(awaited, run);
}

function goOn(run: Run, value: unknown): void {
  advance(run, 'next', value);
}

/** What an `async` function does once the promise that it awaits is settled. */
function resume(run: Run, { state, value }: Slot): void {
  advance(run, state === 'fulfilled' ? 'next' : 'throw', value);
}

interface Combinator {
  readonly onFulfilled: (index: number, done: () => void) => Settle;
  readonly onRejected: (index: number, done: () => void) => Settle;
  readonly onDone: () => void;
}

/** The common frame of all, allSettled, any and race (§27.2.4.1.2 and its siblings). */
function combine(
  constructor: ResolvingConstructor,
  values: Iterable<unknown>,
  rules: (results: unknown[], capability: Capability) => Combinator,
): object {
  const capability = newCapability(constructor);
  try {
    const { resolve } = constructor;
    if (typeof resolve !== 'function')
      throw new TypeError('Promise resolve or reject function is not callable');
    const results: unknown[] = [];
    const combinator = rules(results, capability);
    let remaining = 1;
    const finish = (): void => {
      remaining -= 1;
      if (remaining === 0) combinator.onDone();
    };
    let index = 0;
    for (const value of values) {
      let called = false;
      const done = (): void => {
        finish();
      };
      const once =
        (settle: Settle): Settle =>
        (outcome) => {
          if (called) return;
          called = true;
          settle(outcome);
        };
      results[index] = undefined;
      remaining += 1;
      resolve
        .call(constructor, value)
        .then(once(combinator.onFulfilled(index, done)), once(combinator.onRejected(index, done)));
      index += 1;
    }
    finish();
  } catch (error) {
    capability.reject(error);
  }
  return capability.promise;
}

function resolveThrough(constructor: Constructor, value: unknown): GuestPromise {
  if (isGuestPromise(value) && value.constructor === constructor) return value;
  if (constructor === GuestPromise) {
    const promise = pending();
    resolveWith(promise, value);
    return promise;
  }
  const { promise, resolve } = newCapability(constructor);
  resolve(value);
  return promise as GuestPromise;
}

/** A promise that only this module settles, without the functions that an executor would be given. */
function pending(): GuestPromise {
  const promise = Object.create(GuestPromise.prototype) as GuestPromise;
  promise[SLOT] = { state: 'pending', value: undefined, reactions: undefined, handled: false };
  return promise;
}

function newCapability(constructor: Constructor): Capability {
  if (constructor === (GuestPromise as Constructor)) {
    let resolve!: Settle;
    let reject!: Settle;
    const promise = new GuestPromise((first, second) => {
      resolve = first;
      reject = second;
    });
    return { promise, resolve, reject };
  }
  if (typeof constructor !== 'function') throw new TypeError('Promise capability needs a constructor');
  let resolve: unknown;
  let reject: unknown;
  const promise = new constructor((first, second) => {
    if (resolve !== undefined || reject !== undefined)
      throw new TypeError('Promise executor was already called');
    resolve = first;
    reject = second;
  });
  if (typeof resolve !== 'function' || typeof reject !== 'function') {
    throw new TypeError('Promise resolve or reject function is not callable');
  }
  return { promise, resolve: resolve as Settle, reject: reject as Settle };
}

function resolvingFunctions(promise: GuestPromise): { resolve: Settle; reject: Settle } {
  let called = false;
  return {
    resolve: (value) => {
      if (called) return;
      called = true;
      resolveWith(promise, value);
    },
    reject: (reason) => {
      if (called) return;
      called = true;
      settle(promise, 'rejected', reason);
    },
  };
}

function resolveWith(promise: GuestPromise, value: unknown): void {
  if (value === promise) {
    settle(promise, 'rejected', new TypeError('Chaining cycle detected for promise #<Promise>'));
    return;
  }
  if (!isObject(value)) {
    settle(promise, 'fulfilled', value);
    return;
  }
  let then: unknown;
  try {
    ({ then } = value as { then?: unknown });
  } catch (error) {
    settle(promise, 'rejected', error);
    return;
  }
  if (typeof then !== 'function') {
    settle(promise, 'fulfilled', value);
    return;
  }
  enqueue(follow, promise, { thenable: value, method: then as Callable });
}

interface Followed {
  readonly thenable: object;
  /** Its `then`. */
  readonly method: Callable;
}

function follow(promise: GuestPromise, { thenable, method }: Followed): void {
  const { resolve, reject } = resolvingFunctions(promise);
  try {
    method.call(thenable, resolve, reject);
  } catch (error) {
    reject(error);
  }
}

function settle(promise: GuestPromise, state: 'fulfilled' | 'rejected', value: unknown): void {
  const slot = promise[SLOT];
  const { reactions } = slot;
  slot.state = state;
  slot.value = value;
  slot.reactions = undefined;
  if (state === 'rejected' && !slot.handled) rejectionUnhandled(promise, value);
  if (reactions !== undefined) {
    for (const reaction of reactions as (Reaction | Run)[]) queueReaction(reaction, slot);
  }
}

function react(promise: GuestPromise, reaction: Reaction | Run): void {
  const slot = promise[SLOT];
  if (slot.state === 'pending') (slot.reactions ??= []).push(reaction);
  else {
    if (slot.state === 'rejected' && !slot.handled) rejectionHandled(promise);
    queueReaction(reaction, slot);
  }
  slot.handled = true;
}

function queueReaction(reaction: Reaction | Run, slot: Slot): void {
  if ('generator' in reaction) enqueue(resume, reaction, slot);
  else enqueue(runReaction, reaction, slot);
}

function runReaction(reaction: Reaction, { state, value }: Slot): void {
  const handler = state === 'fulfilled' ? reaction.onFulfilled : reaction.onRejected;
  if (handler === undefined) {
    if (state === 'fulfilled') resolveReaction(reaction, value);
    else rejectReaction(reaction, value);
    return;
  }
  let result: unknown;
  try {
    result = handler(value);
  } catch (error) {
    rejectReaction(reaction, error);
    return;
  }
  resolveReaction(reaction, result);
}

function resolveReaction({ promise, capability }: Reaction, value: unknown): void {
  if (promise) resolveWith(promise, value);
  else capability?.resolve(value);
}

function rejectReaction({ promise, capability }: Reaction, reason: unknown): void {
  if (promise) settle(promise, 'rejected', reason);
  else capability?.reject(reason);
}

function speciesOf(promise: object): Constructor {
  const { constructor } = promise as { constructor?: unknown };
  if (constructor === GuestPromise || constructor === undefined) return GuestPromise;
  if (!isObject(constructor)) throw new TypeError('The .constructor property is not an object');
  const species = (constructor as { [Symbol.species]?: unknown })[Symbol.species];
  if (species === undefined || species === null) return GuestPromise;
  if (typeof species !== 'function') throw new TypeError('Symbol.species is not a constructor');
  return species as Constructor;
}

function requirePromise(value: unknown, method: string): void {
  if (isGuestPromise(value)) return;
  throw new TypeError(
    `Method Promise.prototype.${method} called on incompatible receiver ${typeName(value)}`,
  );
}

function isGuestPromise(value: unknown): value is GuestPromise {
  return isObject(value) && (value as { [SLOT]?: Slot })[SLOT] !== undefined;
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

function typeName(value: unknown): string {
  return value === null ? 'null' : typeof value;
}
