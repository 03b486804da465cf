import { drive, exported } from '../async/loop.ts';
import { logError } from '../console/log-error.ts';
import { takeBytes } from './body.ts';
import { receivedRequest, type Request } from './request.ts';
import { Response, sentHeaders } from './response.ts';
import type { SpinRequest, SpinResponse } from './spin.ts';

/** What an HTTP service exports as its default: the web's own handler. */
export interface FetchService {
  fetch(request: Request): Response | PromiseLike<Response>;
}

/**
 * The answer of a service that failed. Without a list of headers, which no answer of a service's own lacks: so a
 * host that can take back what the event did knows that it must, and no other host sees a difference.
 */
const FAILED: SpinResponse = { status: 500, headers: null, body: null };

/**
 * `handle-request` of `fermyon:spin/inbound-http` for a service with a `fetch`. What the service throws is
 * logged once and answered with 500 and no body; a request whose URL is none gets 400.
 */
export function serveFetch(service: FetchService): (request: SpinRequest) => SpinResponse {
  const handle = (inbound: SpinRequest): SpinResponse => {
    const request = requestOf(inbound);
    if (request === undefined) return { status: 400, headers: [], body: null };
    try {
      return responseOf(drive(service.fetch(request)), request.method);
    } catch (error) {
      logError(`${request.method} ${request.url} failed:`, error);
      return FAILED;
    }
  };
  return exported(handle, { params: 1 });
}

function requestOf(inbound: SpinRequest): Request | undefined {
  const { method, uri, headers, body } = inbound;
  const name = method.toUpperCase();
  const bytes = name === 'GET' || name === 'HEAD' || !body ? null : body;
  try {
    return receivedRequest(urlOf(uri, headers), name, headers, bytes);
  } catch {
    return undefined;
  }
}

/** Spin tells the whole URL in a header; without it, the host header and the path make one. */
function urlOf(uri: string, headers: SpinRequest['headers']): string {
  const full = headerOf(headers, 'spin-full-url');
  if (full !== undefined) return full;
  if (/^https?:\/\//i.test(uri)) return uri;
  return `http://${headerOf(headers, 'host') ?? 'localhost'}${uri.startsWith('/') ? '' : '/'}${uri}`;
}

function headerOf(headers: SpinRequest['headers'], name: string): string | undefined {
  for (let i = 0; i < headers.length; i++) {
    const pair = headers[i]!;
    const key = pair[0];
    if (key === name || (key.length === name.length && key.toLowerCase() === name)) return pair[1];
  }
  return undefined;
}

function responseOf(response: unknown, method: string): SpinResponse {
  if (!(response instanceof Response)) {
    throw new TypeError(
      `fetch must return a Response, but returned ${response === null ? 'null' : typeof response}`,
    );
  }
  if (response.type === 'error') throw new TypeError('fetch returned Response.error()');
  const bytes = takeBytes(response);
  return {
    status: response.status,
    headers: sentHeaders(response),
    body: method === 'HEAD' ? null : bytes,
  };
}
