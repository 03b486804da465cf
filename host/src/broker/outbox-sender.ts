import type { OutgoingMessage } from '../bindings/deferred.ts';
import { forgetHolder, newHolder } from './outbox-holder.ts';
import type { OutboxEntry, OutboxQueue, OutboxSize } from './outbox-queue.ts';
import { within } from './within.ts';

/**
 * Hands one message to its broker: resolves once the broker, or with the embedded one the handler, has it.
 * Rejects with what people should read where it does not; it is asked again then.
 */
export type Publish = (message: OutgoingMessage, signal: AbortSignal) => Promise<void>;

export interface OutboxSenderOptions {
  readonly queue: OutboxQueue;
  readonly publish: Publish;
  /** One Int32, counted up by workers that have put something into the outbox. */
  readonly wake: Int32Array;
  /** Told when a stream gets stuck, when it flows again, and of what the database does not do. */
  readonly log: (level: 'warn' | 'debug', message: string) => void;
}

export interface OutboxSender {
  size(): Promise<OutboxSize>;
  /** Tries again at once what it would try again later: its broker may be back. */
  retry(): void;
  /** Sends nothing new, waits for what is on its way (`drainMs` at most), and lets others send. */
  close(drainMs: number): Promise<void>;
}

/** How long a process that sends is believed to live without a sign of it, ms. */
const LEASE = 5_000;
/** How often an idle sender looks whether another process has put something into the outbox, ms. */
const TICK = 1_000;
/** Entries that are read at once. */
const BATCH = 64;
/** Streams that are sent at once. */
const MAX_STREAMS = 64;
/** The pause before an entry is sent again, doubling, ms. */
const FIRST_PAUSE = 200;
const LONGEST_PAUSE = 5_000;

/** How long a message that was cut off may take to notice, ms. */
const CUT_OFF = 1_000;

/** One topic of one broker: sent in order, one message at a time. */
interface StreamState {
  sending: boolean;
  /** Sent up to here; what of it is still in the outbox is about to be removed. */
  sent: number;
  failures: number;
  /** When it is tried again, by performance.now(). */
  retryAt: number;
}

/**
 * Sends what waits in an outbox, until it is closed: each stream in order, whatever befalls the others. An entry
 * is removed after the broker has it, so that a process that dies in between sends it again. Of several processes
 * one sends; another takes over when it ends or dies.
 */
export function startOutboxSender(options: OutboxSenderOptions): OutboxSender {
  const { queue, publish, wake, log } = options;
  const holder = newHolder();
  const streams = new Map<string, StreamState>();
  const sending = new Set<Promise<void>>();
  const closing = new AbortController();
  const cutOff = new AbortController();
  /** Ids that are sent and not yet removed. */
  let done: number[] = [];
  let removing: Promise<void> | undefined;
  let heldUntil = 0;
  let nudges = 0;
  let broken: string | undefined;

  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      const seen = Atomics.load(wake, 0);
      const wait = await attempt(look, TICK);
      if (closing.signal.aborted) return;
      await awake(seen, wait);
    }
  }

  /** Starts what can be sent; gives how long to wait for a wake at most, ms. */
  async function look(): Promise<number> {
    if (!(await hold())) return TICK;
    if ([...streams.values()].some((state) => state.failures > 0)) {
      const asked = await queue.nudges();
      if (asked !== nudges) tryNow();
      nudges = asked;
    }
    const now = performance.now();
    let wait = TICK;
    const waiting = await queue.streams();
    for (const stream of waiting) {
      const state = streams.get(stream) ?? { sending: false, sent: 0, failures: 0, retryAt: 0 };
      streams.set(stream, state);
      if (state.sending || sending.size >= MAX_STREAMS) continue;
      if (state.retryAt > now) wait = Math.min(wait, state.retryAt - now);
      else start(stream, state);
    }
    for (const [stream, state] of streams)
      if (!state.sending && !waiting.includes(stream)) streams.delete(stream);
    return wait;
  }

  async function hold(): Promise<boolean> {
    const now = performance.now();
    if (now < heldUntil - LEASE / 2) return true;
    heldUntil = (await queue.hold(holder, LEASE)) ? now + LEASE : 0;
    return heldUntil > 0;
  }

  function start(stream: string, state: StreamState): void {
    state.sending = true;
    const ended = drain(stream, state)
      .catch((error: unknown) => {
        complain(error);
        postpone(state);
      })
      // What is sent and still there must not be found again.
      .then(() => removing)
      .finally(() => {
        state.sending = false;
        sending.delete(ended);
        wakeUp();
      });
    sending.add(ended);
  }

  async function drain(stream: string, state: StreamState): Promise<void> {
    for (;;) {
      const entries = await queue.next(stream, state.sent, BATCH);
      if (entries.length === 0) return;
      for (const entry of entries) {
        if (closing.signal.aborted || !(await hold())) return;
        const reason = await sendOne(entry);
        if (reason !== undefined) {
          if (closing.signal.aborted) return;
          await queue.failed(entry.id, reason);
          if (state.failures === 0) log('warn', `${nameOf(entry)}: messages wait in the outbox: ${reason}`);
          postpone(state);
          return;
        }
        if (state.failures > 0) log('warn', `${nameOf(entry)}: messages leave the outbox again`);
        state.failures = 0;
        state.sent = entry.id;
        done.push(entry.id);
        removing ??= removeSoon();
      }
    }
  }

  async function sendOne(entry: OutboxEntry): Promise<string | undefined> {
    try {
      await publish(entry, cutOff.signal);
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  function tryNow(): void {
    for (const state of streams.values()) state.retryAt = 0;
  }

  function postpone(state: StreamState): void {
    const pause = Math.min(FIRST_PAUSE * 2 ** state.failures, LONGEST_PAUSE);
    state.failures++;
    state.retryAt = performance.now() + pause;
  }

  /** Removes together what was sent in one turn of the event loop, or while the last removal was under way. */
  async function removeSoon(): Promise<void> {
    await new Promise(setImmediate);
    while (done.length > 0) {
      const ids = done;
      done = [];
      try {
        await queue.remove(ids);
      } catch (error) {
        // They are sent, and must not be again as long as this process lives.
        done = [...ids, ...done];
        complain(error);
        await new Promise((resolve) => setTimeout(resolve, closing.signal.aborted ? 0 : TICK).unref());
        if (closing.signal.aborted) break;
      }
    }
    removing = undefined;
  }

  async function attempt<T>(work: () => Promise<T>, otherwise: T): Promise<T> {
    try {
      const result = await work();
      broken = undefined;
      return result;
    } catch (error) {
      complain(error);
      return otherwise;
    }
  }

  function complain(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    if (reason !== broken) log('warn', `the outbox cannot be read or written: ${reason}`);
    broken = reason;
  }

  function wakeUp(): void {
    Atomics.add(wake, 0, 1);
    Atomics.notify(wake, 0);
  }

  async function awake(seen: number, ms: number): Promise<void> {
    await Atomics.waitAsync(wake, 0, seen, ms).value;
  }

  const running = run();
  return {
    size: () => queue.size(),
    retry() {
      tryNow();
      wakeUp();
    },
    async close(drainMs) {
      closing.abort();
      wakeUp();
      await within(drainMs, Promise.all([running, ...sending]));
      cutOff.abort(new Error('the app is closing'));
      await within(CUT_OFF, Promise.all([running, ...sending]));
      await attempt(() => queue.release(holder), undefined);
      forgetHolder(holder);
      await queue[Symbol.asyncDispose]();
    },
  };
}

function nameOf({ kind, address, topic }: OutgoingMessage): string {
  return `${kind === 'mqtt' ? 'topic' : 'channel'} ${topic} at ${address}`;
}
