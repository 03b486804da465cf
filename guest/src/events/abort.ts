import { NEVER } from './never.ts';
import { Event, EventTarget } from './event-target.ts';

/** `AbortController` and `AbortSignal` (DOM Standard §3); `AbortSignal.timeout` is in abort-timeout.ts. */

interface State {
  aborted: boolean;
  reason: unknown;
  handler: ((event: Event) => void) | null;
  /** Signals made of this one by `any`. */
  dependents: AbortSignal[];
}

const STATE: unique symbol = Symbol('signal');
/** The key that lets this module make signals and nobody else. */
const KEY = {};

export class AbortSignal extends EventTarget {
  declare private [STATE]: State;

  constructor(key?: object) {
    super();
    if (key !== KEY) throw new TypeError('Illegal constructor');
    const state: State = { aborted: false, reason: undefined, handler: null, dependents: [] };
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
    } else for (const signal of new Set(all)) signal[STATE].dependents.push(result);
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
  const marked: AbortSignal[] = [];
  mark(signal, cause, marked);
  for (const each of marked) each.dispatchEvent(new Event('abort'));
}

function mark(signal: AbortSignal, reason: unknown, marked: AbortSignal[]): void {
  const state = signal[STATE as never] as State;
  if (state.aborted) return;
  state.aborted = true;
  state.reason = reason;
  marked.push(signal);
  for (const dependent of state.dependents) mark(dependent, reason, marked);
  state.dependents = [];
}
