import type { UnitEvent } from './types.ts';

/**
 * Events that wait for a worker, in their order; but first those whose answers other events wait for, each on a
 * worker of its own: behind events that will wait themselves they would wait for ever.
 */
export class WaitingEvents<E extends { readonly event: UnitEvent }> {
  readonly #awaited: E[] = [];
  readonly #others: E[] = [];

  get length(): number {
    return this.#awaited.length + this.#others.length;
  }

  /** How many are awaited by other events. */
  get awaited(): number {
    return this.#awaited.length;
  }

  first(): E | undefined {
    return this.#awaited[0] ?? this.#others[0];
  }

  add(waiting: E): void {
    this.#listOf(waiting).push(waiting);
  }

  /** The next to run; without `others` only if it is awaited. */
  take(others: boolean): E | undefined {
    return this.#awaited.shift() ?? (others ? this.#others.shift() : undefined);
  }

  remove(waiting: E): void {
    const list = this.#listOf(waiting);
    const at = list.indexOf(waiting);
    if (at !== -1) list.splice(at, 1);
  }

  takeAll(): E[] {
    return [...this.#awaited.splice(0), ...this.#others.splice(0)];
  }

  #listOf({ event }: E): E[] {
    return isAwaited(event) ? this.#awaited : this.#others;
  }
}

export function isAwaited(event: UnitEvent): boolean {
  return event.kind === 'call' && event.awaited === true;
}
