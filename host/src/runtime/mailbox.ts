import type { HttpResponse, InstanceCounts, UnitEvent } from './types.ts';

/** Bytes of one event, or of its outcome, that fit; larger ones are sent as messages. */
const CAPACITY = 64 * 1024;
/** UTF-8 takes at most so many bytes for each UTF-16 code unit. */
const MAX_BYTES_PER_UNIT = 3;

/** A worker that was called again so soon after its last event watches for the next before it sleeps, ms. */
const WATCH_MS = 0.2;
/** Looks between two at the clock. */
const LOOKS = 16;
/** Tells the processor that this thread only waits. */
const pause = (Atomics as { readonly pause?: () => void }).pause ?? (() => {});

/** What a worker does. */
const STATE = {
  /** It sits in its event loop: only a message reaches it. */
  listening: 0,
  /** It runs, and looks for what has come before it rests. */
  busy: 1,
  /** It sleeps on the state's word. */
  waiting: 2,
  /** Something has come for it. */
  called: 3,
} as const;

/** Whether the main thread looks for the answer by itself. */
const ANSWER = {
  /** It is to be told by a message. */
  unwatched: 0,
  watched: 1,
  /** The answer is there, and no message tells of it. */
  there: 2,
} as const;

/** Words at the beginning of the shared memory. */
const WORD = { state: 0, full: 1, text: 2, body: 3, counts: 4, answer: 10, room: 11, count: 12 } as const;
const COUNTS = [
  'instances',
  'resets',
  'trapped',
  'grown',
  'handles',
  'unprovable',
] as const satisfies readonly (keyof InstanceCounts)[];
const CONTENTS = WORD.count * Int32Array.BYTES_PER_ELEMENT;

/** An HTTP event with what the worker must know to run it. */
export interface MailedEvent {
  readonly id: number;
  readonly event: UnitEvent;
  readonly deadline: number;
}

export interface MailedAnswer {
  readonly response: HttpResponse;
  readonly counts: InstanceCounts;
}

/**
 * How small HTTP events and their answers pass between the main thread and one worker: through shared memory,
 * because cloning a message and waking an event loop takes longer than some events. There is one event at a
 * time, so one place for it and its answer. The worker sleeps on a word of that memory for a moment before it
 * returns to its event loop, where only messages reach it; and where events follow each other closely it does
 * not even sleep, since waking a thread may take longer than the pause between two events.
 */
export class Mailbox {
  readonly #words: Int32Array;
  readonly #bytes: Uint8Array;
  /** The same bytes, for text. */
  readonly #buffer: Buffer;
  /** Whether the worker was last called so soon that sleeping did not pay. */
  #calledSoon = false;

  /** @param memory from `mailboxMemory`, the same on both sides */
  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory, 0, WORD.count);
    this.#bytes = new Uint8Array(memory, CONTENTS);
    this.#buffer = Buffer.from(memory, CONTENTS);
  }

  // The main thread's side.

  /**
   * Puts an event in, if it is one that fits; the worker is yet to be called.
   *
   * @param watched whether the answer will be looked for, else a message tells of it
   * @param room whether there is a core for the worker to watch for its next event
   */
  putEvent(id: number, event: UnitEvent, deadline: number, watched: boolean, room: boolean): boolean {
    // Nobody looks for the answer of an event that goes by a message, whatever became of the one before it.
    this.#words[WORD.answer] = ANSWER.unwatched;
    if (event.kind !== 'http') return false;
    const { method, uri, headers, body } = event.request;
    if (!this.#put(JSON.stringify([id, deadline, method, uri, headers]), body)) return false;
    if (watched) this.#words[WORD.answer] = ANSWER.watched;
    this.#words[WORD.room] = room ? 1 : 0;
    Atomics.store(this.#words, WORD.full, 1);
    return true;
  }

  /** Calls the worker to what was put in or sent; true if it hears of it only by a message. */
  call(): boolean {
    const before = Atomics.exchange(this.#words, WORD.state, STATE.called);
    if (before === STATE.waiting) Atomics.notify(this.#words, WORD.state);
    return before === STATE.listening;
  }

  /** Whether a watched answer is there. */
  isAnswered(): boolean {
    return Atomics.load(this.#words, WORD.answer) === ANSWER.there;
  }

  /** Looks no longer: a message is to tell of the answer; false if it is there already. */
  unwatch(): boolean {
    const { watched, unwatched, there } = ANSWER;
    return Atomics.compareExchange(this.#words, WORD.answer, watched, unwatched) !== there;
  }

  /** The answer that the worker has put in. */
  takeAnswer(): MailedAnswer {
    const [status, headers] = JSON.parse(this.#text()) as [number, [string, string][]];
    const counts = Object.fromEntries(COUNTS.map((name, at) => [name, this.#words[WORD.counts + at] ?? 0]));
    return {
      response: { status, headers, body: this.#body() },
      counts: counts as Record<(typeof COUNTS)[number], number>,
    };
  }

  // The worker's side.

  /** To be called before it looks for what has come: from then on it need not be woken. */
  beBusy(): void {
    Atomics.store(this.#words, WORD.state, STATE.busy);
  }

  takeEvent(): MailedEvent | undefined {
    if (Atomics.exchange(this.#words, WORD.full, 0) === 0) return undefined;
    const [id, deadline, method, uri, headers] = JSON.parse(this.#text()) as [
      number,
      number,
      string,
      string,
      [string, string][],
    ];
    return { id, deadline, event: { kind: 'http', request: { method, uri, headers, body: this.#body() } } };
  }

  /** Puts an answer in, if it fits; it is yet to be shown, or told of. */
  putAnswer({ status, headers, body }: HttpResponse, counts: InstanceCounts): boolean {
    if (!this.#put(JSON.stringify([status, headers]), body)) return false;
    for (const [at, name] of COUNTS.entries()) this.#words[WORD.counts + at] = counts[name];
    return true;
  }

  /** Lets the main thread see the answer; false if it does not look, so that a message must tell it. */
  showAnswer(): boolean {
    const { watched, there } = ANSWER;
    return Atomics.compareExchange(this.#words, WORD.answer, watched, there) === watched;
  }

  /** Rests until called, for at most `ms`; false if nobody called: then only a message reaches the worker. */
  rest(ms: number): boolean {
    const begun = performance.now();
    const watches = this.#calledSoon && this.#words[WORD.room] === 1;
    const called = (watches && this.#watch(begun)) || this.#sleep(ms);
    this.#calledSoon = called && performance.now() - begun < WATCH_MS;
    return called;
  }

  #watch(begun: number): boolean {
    do {
      for (let look = 0; look < LOOKS; look++) {
        if (Atomics.load(this.#words, WORD.state) === STATE.called) return true;
        pause();
      }
    } while (performance.now() - begun < WATCH_MS);
    return false;
  }

  #sleep(ms: number): boolean {
    const words = this.#words;
    if (Atomics.compareExchange(words, WORD.state, STATE.busy, STATE.waiting) !== STATE.busy) return true;
    Atomics.wait(words, WORD.state, STATE.waiting, ms);
    return Atomics.compareExchange(words, WORD.state, STATE.waiting, STATE.listening) !== STATE.waiting;
  }

  #put(text: string, body: Uint8Array): boolean {
    const bytes = this.#bytes;
    if (text.length * MAX_BYTES_PER_UNIT + body.length > bytes.length) return false;
    const length = this.#buffer.write(text, 'utf8');
    bytes.set(body, length);
    this.#words[WORD.text] = length;
    this.#words[WORD.body] = body.length;
    return true;
  }

  #text(): string {
    return this.#buffer.toString('utf8', 0, this.#words[WORD.text]);
  }

  #body(): Uint8Array {
    const start = this.#words[WORD.text] ?? 0;
    // A copy, and in memory that is not shared.
    return this.#bytes.slice(start, start + (this.#words[WORD.body] ?? 0));
  }
}

export function mailboxMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(CONTENTS + CAPACITY);
}
