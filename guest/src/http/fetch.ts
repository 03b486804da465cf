import { sendRequest } from 'fermyon:spin/http';
import { Promise } from '../async/promise.ts';
import { takeBytes } from './body.ts';
import { headerList, receivedHeaders } from './headers.ts';
import { Request, type RequestInit } from './request.ts';
import { receivedResponse, type Response } from './response.ts';
import { SPIN_METHODS, type SpinMethod, type SpinResponse } from './spin.ts';

/**
 * `fetch` over `fermyon:spin/http`. The host sends the request and waits for the whole answer before this
 * returns, so that a signal counts only if it has been aborted before; a deadline is the host's business.
 * Redirects are followed by the host, or not: `redirect: 'manual'` and `'error'` cannot be told, and reject.
 */
export function fetch(
  input: Request | string | { readonly href: string },
  init?: RequestInit,
): Promise<Response> {
  return new Promise((resolve) => resolve(send(new Request(input, init))));
}

function send(request: Request): Response {
  request.signal.throwIfAborted();
  const { method, url, headers } = request;
  const name = method.toLowerCase();
  if (!/^https?:/.test(url))
    throw new TypeError(`fetch failed: only http and https can be fetched, not ${url}`);
  if (!SPIN_METHODS.includes(name))
    throw new TypeError(`fetch failed: the host cannot send the method ${method}`);
  if (request.redirect !== 'follow') {
    throw new TypeError(`fetch failed: the host cannot be told redirect: '${request.redirect}'`);
  }
  const hash = url.indexOf('#');
  let answer: SpinResponse;
  try {
    answer = sendRequest({
      method: name as SpinMethod,
      uri: hash < 0 ? url : url.slice(0, hash),
      headers: headerList(headers),
      params: [],
      body: takeBytes(request),
    });
  } catch (error) {
    throw new TypeError(`fetch failed: ${reasonOf(error)} (${method} ${url})`, { cause: error });
  }
  return receivedResponse(url, answer.status, receivedHeaders(answer.headers ?? []), answer.body ?? null);
}

/** The WIT enum's name, whether the toolchain throws it bare or inside an Error. */
function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
