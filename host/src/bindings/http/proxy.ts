import { Agent as HttpsAgent } from 'node:https';
import type { Answerer } from '../channel/serve.ts';
import { isAllowed, parseAllowedHost } from './allowed-hosts.ts';
import type { HttpAnswer, OutboundRequest } from './message.ts';
import { send, SendError } from './send.ts';

// As in trigger/http/server.ts.
const { Agent: HttpAgent } = process.getBuiltinModule('node:http');

export interface HttpServiceOptions {
  /** Entries of `allowed_outbound_hosts`, see http/grants.ts. */
  readonly allowed: readonly string[];
  /** What relative URLs are resolved against: the application's own address, once it listens. */
  readonly origin?: () => string | undefined;
}

/** The main thread's part of a unit's outbound requests. */
export interface HttpService extends Disposable {
  readonly answer: Answerer<'http'>;
}

/**
 * Sends the outbound requests of a unit's workers. A request ends with its deadline or with its worker;
 * connections are kept between requests.
 *
 * @throws TenonError `bindings/allowed-host`
 */
export function createHttpService(options: HttpServiceOptions): HttpService {
  const allowed = options.allowed.map(parseAllowedHost);
  const agents = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };

  async function serve(request: OutboundRequest, signal: AbortSignal): Promise<HttpAnswer> {
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
          signal,
        },
      );
      return { kind: 'response', response };
    } catch (error) {
      const reason = ((signal.aborted ? signal.reason : error) as Error).message;
      return { kind: 'error', error: error instanceof SendError ? error.error : 'runtime-error', reason };
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

  return {
    async answer(request, { signal }) {
      const answer = await serve(request, signal);
      return {
        answer,
        ...(answer.kind === 'response' && { transfer: [answer.response.body.buffer as ArrayBuffer] }),
      };
    },
    [Symbol.dispose]() {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}
