import { randomUUID } from 'node:crypto';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { threadId, type MessagePort } from 'node:worker_threads';
import { isAllowed, parseAllowedHost } from './allowed-hosts.ts';
import type { Answer, Connect, NetworkAddress, OutboundRequest } from './message.ts';
import { send, SendError } from './send.ts';

export interface NetworkOptions {
  /** Entries of `allowed_outbound_hosts`, see http/grants.ts. */
  readonly allowed: readonly string[];
  /** What relative URLs are resolved against: the application's own address, once it listens. */
  readonly origin?: () => string | undefined;
}

/** The main thread's part of a unit's outbound requests. */
export interface Network extends Disposable {
  /** For BindingsConfig; every worker of the unit connects by itself. */
  readonly address: NetworkAddress;
  /** Requests under way. */
  readonly pending: number;
}

/**
 * Serves the outbound requests of a unit's workers on this thread. A request ends with its deadline, with its
 * worker, or when the network is disposed of; connections are kept between requests.
 *
 * @throws TenonError `bindings/allowed-host`
 */
export function createNetwork(options: NetworkOptions): Network {
  const allowed = options.allowed.map(parseAllowedHost);
  const key = randomUUID();
  const agents = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };
  const ports = new Set<MessagePort>();
  let pending = 0;

  function connected(message: unknown): void {
    if (!isConnect(message) || message.tenonNetwork !== key) return;
    const { port, answers } = message;
    const gone = new AbortController();
    ports.add(port);
    port.on('message', async (request: OutboundRequest) => {
      pending++;
      const answer = await serve(request, gone.signal);
      pending--;
      if (gone.signal.aborted) return;
      port.postMessage(
        answer,
        answer.kind === 'response' ? [answer.response.body.buffer as ArrayBuffer] : [],
      );
      Atomics.add(answers, 0, 1);
      Atomics.notify(answers, 0);
    });
    // The worker has ended, or was ended while it waited.
    port.on('close', () => {
      ports.delete(port);
      gone.abort(new Error('the worker has ended'));
    });
    // A worker keeps the process alive, its port need not.
    port.unref();
  }

  async function serve(request: OutboundRequest, gone: AbortSignal): Promise<Answer> {
    const { id, deadline } = request;
    const timeout = AbortSignal.timeout(Math.max(0, Math.min(deadline - Date.now(), MAX_TIMEOUT)));
    try {
      if (!isAllowed(request.uri, allowed)) {
        throw new SendError('destination-not-allowed', 'the host is not among the granted ones');
      }
      const response = await send(
        { ...request, uri: absolute(request.uri) },
        {
          agents,
          // The application itself is granted as such, not by its address.
          isAllowed: (url) => isAllowed(url, allowed) || (request.uri.startsWith('/') && isOwn(url)),
          signal: AbortSignal.any([gone, timeout]),
        },
      );
      return { id, kind: 'response', response };
    } catch (error) {
      const reason = timeout.aborted
        ? 'no answer before the deadline of the event'
        : (error as Error).message;
      return { id, kind: 'error', error: error instanceof SendError ? error.error : 'runtime-error', reason };
    }
  }

  function absolute(uri: string): string {
    if (!uri.startsWith('/')) return uri;
    const origin = options.origin?.();
    if (origin === undefined)
      throw new SendError('invalid-url', 'a relative URL, and the application has no address');
    return `${origin}${uri}`;
  }

  function isOwn(url: string): boolean {
    const origin = options.origin?.();
    return origin !== undefined && URL.parse(url)?.origin === URL.parse(origin)?.origin;
  }

  process.on('workerMessage', connected);
  return {
    address: { thread: threadId, key },
    get pending() {
      return pending;
    },
    [Symbol.dispose]() {
      process.off('workerMessage', connected);
      for (const port of ports) port.close();
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

/** The longest that a timer can wait, ms. */
const MAX_TIMEOUT = 2 ** 31 - 1;

function isConnect(message: unknown): message is Connect {
  return typeof message === 'object' && message !== null && 'tenonNetwork' in message;
}
