import { absoluteUrl } from './absolute-url.ts';
import { adoptBody, Body, setBody, shareBody, type BodyInit } from './body.ts';
import {
  Headers,
  headerList,
  headersFrom,
  makeImmutable,
  setDefault,
  type HeaderList,
  type HeadersInit,
} from './headers.ts';

export interface ResponseInit {
  readonly status?: number;
  readonly statusText?: string;
  readonly headers?: HeadersInit;
}

interface Fields {
  readonly status: number;
  readonly statusText: string;
  /** Undefined until somebody asks for them, if there is at most the content type that the body implies. */
  headers: Headers | undefined;
  contentType: string | null;
  readonly type: 'default' | 'error' | 'basic';
  readonly url: string;
}

const FIELDS: unique symbol = Symbol('response');
const WITHOUT_BODY = /* @__PURE__ */ new Set([101, 103, 204, 205, 304]);
const REDIRECTS = /* @__PURE__ */ new Set([301, 302, 303, 307, 308]);

/** `Response` (Fetch Standard §5.5). */
export class Response extends Body {
  declare [FIELDS]: Fields;

  constructor(body?: BodyInit | null, init?: ResponseInit) {
    super();
    const fields = fieldsOf(init);
    this[FIELDS] = fields;
    if (body !== null && body !== undefined && WITHOUT_BODY.has(fields.status)) throw noBody(fields.status);
    setType(fields, setBody(this, body));
  }

  static json(data: unknown, init?: ResponseInit): Response {
    const text = JSON.stringify(data) as string | undefined;
    if (text === undefined) throw new TypeError('Response.json: the value is not JSON serializable');
    const fields = fieldsOf(init);
    if (WITHOUT_BODY.has(fields.status)) throw noBody(fields.status);
    setType(fields, 'application/json');
    return made(fields, text);
  }

  static error(): Response {
    const headers = makeImmutable(new Headers());
    return made({ status: 0, statusText: '', headers, contentType: null, type: 'error', url: '' });
  }

  /** Takes absolute http URLs in their usual form: pass a `URL` for others. */
  static redirect(url: string | { readonly href: string }, status = 302): Response {
    const location = absoluteUrl(`${url as string}`);
    if (location === undefined)
      throw new TypeError(`Response.redirect: not an absolute http URL: ${String(url)}`);
    if (!REDIRECTS.has(status)) throw new RangeError(`Response.redirect: ${status} is no redirect status`);
    const headers = makeImmutable(headersFrom([['location', location]]));
    return made({ status, statusText: '', headers, contentType: null, type: 'default', url: '' });
  }

  get status(): number {
    return this[FIELDS].status;
  }

  get statusText(): string {
    return this[FIELDS].statusText;
  }

  get headers(): Headers {
    const fields = this[FIELDS];
    if (fields.headers === undefined) {
      fields.headers = new Headers();
      setType(fields, fields.contentType);
    }
    return fields.headers;
  }

  get ok(): boolean {
    return this.status >= 200 && this.status <= 299;
  }

  get type(): string {
    return this[FIELDS].type;
  }

  get url(): string {
    return this[FIELDS].url;
  }

  get redirected(): boolean {
    return false;
  }

  clone(): Response {
    const headers = headersFrom(headerList(this.headers).map(([name, value]) => [name, value]));
    const copy = made(Object.assign({}, this[FIELDS], { headers }));
    shareBody(copy, this);
    return copy;
  }

  get [Symbol.toStringTag](): string {
    return 'Response';
  }
}

/** The headers to send, in their order. */
export function sentHeaders(response: Response): Readonly<HeaderList> {
  const { headers, contentType } = response[FIELDS];
  if (headers !== undefined) return headerList(headers);
  return contentType === null ? [] : [['content-type', contentType]];
}

/** A response that came from outside: whatever its status, headers unchecked. */
export function receivedResponse(
  url: string,
  status: number,
  headers: Headers,
  body: Uint8Array | null,
): Response {
  const fields: Fields = {
    status,
    statusText: '',
    headers: makeImmutable(headers),
    contentType: null,
    type: 'basic',
    url,
  };
  return made(fields, body);
}

/** A response past the constructor, which would check what is known. */
function made(fields: Fields, body: string | Uint8Array | null = null): Response {
  const response = Object.create(Response.prototype) as Response;
  adoptBody(response, body);
  response[FIELDS] = fields;
  return response;
}

function fieldsOf(init: ResponseInit | null | undefined): Fields {
  let status = 200;
  let statusText = '';
  let headers: Headers | undefined;
  if (init !== undefined && init !== null) {
    if (init.status !== undefined) status = statusOf(init.status);
    if (init.statusText !== undefined) statusText = statusTextOf(init.statusText);
    if (init.headers !== undefined) headers = new Headers(init.headers);
  }
  return { status, statusText, headers, contentType: null, type: 'default', url: '' };
}

function statusOf(status: unknown): number {
  const code = Number(status) & 0xffff;
  if (code >= 200 && code <= 599) return code;
  throw new RangeError(`Response: the status must be from 200 to 599, found ${String(status)}`);
}

function statusTextOf(statusText: unknown): string {
  const text = `${statusText as string}`;
  if (!/[^\t\x20-\x7e\x80-\xff]/.test(text)) return text;
  throw new TypeError('Response: invalid statusText');
}

/** The content type of a body, for headers that name none. */
function setType(fields: Fields, type: string | null): void {
  if (fields.headers === undefined) fields.contentType = type;
  else if (type !== null) setDefault(fields.headers, 'content-type', type);
}

function noBody(status: number): TypeError {
  return new TypeError(`Response: the status ${status} allows no body`);
}
