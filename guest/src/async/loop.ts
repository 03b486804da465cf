/**
 * The event loop of a synchronous component. QuickJS never runs its own promise jobs between entering and
 * leaving an export, so the guest has its own queue, and the export's wrapper ({@link exported}) runs it until
 * the answer is there. An event ends with its answer: what still waits then is dropped.
 */

/** Something that can wait for the outside: the timers, registered by their first use. */
export interface Waiter {
  /** Sleeps until the next thing is due and does it; false if nothing waits. */
  wake(): boolean;
  /** Forgets all that waits. */
  drop(): void;
  /** Takes out all that waits; the function that is returned puts it back. Undefined if nothing waits. */
  setAside(): (() => void) | undefined;
}

let jobs: (() => void)[] = [];
let nextJob = 0;
let waiter: Waiter | undefined;
/** Calls of exports in progress: a fused service is called from within another's event. */
let depth = 0;
/** False while the component is being built: module code runs then, once, and its state is snapshotted. */
let live = false;
/** Rejected promises that nobody has looked at yet, with their reasons; undefined where none was. */
let unhandled: Map<object, unknown> | undefined;

export function queueMicrotask(job: () => void): void {
  if (typeof job !== 'function') throw new TypeError('queueMicrotask: the argument is not a function');
  jobs.push(job);
}

export function waitThrough(source: Waiter): void {
  waiter = source;
}

/** Notes that a promise was rejected while nobody listened. */
export function rejectionUnhandled(promise: object, reason: unknown): void {
  unhandled ??= new Map();
  unhandled.set(promise, reason);
}

/** Notes that somebody listens to a promise after all. */
export function rejectionHandled(promise: object): void {
  unhandled?.delete(promise);
}

/**
 * Throws unless an export is being called: what module code draws or starts while the component is built
 * would be the same in every instance.
 */
export function requireLive(what: string): void {
  if (live) return;
  throw new Error(
    `${what} at module level would run once, while the component is built, and be the same in every ` +
      'instance: call it inside a handler',
  );
}

/**
 * Wraps a function that the component exports: what it returns may be a promise, whose value is the answer.
 *
 * Throws what the function throws or rejects with, what a callback of its own threw with nobody to catch it,
 * and the reason of a rejection that nobody handled.
 */
export function exported<This, Args extends unknown[], Answer>(
  work: (this: This, ...args: Args) => Answer | PromiseLike<Answer>,
): (this: This, ...args: Args) => Answer {
  return function wrapped(this: This, ...args: Args): Answer {
    // As run() does it, in one function: each further one called is a good part of what a short call costs.
    live = true;
    depth += 1;
    try {
      const value = work.apply(this, args);
      if (jobs.length === 0 && unhandled === undefined && isSettled(value)) return value;
      const answer = settle(value);
      if (depth === 1) throwUnhandled();
      return answer;
    } finally {
      depth -= 1;
      if (depth === 0 && (waiter !== undefined || unhandled !== undefined || jobs.length > 0)) dropAll();
    }
  };
}

/** Whether a value is no promise for sure; looks at nothing that a getter could answer. */
function isSettled<T>(value: T | PromiseLike<T>): value is T {
  return value === null || (typeof value !== 'object' && typeof value !== 'function');
}

/** Runs microtasks and timers until `value` is settled, and returns or throws what it settles to. */
export function drive<T>(value: T | PromiseLike<T>): T {
  return run(() => value);
}

function run<T>(work: () => T | PromiseLike<T>): T {
  live = true;
  depth += 1;
  try {
    const answer = settle(work());
    if (depth === 1) throwUnhandled();
    return answer;
  } finally {
    depth -= 1;
    if (depth === 0) dropAll();
  }
}

/** What waits in a service while it calls another one in its engine; undefined for nothing. */
export type Aside = (() => void) | undefined;

/**
 * Begins a call of another service in the same engine, which has jobs and timers of its own: those of the caller
 * wait until {@link leaveService}. Throws where no export is being called, that is, at module level.
 */
export function enterService(service: string): Aside {
  if (depth === 0) requireLiveCall(service);
  depth += 1;
  const restoreTimers = waiter === undefined ? undefined : waiter.setAside();
  if (restoreTimers === undefined && jobs.length === 0 && unhandled === undefined) return undefined;
  const waiting = { jobs, nextJob, unhandled };
  jobs = [];
  nextJob = 0;
  unhandled = undefined;
  return () => {
    ({ jobs, nextJob, unhandled } = waiting);
    restoreTimers?.();
  };
}

/** The value of what the called service returned, once its jobs are done; throws as {@link exported} does. */
export function settled<T>(value: T | PromiseLike<T>): T {
  // Most calls wait for nothing, and each function called is a good part of what they cost.
  if (typeof value !== 'object' && typeof value !== 'function' && jobs.length === 0) {
    if (unhandled === undefined) return value;
  }
  const answer = settle(value);
  throwUnhandled();
  return answer;
}

/** Ends a call that {@link enterService} began: what still waits of the called service is dropped. */
export function leaveService(aside: Aside): void {
  depth -= 1;
  if (jobs.length > 0 || unhandled !== undefined) dropAll();
  else if (waiter !== undefined) waiter.drop();
  if (aside !== undefined) aside();
}

function requireLiveCall(service: string): never {
  throw new Error(
    `a call of ${service} at module level would run once, while the component is built: call it inside a handler`,
  );
}

function settle<T>(value: T | PromiseLike<T>): T {
  const then = thenOf(value);
  if (then === undefined) {
    drain();
    return value as T;
  }
  let state: 'pending' | 'fulfilled' | 'rejected' = 'pending';
  let outcome: unknown;
  then.call(
    value,
    (result: unknown) => {
      if (state !== 'pending') return;
      state = 'fulfilled';
      outcome = result;
    },
    (reason: unknown) => {
      if (state !== 'pending') return;
      state = 'rejected';
      outcome = reason;
    },
  );
  const isPending = (): boolean => state === 'pending';
  drain();
  while (isPending()) {
    if (waiter === undefined || !waiter.wake()) throw neverSettles();
    drain();
  }
  if ((state as string) === 'rejected') throw outcome;
  return outcome as T;
}

type Then = (onFulfilled: (value: unknown) => void, onRejected: (reason: unknown) => void) => unknown;

function thenOf(value: unknown): Then | undefined {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined;
  const { then } = value as { then?: unknown };
  return typeof then === 'function' ? (then as Then) : undefined;
}

function drain(): void {
  while (nextJob < jobs.length) {
    const job = jobs[nextJob] as () => void;
    nextJob += 1;
    if (nextJob === 1024) {
      jobs = jobs.slice(nextJob);
      nextJob = 0;
    }
    job();
  }
  jobs.length = 0;
  nextJob = 0;
}

function throwUnhandled(): void {
  if (unhandled !== undefined) for (const [, reason] of unhandled) throw reason;
}

function dropAll(): void {
  jobs = [];
  nextJob = 0;
  unhandled = undefined;
  waiter?.drop();
}

function neverSettles(): Error {
  return new Error(
    'this promise can never settle: no job and no timer is left that could settle it. ' +
      'A promise whose resolve is never called, or one that the engine made by itself (import()), does that',
  );
}
