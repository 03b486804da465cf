import { Worker } from 'node:worker_threads';
import { PENDING } from '../bindings/claim.ts';
import { answerWatch, type Expected } from './answer-watch.ts';
import { Mailbox, mailboxMemory } from './mailbox.ts';
import type { FromWorker, OwnSetup, ToWorker, WorkerSetup } from './messages.ts';
import { NO_COUNTS, type EventOutcome, type InstanceCounts, type LogEntry, type UnitEvent } from './types.ts';

/** The worker's file stands beside this one, whether as source or compiled. */
const ENTRY = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url);

/**
 * What an event allocates is garbage when it ends. Left to itself the engine lets 48 MB of it gather in each
 * worker, which is no faster.
 */
const YOUNG_GENERATION_MB = 4;
/** After an event that took no longer, ms, the answer to the next is watched for. */
const SOON_MS = 1;

export interface UnitWorkerHandlers {
  /** The event that `run` started has ended. */
  ended(outcome: EventOutcome): void;
  log(entry: LogEntry): void;
  /** The thread has gone though nobody ended it. */
  died(reason: string): void;
}

/** One worker thread with one unit's instances, as the main thread sees it. */
export interface UnitWorker {
  /** Resolves once it can run events; rejects with the reason if it never will. */
  readonly ready: Promise<void>;
  readonly claim: Int32Array;
  /** @param alone whether no other event waits for a worker: then the thread has time to look for its answer */
  run(id: number, event: UnitEvent, deadline: number, alone: boolean): void;
  counts(): InstanceCounts;
  /** Ends the thread at once, wherever it is. */
  terminate(): Promise<void>;
  /** Lets the bindings close what they hold, then ends the thread; at once if that takes longer than `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

/** Starts a worker thread. */
export function startUnitWorker(
  setup: Omit<WorkerSetup, OwnSetup>,
  handlers: UnitWorkerHandlers,
): UnitWorker {
  const claim = new Int32Array(new SharedArrayBuffer(4));
  const memory = mailboxMemory();
  const mailbox = new Mailbox(memory);
  const worker = new Worker(ENTRY, {
    workerData: { ...setup, claim, mailbox: memory } satisfies WorkerSetup,
    name: `tenon ${setup.unit}`,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
  });
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
  const { promise: exited, resolve: exit } = Promise.withResolvers<void>();
  // Whoever does not wait for it (a replacement) hears of it through `died`.
  ready.catch(() => {});
  let counts = NO_COUNTS;
  let ended = false;
  let failure: string | undefined;

  let running = false;
  let answersSoon = false;
  let began = 0;
  const expected: Expected = {
    isThere: () => mailbox.isAnswered(),
    announceInstead: () => mailbox.unwatch(),
    onThere: () => takeAnswer(),
  };
  /** Once the event that runs has ended, in whatever way. */
  const finish = (): void => {
    if (!running) return;
    running = false;
    answersSoon = performance.now() - began < SOON_MS;
    answerWatch.ended();
    answerWatch.remove(expected);
  };
  const takeAnswer = (): void => {
    const answer = mailbox.takeAnswer();
    counts = answer.counts;
    finish();
    if (!ended) handlers.ended({ kind: 'response', response: answer.response });
  };

  worker.on('message', (message: FromWorker) => {
    switch (message.kind) {
      case 'ready':
        return resolve();
      case 'failed':
        failure = message.message;
        return undefined;
      case 'log':
        return handlers.log(message.entry);
      case 'mail':
        return takeAnswer();
      case 'outcome':
        counts = message.counts;
        finish();
        if (!ended) handlers.ended(message.outcome);
        return undefined;
    }
  });
  worker.on('error', (error) => {
    failure ??= error instanceof Error ? error.message : String(error);
  });
  worker.on('exit', () => {
    exit();
    finish();
    const reason = failure ?? 'the worker ended';
    reject(new Error(reason));
    if (!ended) handlers.died(reason);
  });

  const send = (message: ToWorker): void => {
    worker.postMessage(message, []);
    mailbox.call();
  };
  return {
    ready,
    claim,
    run(id, event, deadline, alone) {
      Atomics.store(claim, 0, PENDING);
      const room = answerWatch.hasRoom;
      const watched = room && alone && answersSoon;
      running = true;
      began = performance.now();
      answerWatch.began();
      if (!mailbox.putEvent(id, event, deadline, watched, room)) {
        send({ kind: 'event', id, event, deadline });
        return;
      }
      if (mailbox.call()) worker.postMessage({ kind: 'mail' } satisfies ToWorker, []);
      if (watched) answerWatch.add(expected);
    },
    counts: () => counts,
    async terminate() {
      ended = true;
      finish();
      await worker.terminate();
    },
    async stop(graceMs) {
      ended = true;
      send({ kind: 'stop' });
      const timer = setTimeout(() => void worker.terminate(), graceMs);
      await exited;
      clearTimeout(timer);
    },
  };
}
