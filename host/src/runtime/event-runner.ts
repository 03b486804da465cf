import type { Binding, EventContext } from '../bindings/binding.ts';
import { COMMITTING, DONE, PENDING, tryClaim } from '../bindings/claim.ts';
import { callGuest, returnedError, type GuestAnswer } from './guest-call.ts';
import type { HandleLedger } from './handles.ts';
import type { UnitInstance } from './instance.ts';
import { NO_COUNTS, type EventOutcome, type InstanceCounts, type UnitEvent } from './types.ts';

/** So often is an event run again whose reads were overtaken. */
const RERUNS = 3;

export interface EventRunnerOptions {
  readonly bindings: readonly Binding[];
  readonly ledger: HandleLedger;
  readonly createInstance: () => UnitInstance;
  readonly claim: Int32Array;
  /** Keep one instance for all events, until one traps. */
  readonly shared: boolean;
}

/** Runs events one after the other, each on fresh state, with all store effects or none. */
export interface EventRunner {
  run(id: number, event: UnitEvent, deadline: number): EventOutcome;
  /** Makes the instance of the next event ready: to be called once the outcome is on its way. */
  prepareNext(): void;
  counts(): InstanceCounts;
}

export function createEventRunner(options: EventRunnerOptions): EventRunner {
  const { bindings, ledger, claim, shared } = options;
  const counts = { ...NO_COUNTS };
  let instance: UnitInstance | undefined;
  /** Whether the instance has run something since it was made or reset. */
  let used = false;
  /** Whether it returned normally: a trapped one is thrown away. */
  let intact = true;

  function fresh(): UnitInstance {
    if (instance && used && !(shared && intact)) {
      const obstacle = intact
        ? instance.snapshot
          ? instance.snapshot.restore(liveHandles())
          : 'unprovable'
        : 'trapped';
      counts[obstacle ?? 'resets']++;
      if (obstacle) instance = undefined;
    }
    if (!instance) {
      ledger.disposeAll();
      instance = options.createInstance();
      counts.instances++;
    }
    used = false;
    intact = true;
    return instance;
  }

  function liveHandles(): number {
    return bindings.reduce((sum, binding) => sum + (binding.liveHandles?.() ?? 0), ledger.live());
  }

  /** One run: the outcome, or undefined if it must run again. */
  function attempt(event: UnitEvent, context: EventContext): EventOutcome | undefined {
    if (context.once !== undefined) {
      const known = repeated(context);
      if (known) return known;
    }
    const { exports } = fresh();
    for (const binding of bindings) binding.begin?.(context);
    used = true;
    let answer: GuestAnswer;
    try {
      answer = callGuest(exports, event);
    } catch (thrown) {
      const returned = returnedError(thrown);
      intact = returned !== undefined;
      const overtaken = bindings.some((one) => one.overtaken?.());
      const unavailable = whyUnavailable();
      abort(context);
      if (overtaken) return undefined;
      if (unavailable) return unavailable;
      return returned ? { kind: 'error', ...returned } : trapOf(thrown);
    }
    if (!answer.failed) return commit(context, answer.outcome);
    const overtaken = bindings.some((one) => one.overtaken?.());
    const unavailable = whyUnavailable();
    abort(context);
    return overtaken ? undefined : inTime(unavailable ?? answer.outcome);
  }

  /** What a failed event ends with where it failed of something outside. */
  function whyUnavailable(): EventOutcome | undefined {
    for (const binding of bindings) {
      const message = binding.unavailable?.();
      if (message !== undefined) return { kind: 'unavailable', message };
    }
    return undefined;
  }

  /** What ends an event that need not run: it was handled before, or that cannot be known. */
  function repeated(context: EventContext): EventOutcome | undefined {
    try {
      return bindings.some((one) => one.repeats?.(context)) ? inTime({ kind: 'repeated' }) : undefined;
    } catch (thrown) {
      return whyUnavailable() ?? trapOf(thrown);
    }
  }

  function commit(context: EventContext, outcome: EventOutcome): EventOutcome | undefined {
    try {
      for (const binding of bindings) {
        const result = binding.commit?.(context);
        if (result?.kind === 'late') {
          abort(context);
          return { kind: 'deadline' };
        }
        if (result?.kind === 'repeated') {
          abort(context);
          return inTime({ kind: 'repeated' });
        }
        if (result?.kind === 'conflict') {
          const final = bindings.some((one) => one.hasOutsideEffect?.());
          abort(context);
          // A binding may have claimed already; the run that follows is pending again.
          Atomics.compareExchange(claim, 0, COMMITTING, PENDING);
          return final ? { kind: 'conflict' } : undefined;
        }
      }
    } catch (thrown) {
      const unavailable = whyUnavailable();
      abort(context);
      return unavailable ?? trapOf(thrown);
    }
    return inTime(outcome);
  }

  /** Where no binding had anything to write, the answer itself is what must not be both late and given. */
  function inTime(outcome: EventOutcome): EventOutcome {
    if (Atomics.load(claim, 0) === PENDING && !tryClaim(claim, COMMITTING)) return { kind: 'deadline' };
    Atomics.store(claim, 0, DONE);
    return outcome;
  }

  function abort(context: EventContext): void {
    for (const binding of bindings) binding.abort?.(context);
  }

  return {
    run(id, event, deadline) {
      const once = event.kind === 'call' ? event.once : undefined;
      for (let run = 1; run <= 1 + RERUNS; run++) {
        const context = { id, deadline, claim, attempt: run, ...(once !== undefined && { once }) };
        const outcome = attempt(event, context);
        if (outcome) return outcome;
      }
      return { kind: 'conflict' };
    },
    prepareNext() {
      fresh();
    },
    counts: () => ({ ...counts }),
  };
}

function trapOf(thrown: unknown): EventOutcome {
  if (!(thrown instanceof Error)) return { kind: 'trap', message: String(thrown) };
  return {
    kind: 'trap',
    message: thrown.message,
    ...(thrown.stack !== undefined && { stack: thrown.stack }),
  };
}
