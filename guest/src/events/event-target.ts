import { queueMicrotask } from '../async/loop.ts';

/** `Event` and `EventTarget` (DOM Standard §2), for targets without a tree. */

export interface EventInit {
  readonly bubbles?: boolean;
  readonly cancelable?: boolean;
  readonly composed?: boolean;
}

export type EventListener = ((event: Event) => void) | { handleEvent(event: Event): void };

interface Listener {
  readonly type: string;
  readonly callback: EventListener;
  readonly capture: boolean;
  readonly once: boolean;
  removed: boolean;
}

interface EventState {
  target: EventTarget | null;
  current: EventTarget | null;
  stopped: boolean;
  canceled: boolean;
  dispatching: boolean;
}

/** As much of an AbortSignal as `addEventListener` needs. */
interface Signal extends EventTarget {
  readonly aborted: boolean;
}

const STATE: unique symbol = Symbol('event');
const LISTENERS: unique symbol = Symbol('listeners');

export class Event {
  declare readonly type: string;
  declare readonly bubbles: boolean;
  declare readonly cancelable: boolean;
  declare readonly composed: boolean;
  declare private [STATE]: EventState;

  constructor(type: string, init: EventInit = {}) {
    this.type = `${type}`;
    this.bubbles = Boolean(init?.bubbles);
    this.cancelable = Boolean(init?.cancelable);
    this.composed = Boolean(init?.composed);
    const state: EventState = {
      target: null,
      current: null,
      stopped: false,
      canceled: false,
      dispatching: false,
    };
    Object.defineProperty(this, STATE, { value: state });
  }

  get target(): EventTarget | null {
    return this[STATE].target;
  }

  get currentTarget(): EventTarget | null {
    return this[STATE].current;
  }

  get defaultPrevented(): boolean {
    return this[STATE].canceled;
  }

  preventDefault(): void {
    if (this.cancelable) this[STATE].canceled = true;
  }

  stopImmediatePropagation(): void {
    this[STATE].stopped = true;
  }

  /** There is no tree to propagate in. */
  stopPropagation(): void {}

  get [Symbol.toStringTag](): string {
    return 'Event';
  }
}

export class EventTarget {
  declare private [LISTENERS]: Listener[];

  constructor() {
    Object.defineProperty(this, LISTENERS, { value: [], writable: true });
  }

  addEventListener(
    type: string,
    callback: EventListener | null,
    options: boolean | { readonly capture?: boolean; readonly once?: boolean; readonly signal?: Signal } = {},
  ): void {
    const {
      capture = false,
      once = false,
      signal,
    } = typeof options === 'boolean' ? { capture: options } : (options ?? {});
    if (callback === null || callback === undefined || signal?.aborted) return;
    const name = `${type}`;
    if (find(this[LISTENERS], name, callback, capture)) return;
    this[LISTENERS].push({
      type: name,
      callback,
      capture: Boolean(capture),
      once: Boolean(once),
      removed: false,
    });
    signal?.addEventListener('abort', () => this.removeEventListener(name, callback, { capture }));
  }

  removeEventListener(
    type: string,
    callback: EventListener | null,
    options: boolean | { readonly capture?: boolean } = {},
  ): void {
    const capture = typeof options === 'boolean' ? options : Boolean(options?.capture);
    const listener = find(this[LISTENERS], `${type}`, callback, capture);
    if (listener) remove(this, listener);
  }

  /** What a listener throws does not stop the others; it fails the event of the component that it is in. */
  dispatchEvent(event: Event): boolean {
    const state = event[STATE as never] as EventState;
    if (state.dispatching)
      throw new DOMException('The event is already being dispatched', 'InvalidStateError');
    state.dispatching = true;
    state.target = this;
    state.current = this;
    for (const listener of this[LISTENERS].slice()) {
      if (listener.removed || listener.type !== event.type) continue;
      if (listener.once) remove(this, listener);
      const { callback } = listener;
      try {
        if (typeof callback === 'function') callback.call(this, event);
        else callback.handleEvent(event);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
      if (state.stopped) break;
    }
    state.current = null;
    state.stopped = false;
    state.dispatching = false;
    return !state.canceled;
  }

  get [Symbol.toStringTag](): string {
    return 'EventTarget';
  }
}

function find(
  listeners: readonly Listener[],
  type: string,
  callback: EventListener | null,
  capture: boolean,
): Listener | undefined {
  return listeners.find((l) => l.type === type && l.callback === callback && l.capture === Boolean(capture));
}

function remove(target: EventTarget, listener: Listener): void {
  listener.removed = true;
  const all = target[LISTENERS as never] as Listener[];
  all.splice(all.indexOf(listener), 1);
}
