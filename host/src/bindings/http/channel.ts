import {
  MessageChannel,
  postMessageToThread,
  receiveMessageOnPort,
  type MessagePort,
} from 'node:worker_threads';
import type { Answer, Connect, NetworkAddress, OutboundRequest } from './message.ts';

/** How much longer than the network the worker waits, so that the network's own words arrive, ms. */
const GRACE = 50;

/** The worker's end of a unit's network. */
export interface Channel extends Disposable {
  /** Sends a request and blocks this thread until its answer is there; undefined if its deadline was first. */
  ask(request: Omit<OutboundRequest, 'id'>): Answer | undefined;
}

/**
 * Connects to a network at the first request. The answers come over a message port, read without the event
 * loop; the number beside it only wakes the thread. The port dies with the thread, which tells the network to
 * drop what it was doing for it.
 */
export function createChannel(address: NetworkAddress): Channel {
  let open: { port: MessagePort; answers: Int32Array } | undefined;
  let lastId = 0;

  function connect(): { port: MessagePort; answers: Int32Array } {
    const { port1, port2 } = new MessageChannel();
    const answers = new Int32Array(new SharedArrayBuffer(4));
    const hello: Connect = { tenonNetwork: address.key, port: port2, answers };
    // The message is on its way when this returns. A network that is gone never answers, and the wait ends.
    postMessageToThread(address.thread, hello, [port2]).catch(() => {});
    return { port: port1, answers };
  }

  return {
    ask(request) {
      open ??= connect();
      const { port, answers } = open;
      const id = ++lastId;
      const transfer = request.body === undefined ? [] : [request.body.buffer as ArrayBuffer];
      port.postMessage({ ...request, id } satisfies OutboundRequest, transfer);
      for (;;) {
        const seen = Atomics.load(answers, 0);
        // Answers to requests that nobody waited for any more come first.
        for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port)) {
          const answer = next.message as Answer;
          if (answer.id === id) return answer;
        }
        const left = request.deadline + GRACE - Date.now();
        if (left <= 0) return undefined;
        Atomics.wait(answers, 0, seen, left);
      }
    },
    [Symbol.dispose]() {
      open?.port.close();
    },
  };
}
