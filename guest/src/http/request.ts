import type { AbortSignal } from '../events/abort.ts';
import { NEVER } from '../events/never.ts';
import { absoluteUrl } from './absolute-url.ts';
import { adoptBody, Body, setBody, shareBody, takeOver, type BodyInit } from './body.ts';
import {
  Headers,
  headerList,
  headersFrom,
  receivedHeaders,
  setDefault,
  type HeadersInit,
} from './headers.ts';

export interface RequestInit {
  readonly method?: string;
  readonly headers?: HeadersInit;
  readonly body?: BodyInit | null;
  readonly signal?: AbortSignal | null;
  readonly redirect?: 'follow' | 'manual' | 'error';
}

interface Fields {
  readonly method: string;
  readonly url: string;
  headers: Headers | undefined;
  /** What `headers` are made of when somebody asks for those of a received request. */
  readonly received: Received;
  readonly redirect: 'follow' | 'manual' | 'error';
  readonly signal: AbortSignal;
}

type Received = readonly (readonly [name: string, value: string])[];

const FIELDS: unique symbol = Symbol('request');
const NORMALIZED = /* @__PURE__ */ new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT']);
const FORBIDDEN = /* @__PURE__ */ new Set(['CONNECT', 'TRACE', 'TRACK']);
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/**
 * `Request` (Fetch Standard §5.4), without what only browsers have: mode, credentials, cache, referrer. The URL
 * is an absolute http URL in its usual form: pass a `URL` for others.
 */
export class Request extends Body {
  declare [FIELDS]: Fields;

  constructor(input: Request | string | { readonly href: string }, init: RequestInit = {}) {
    super();
    const from = input instanceof Request ? input : undefined;
    const options = init ?? {};
    const url = from?.url ?? absolute(`${input as string}`);
    const method = options.method === undefined ? (from?.method ?? 'GET') : methodOf(options.method);
    const redirect = options.redirect ?? from?.[FIELDS].redirect ?? 'follow';
    if (!['follow', 'manual', 'error'].includes(redirect)) {
      throw new TypeError(`Request: redirect must be follow, manual or error, found ${redirect}`);
    }
    const headers =
      options.headers === undefined && from ? copyHeaders(from.headers) : new Headers(options.headers);
    const { body } = options;
    const noBody = method === 'GET' || method === 'HEAD';
    if (noBody && ((body !== undefined && body !== null) || (body === undefined && from?.body))) {
      throw new TypeError(`Request: a request with method ${method} cannot have a body`);
    }
    const signal = options.signal === undefined ? from?.signal : options.signal;
    if (signal && Object.prototype.toString.call(signal) !== '[object AbortSignal]') {
      throw new TypeError('Request: signal is no AbortSignal');
    }
    this[FIELDS] = { method, url, headers, received: [], redirect, signal: signal ?? NEVER };
    if (body === undefined && from) takeOver(this, from);
    else {
      const type = setBody(this, body);
      if (type !== null) setDefault(headers, 'content-type', type);
    }
  }

  get method(): string {
    return this[FIELDS].method;
  }

  get url(): string {
    return this[FIELDS].url;
  }

  get headers(): Headers {
    const fields = this[FIELDS];
    fields.headers ??= receivedHeaders(fields.received);
    return fields.headers;
  }

  get redirect(): 'follow' | 'manual' | 'error' {
    return this[FIELDS].redirect;
  }

  get signal(): AbortSignal {
    return this[FIELDS].signal;
  }

  clone(): Request {
    const copy = new Request(this.url);
    shareBody(copy, this);
    copy[FIELDS] = Object.assign({}, this[FIELDS], { headers: copyHeaders(this.headers) });
    return copy;
  }

  get [Symbol.toStringTag](): string {
    return 'Request';
  }
}

/** A request that came from outside, headers unchecked. Throws a TypeError where the URL is none. */
export function receivedRequest(
  url: string,
  method: string,
  received: Received,
  body: Uint8Array | null,
): Request {
  // Past the constructor, which would check what is known.
  const request = Object.create(Request.prototype) as Request;
  adoptBody(request, body);
  request[FIELDS] = {
    method,
    url: absolute(url),
    headers: undefined,
    received,
    redirect: 'follow',
    signal: NEVER,
  };
  return request;
}

function copyHeaders(headers: Headers): Headers {
  return headersFrom(headerList(headers).map(([name, value]) => [name, value]));
}

function absolute(input: string): string {
  const url = absoluteUrl(input);
  if (url === undefined) throw new TypeError(`Failed to parse URL from ${input}`);
  return url;
}

function methodOf(method: string): string {
  const name = `${method}`;
  if (!TOKEN.test(name)) throw new TypeError(`Request: ${JSON.stringify(name)} is not a valid HTTP method`);
  const upper = name.toUpperCase();
  if (FORBIDDEN.has(upper)) throw new TypeError(`Request: the method ${name} is not allowed`);
  return NORMALIZED.has(upper) ? upper : name;
}
