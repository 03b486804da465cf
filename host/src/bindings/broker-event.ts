import { problem } from '../diagnostics/error.ts';
import type { Binding, EventContext } from './binding.ts';

export interface BrokerEventOptions {
  /** Commits what the event has written so far; false if it has changed meanwhile and cannot run again. */
  readonly beforeEffect: () => boolean;
  readonly warn: (line: string) => void;
}

/** What the bindings of all brokers know of the event that runs. */
export interface BrokerEvent extends Required<Pick<Binding, 'begin' | 'hasOutsideEffect' | 'unavailable'>> {
  /** Wall-clock time past which no answer is waited for, ms. */
  readonly deadline: () => number;
  /** To be called before anything that others can see; false if it must not happen. */
  effect(): boolean;
  /** A broker could not be reached, so that the event, should it fail, did not fail of itself. */
  unreachable(message: string): void;
}

export function createBrokerEvent({ beforeEffect, warn }: BrokerEventOptions): BrokerEvent {
  let event: EventContext | undefined;
  let effect = false;
  let unavailable: string | undefined;
  return {
    begin(context) {
      event = context;
      effect = false;
      unavailable = undefined;
    },
    hasOutsideEffect: () => effect,
    unavailable: () => unavailable,
    deadline: () => event?.deadline ?? Infinity,
    effect() {
      if (!beforeEffect()) return false;
      effect = true;
      return true;
    },
    unreachable(message) {
      unavailable ??= message;
      warn(message);
    },
  };
}

/** What ends an event that waited for a broker until its deadline. */
export function tooLate(address: string): Error {
  return problem('bindings/deadline', `no answer of ${address} before the deadline of the event`);
}
