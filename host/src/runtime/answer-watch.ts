import { availableParallelism } from 'node:os';

/** So long is an answer watched for, ms: what takes longer is worth waking for. */
const WATCH_MS = 1;

/** An answer that may come at any moment. */
export interface Expected {
  /** Whether it is there. */
  isThere(): boolean;
  /** Has it announced by a message instead; false if it came at the last moment. */
  announceInstead(): boolean;
  /** To be called once, when it is there. */
  readonly onThere: () => void;
}

/**
 * Lets the main thread see short events' answers at once. A thread that sleeps takes 50 µs to wake, on some
 * machines more than all else that an event costs beside its guest. So while an answer is expected within a
 * millisecond the event loop turns without sleeping, as long as a core is left for it; it goes on serving
 * everything else.
 */
export class AnswerWatch {
  readonly #cores: number;
  readonly #watchMs: number;
  readonly #expected = new Map<Expected, number>();
  #running = 0;
  #turning = false;

  /** @param cores threads that can run at once */
  constructor(cores: number, watchMs = WATCH_MS) {
    this.#cores = cores;
    this.#watchMs = watchMs;
  }

  /** A worker runs an event, watched or not. */
  began(): void {
    this.#running++;
  }

  ended(): void {
    this.#running--;
  }

  /** Whether another watched event, not yet counted as running, leaves a core for this thread. */
  get hasRoom(): boolean {
    return this.#running + 1 < this.#cores;
  }

  add(expected: Expected): void {
    this.#expected.set(expected, performance.now() + this.#watchMs);
    if (this.#turning) return;
    this.#turning = true;
    setImmediate(this.#look);
  }

  remove(expected: Expected): void {
    this.#expected.delete(expected);
  }

  readonly #look = (): void => {
    const now = performance.now();
    const crowded = this.#running >= this.#cores;
    for (const [expected, until] of this.#expected) {
      const isThere = expected.isThere() || ((crowded || now >= until) && !expected.announceInstead());
      if (isThere || crowded || now >= until) this.#expected.delete(expected);
      if (isThere) expected.onThere();
    }
    this.#turning = this.#expected.size > 0;
    if (this.#turning) setImmediate(this.#look);
  };
}

/** One for the process: its units share the cores. */
export const answerWatch = new AnswerWatch(availableParallelism());
