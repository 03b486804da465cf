import { randomUUID } from 'node:crypto';
import { threadId, type MessagePort } from 'node:worker_threads';
import type { Answered, Asked, Connect, NetworkAddress } from './message.ts';
import type { ServiceName, Services } from './services.ts';
import { onWorkerMessage } from './worker-messages.ts';

/** For whom a question is answered, and for how long somebody waits for it. */
export interface Asker {
  /**
   * Aborted when nobody waits for the answer any more: with a `TimeoutError` at the deadline, with another error
   * when the worker has ended.
   */
  readonly signal: AbortSignal;
  /** The worker: the same object for all its questions, aborted when it has ended. */
  readonly worker: AbortSignal;
}

/** An answer, and which of its buffers need not be copied. */
export interface Reply<Answer> {
  readonly answer: Answer;
  readonly transfer?: ArrayBuffer[];
}

/** Answers the questions of one service; must not reject. What is told instead of asked needs no answer. */
export type Answerer<S extends ServiceName> = (
  question: Services[S]['question'],
  asker: Asker,
) => Promise<Reply<Services[S]['answer']> | undefined>;

export type Answerers = { readonly [S in ServiceName]?: Answerer<S> };

/** The main thread's part of a unit's outbound calls. */
export interface ChannelServer extends Disposable {
  /** For BindingsConfig; every worker of the unit connects by itself. */
  readonly address: NetworkAddress;
  /** Questions that wait for their answers. */
  readonly pending: number;
}

/**
 * Answers the questions of a unit's workers on this thread. Each ends with its deadline, with its worker, or when
 * the server is disposed of.
 */
export function serveChannel(answerers: Answerers): ChannelServer {
  const key = randomUUID();
  const ports = new Set<MessagePort>();
  let pending = 0;

  function connected(message: unknown): void {
    if (!isConnect(message) || message.tenonNetwork !== key) return;
    const { port, answers } = message;
    const worker = new AbortController();
    const underWay = new Set<AbortController>();
    ports.add(port);
    port.on('message', async (asked: Asked) => {
      pending++;
      const waits = new AbortController();
      underWay.add(waits);
      const timer = timeoutAt(asked.deadline, waits);
      const { answered, transfer } = await answerTo(asked, { signal: waits.signal, worker: worker.signal });
      clearTimeout(timer);
      underWay.delete(waits);
      pending--;
      if (worker.signal.aborted || asked.deadline === undefined) return;
      port.postMessage(answered, transfer);
      Atomics.add(answers, 0, 1);
      Atomics.notify(answers, 0);
    });
    // The worker has ended, or was ended while it waited.
    port.on('close', () => {
      ports.delete(port);
      const gone = new Error('the worker has ended');
      worker.abort(gone);
      for (const waits of underWay) waits.abort(gone);
    });
    // A worker keeps the process alive, its port need not.
    port.unref();
  }

  async function answerTo(
    { id, service, question }: Asked,
    asker: Asker,
  ): Promise<{ answered: Answered; transfer: ArrayBuffer[] }> {
    try {
      const answerer = answerers[service as ServiceName] as
        | ((question: unknown, asker: Asker) => Promise<Reply<unknown> | undefined>)
        | undefined;
      if (!answerer) throw new Error(`nobody answers questions for ${service}`);
      const reply = await answerer(question, asker);
      return { answered: { id, kind: 'answer', answer: reply?.answer }, transfer: reply?.transfer ?? [] };
    } catch (error) {
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
      return { answered: { id, kind: 'failed', reason }, transfer: [] };
    }
  }

  const stopListening = onWorkerMessage(connected);
  return {
    address: { thread: threadId, key },
    get pending() {
      return pending;
    },
    [Symbol.dispose]() {
      stopListening();
      for (const port of ports) port.close();
    },
  };
}

/** The longest that a timer can wait, ms. */
const MAX_TIMEOUT = 2 ** 31 - 1;

function timeoutAt(deadline: number | undefined, waits: AbortController): NodeJS.Timeout | undefined {
  const left = (deadline ?? Infinity) - Date.now();
  if (left > MAX_TIMEOUT) return undefined;
  const late = (): void => waits.abort(new DOMException('no answer before the deadline', 'TimeoutError'));
  return setTimeout(late, Math.max(0, left)).unref();
}

function isConnect(message: unknown): message is Connect {
  return typeof message === 'object' && message !== null && 'tenonNetwork' in message;
}
