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

/** What a job calls, with two arguments of its own: most jobs would else be closures made for one call. */
type Work<A, B> = (a: A, b: B) => void;

/** So many places of jobs that have run are given back while others wait; a multiple of three. */
const CHUNK = 3 * 1024;
/** Jobs, three places each: what to call, and its arguments. */
let jobs: unknown[] = [];
/** The place of the first job that has not run. */
let nextJob = 0;
let waiter: Waiter | undefined;
/** Calls of exports in progress: a fused service is called from within another's event. */
let depth = 0;
/** False while the component is being built: module code runs then, once, and its state is snapshotted. */
let live = false;
/** Rejected promises that nobody has looked at yet, with their reasons; undefined where none was. */
let unhandled: Map<object, unknown> | undefined;

/** Where a promise of the guest has its state: the loop looks there rather than calling `then`. */
export const SLOT: unique symbol = Symbol('promise');

/** A promise's getter of the guest's own `then`, which those who make their own class of promises replace. */
export const OWN_THEN: unique symbol = Symbol('then');

export interface Slot {
  state: 'pending' | 'fulfilled' | 'rejected';
  value: unknown;
  reactions: unknown[] | undefined;
  handled: boolean;
}

export function queueMicrotask(job: () => void): void {
  if (typeof job !== 'function') throw new TypeError('queueMicrotask: the argument is not a function');
  jobs.push(callJob, job, undefined);
}

function callJob(job: () => void): void {
  job();
}

/** Queues a job of the guest's own. */
export function enqueue<A, B>(work: Work<A, B>, a: A, b: B): void {
  jobs.push(work, a, b);
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

/** What an export's wrapper needs to know beside the function that it calls. */
export interface Exported {
  /** How many arguments the function is called with, if that is always the same. */
  readonly params?: number;
  /** What the function is called on; whatever the wrapper is called on if absent. */
  readonly owner?: object;
  /** What to throw in place of what the call threw. */
  readonly failed?: (error: unknown) => unknown;
}

/**
 * Wraps a function that the component exports: what it returns may be a promise, whose value is the answer.
 *
 * Throws what the function throws or rejects with, what a callback of its own threw with nobody to catch it,
 * and the reason of a rejection that nobody handled.
 */
export function exported<This, Args extends unknown[], Answer>(
  work: (this: This, ...args: Args) => Answer | PromiseLike<Answer>,
  { params, owner, failed }: Exported = {},
): (this: This, ...args: Args) => Answer {
  // In one function for the usual number of arguments: each further one called, and each list of arguments, is a
  // good part of what a short call costs.
  if (params === 1) {
    const unary = work as unknown as (this: unknown, a: unknown) => Answer | PromiseLike<Answer>;
    const wrapped = function (this: unknown, a: unknown): Answer {
      live = true;
      depth += 1;
      try {
        const value = unary.call(owner ?? this, a);
        return jobs.length === 0 && unhandled === undefined && isSettled(value) ? value : finished(value);
      } catch (error) {
        throw failed === undefined ? error : failed(error);
      } finally {
        depth -= 1;
        if (depth === 0 && (waiter !== undefined || unhandled !== undefined || jobs.length > 0)) dropAll();
      }
    };
    return wrapped as unknown as (this: This, ...args: Args) => Answer;
  }
  return function wrapped(this: This, ...args: Args): Answer {
    live = true;
    depth += 1;
    try {
      const value = work.apply((owner ?? this) as This, args);
      return jobs.length === 0 && unhandled === undefined && isSettled(value) ? value : finished(value);
    } catch (error) {
      throw failed === undefined ? error : failed(error);
    } finally {
      depth -= 1;
      if (depth === 0 && (waiter !== undefined || unhandled !== undefined || jobs.length > 0)) dropAll();
    }
  };
}

/** The value of what an export returned, once all jobs are done. */
function finished<T>(value: T | PromiseLike<T>): T {
  const answer = settle(value);
  if (depth === 1) throwUnhandled();
  return answer;
}

/** Whether a value is no promise for sure; looks at nothing that a getter could answer. */
function isSettled<T>(value: T | PromiseLike<T>): value is T {
  return value === null || (typeof value !== 'object' && typeof value !== 'function');
}

/** Runs microtasks and timers until `value` is settled, and returns or throws what it settles to. */
export function drive<T>(value: T | PromiseLike<T>): T {
  // Within an export its wrapper does the rest.
  if (depth > 0) return settle(value);
  live = true;
  depth = 1;
  try {
    const answer = settle(value);
    throwUnhandled();
    return answer;
  } finally {
    depth = 0;
    dropAll();
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
  const slot = slotOf(value);
  if (slot === undefined) {
    drain();
    return value as T;
  }
  if (!slot.handled) {
    slot.handled = true;
    if (slot.state === 'rejected') rejectionHandled(value as object);
  }
  drain();
  while (isPending(slot)) {
    if (waiter === undefined || !waiter.wake()) throw neverSettles();
    drain();
  }
  if (slot.state === 'rejected') throw slot.value;
  return slot.value as T;
}

function isPending(slot: Slot): boolean {
  return slot.state === 'pending';
}

/** The state of a promise; undefined for what is none. What has only a `then` gets a state that follows it. */
function slotOf(value: unknown): Slot | undefined {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined;
  const { [SLOT]: own, then } = value as { [SLOT]?: Slot; then?: unknown };
  if (own !== undefined && then === (value as { [OWN_THEN]?: unknown })[OWN_THEN]) return own;
  if (typeof then !== 'function') return undefined;
  const slot: Slot = { state: 'pending', value: undefined, reactions: undefined, handled: true };
  const settleAs =
    (state: 'fulfilled' | 'rejected') =>
    (outcome: unknown): void => {
      if (slot.state !== 'pending') return;
      slot.state = state;
      slot.value = outcome;
    };
  (then as Then).call(value, settleAs('fulfilled'), settleAs('rejected'));
  return slot;
}

type Then = (onFulfilled: (value: unknown) => void, onRejected: (reason: unknown) => void) => unknown;

function drain(): void {
  if (jobs.length === 0) return;
  while (nextJob < jobs.length) {
    const at = nextJob;
    const work = jobs[at] as Work<unknown, unknown>;
    const a = jobs[at + 1];
    const b = jobs[at + 2];
    nextJob = at + 3;
    if (nextJob === CHUNK) {
      jobs = jobs.slice(nextJob);
      nextJob = 0;
    }
    work(a, b);
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
