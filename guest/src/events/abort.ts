import { NEVER } from './never.ts';
import { Event, EventTarget } from './event-target.ts';

/** `AbortController` and `AbortSignal` (DOM Standard §3); `AbortSignal.timeout` is in abort-timeout.ts. */

interface State {
  aborted: boolean;
  reason: unknown;
  handler: ((event: Event) => void) | null;
  /** What `any` made this of: signals that are not made of others. Undefined for one that a controller aborts. */
  sources: Set<AbortSignal> | undefined;
  /** What `any` made of this one, in that order. */
  readonly dependents: AbortSignal[];
}

const STATE: unique symbol = Symbol('signal');
/** The key that lets this module make signals and nobody else. */
const KEY = {};

export class AbortSignal extends EventTarget {
  declare private [STATE]: State;

  constructor(key?: object) {
    super();
    if (key !== KEY) throw new TypeError('Illegal constructor');
    const state: State = {
      aborted: false,
      reason: undefined,
      handler: null,
      sources: undefined,
      dependents: [],
    };
    Object.defineProperty(this, STATE, { value: state });
  }

  static abort(reason?: unknown): AbortSignal {
    const signal = new AbortSignal(KEY);
    abort(signal, reason);
    return signal;
  }

  static any(signals: Iterable<AbortSignal>): AbortSignal {
    const all = [...signals].filter((signal) => signal !== NEVER);
    const result = new AbortSignal(KEY);
    for (const signal of all) {
      if (!(signal instanceof AbortSignal)) throw new TypeError('AbortSignal.any: expected AbortSignals');
    }
    const aborted = all.find((signal) => signal.aborted);
    if (aborted) {
      result[STATE].aborted = true;
      result[STATE].reason = aborted.reason;
      return result;
    }
    result[STATE].sources = new Set(all.flatMap((signal) => [...(signal[STATE].sources ?? [signal])]));
    for (const source of result[STATE].sources) source[STATE].dependents.push(result);
    return result;
  }

  get aborted(): boolean {
    return this[STATE].aborted;
  }

  get reason(): unknown {
    return this[STATE].reason;
  }

  throwIfAborted(): void {
    if (this[STATE].aborted) throw this[STATE].reason;
  }

  get onabort(): ((event: Event) => void) | null {
    return this[STATE].handler;
  }

  set onabort(handler: ((event: Event) => void) | null) {
    const state = this[STATE];
    if (state.handler) this.removeEventListener('abort', state.handler);
    state.handler = typeof handler === 'function' ? handler : null;
    if (state.handler) this.addEventListener('abort', state.handler);
  }

  override get [Symbol.toStringTag](): string {
    return 'AbortSignal';
  }
}

const SIGNAL: unique symbol = Symbol('controlled');

export class AbortController {
  declare private [SIGNAL]: AbortSignal;

  constructor() {
    Object.defineProperty(this, SIGNAL, { value: newSignal() });
  }

  get signal(): AbortSignal {
    return this[SIGNAL];
  }

  abort(reason?: unknown): void {
    abort(this[SIGNAL], reason);
  }

  get [Symbol.toStringTag](): string {
    return 'AbortController';
  }
}

export function newSignal(): AbortSignal {
  return new AbortSignal(KEY);
}

/** Aborts a signal and all that depend on it; all are marked before any listener runs. */
export function abort(signal: AbortSignal, reason?: unknown): void {
  if (signal.aborted) return;
  const cause = reason === undefined ? new DOMException('This operation was aborted', 'AbortError') : reason;
  const { dependents } = stateOf(signal);
  const affected = [signal, ...dependents.filter((dependent) => !dependent.aborted)];
  for (const each of affected) {
    stateOf(each).aborted = true;
    stateOf(each).reason = cause;
  }
  for (const each of affected) each.dispatchEvent(new Event('abort'));
}

function stateOf(signal: AbortSignal): State {
  return signal[STATE as never];
}
