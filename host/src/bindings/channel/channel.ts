import {
  MessageChannel,
  postMessageToThread,
  receiveMessageOnPort,
  type MessagePort,
} from 'node:worker_threads';
import { problem } from '../../diagnostics/error.ts';
import type { Answered, Asked, Connect, NetworkAddress } from './message.ts';
import type { ServiceName, Services } from './services.ts';

/** How much longer than the main thread the worker waits, so that the main thread's own words arrive, ms. */
const GRACE = 50;

/** The worker's end of what the main thread does for it. */
export interface Channel extends Disposable {
  /**
   * Asks and blocks this thread until the answer is there; undefined if the deadline (ms since the epoch) was
   * first. What is in `transfer` is handed over and gone here.
   */
  ask<S extends ServiceName>(
    service: S,
    question: Services[S]['question'],
    deadline: number,
    transfer?: ArrayBuffer[],
  ): Services[S]['answer'] | undefined;
  /** Says something that has no answer; in order with what is asked. */
  tell<S extends ServiceName>(service: S, question: Services[S]['question']): void;
}

interface Line {
  readonly port: MessagePort;
  readonly answers: Int32Array;
}

/**
 * Connects to a server (serve.ts) at the first question. The answers come over a message port, read without the
 * event loop; the number beside it only wakes the thread. The port dies with the thread, which tells the server
 * to drop what it was doing for it.
 */
export function createChannel(address: NetworkAddress): Channel {
  let open: Line | undefined;
  let lastId = 0;

  function connect(): Line {
    const { port1, port2 } = new MessageChannel();
    const answers = new Int32Array(new SharedArrayBuffer(4));
    const hello: Connect = { tenonNetwork: address.key, port: port2, answers };
    // The message is on its way when this returns. A server that is gone never answers, and the wait ends.
    postMessageToThread(address.thread, hello, [port2]).catch(() => {});
    return { port: port1, answers };
  }

  return {
    ask(service, question, deadline, transfer = []) {
      open ??= connect();
      const { port, answers } = open;
      const id = ++lastId;
      port.postMessage({ id, service, question, deadline } satisfies Asked, transfer);
      for (;;) {
        const seen = Atomics.load(answers, 0);
        // Answers to questions that nobody waited for any more come first.
        for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port)) {
          const answered = next.message as Answered;
          if (answered.id !== id) continue;
          if (answered.kind === 'failed') throw problem('internal/bug', answered.reason, { where: service });
          return answered.answer as Services[typeof service]['answer'];
        }
        const left = deadline + GRACE - Date.now();
        if (left <= 0) return undefined;
        Atomics.wait(answers, 0, seen, left);
      }
    },
    tell(service, question) {
      // Who has never asked has nothing to say either.
      open?.port.postMessage({ id: ++lastId, service, question } satisfies Asked, []);
    },
    [Symbol.dispose]() {
      open?.port.close();
    },
  };
}
