import { setTimeout } from '../async/timers.ts';
import { abort, AbortSignal as Signal, newSignal } from './abort.ts';

interface AbortSignalConstructor {
  readonly prototype: Signal;
  new (): Signal;
  abort(reason?: unknown): Signal;
  any(signals: Iterable<Signal>): Signal;
  /** Aborts with a TimeoutError after so many milliseconds. */
  timeout(milliseconds: number): Signal;
}

/** Apart from the class itself, so that whoever only has a request with a signal needs no clock. */
export const AbortSignal = /* @__PURE__ */ withTimeout();

function withTimeout(): AbortSignalConstructor {
  return Object.defineProperty(Signal, 'timeout', {
    value: function timeout(milliseconds: number): Signal {
      if (!(milliseconds >= 0 && milliseconds <= Number.MAX_SAFE_INTEGER)) {
        throw new TypeError(`AbortSignal.timeout: expected milliseconds, found ${String(milliseconds)}`);
      }
      const signal = newSignal();
      setTimeout(() => {
        abort(signal, new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
      }, milliseconds);
      return signal;
    },
    writable: true,
    configurable: true,
  }) as unknown as AbortSignalConstructor;
}
