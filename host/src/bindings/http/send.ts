import type { Agent as HttpAgent, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { request as requestHttps, type Agent as HttpsAgent } from 'node:https';
import type { Headers, HttpError, OutboundRequest, OutboundResponse } from './message.ts';

// As in trigger/http/server.ts.
const { request: requestHttp } = process.getBuiltinModule('node:http');

/** What a host keeps of one answer at most, as in Spin (crates/world, MAX_HOST_BUFFERED_BYTES). */
const MAX_RESPONSE = 128 * 1024 * 1024;
/** How many redirections are followed, as by Spin's client. */
const MAX_REDIRECTS = 10;
/** What must not be told to another host than it was meant for. */
const CONFIDENTIAL = ['authorization', 'cookie', 'proxy-authorization', 'www-authenticate'];

/** Why there is no answer: what the guest is told, and the reason for the log. */
export class SendError extends Error {
  override readonly name = 'SendError';
  readonly error: HttpError;

  constructor(error: HttpError, reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.error = error;
  }
}

export interface SendOptions {
  readonly agents: { readonly http: HttpAgent; readonly https: HttpsAgent };
  /** Also asked for each redirection. */
  readonly isAllowed: (url: string) => boolean;
  readonly signal: AbortSignal;
}

type Outgoing = Pick<OutboundRequest, 'method' | 'headers' | 'body'> & { readonly uri: string };

/**
 * Sends one request as it is, follows redirections and reads the whole answer, with nothing added but what
 * HTTP needs, and nothing decoded.
 *
 * @throws SendError
 */
export async function send(outgoing: Outgoing, options: SendOptions): Promise<OutboundResponse> {
  let next = outgoing;
  for (let hops = 0; ; hops++) {
    if (!options.isAllowed(next.uri)) {
      throw new SendError('destination-not-allowed', `${originOf(next.uri)} is not among the granted hosts`);
    }
    const url = URL.parse(next.uri);
    if (!url || !/^https?:$/.test(url.protocol))
      throw new SendError('invalid-url', 'it is no http or https URL');
    const message = await exchange(url, next, options);
    const redirected = redirection(url, next, message);
    if (!redirected)
      return { status: message.statusCode ?? 0, headers: pairs(message), body: await bodyOf(message) };
    message.destroy();
    if (hops === MAX_REDIRECTS)
      throw new SendError('runtime-error', `more than ${MAX_REDIRECTS} redirections`);
    next = redirected;
  }
}

function exchange(
  url: URL,
  { method, headers, body }: Outgoing,
  options: SendOptions,
): Promise<IncomingMessage> {
  const secure = url.protocol === 'https:';
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void =>
      reject(new SendError('runtime-error', error.message, { cause: error }));
    try {
      const request = (secure ? requestHttps : requestHttp)(url, {
        method: method.toUpperCase(),
        headers: joined(headers, url, body),
        agent: secure ? options.agents.https : options.agents.http,
        signal: options.signal,
      });
      request.on('response', resolve);
      request.on('error', fail);
      // It ends without either where the other side wants to change the protocol.
      request.on('close', () => fail(new Error('the connection was closed')));
      request.end(body);
    } catch (error) {
      // A header that HTTP does not allow.
      fail(error as Error);
    }
  });
}

/** Repeated names as lists, and what HTTP needs if the guest has not set it. */
function joined(headers: Headers, url: URL, body: Uint8Array | undefined): OutgoingHttpHeaders {
  const byName: Record<string, string[]> = Object.create(null);
  for (const [name, value] of headers) (byName[name.toLowerCase()] ??= []).push(value);
  // How long the body is, is for the host to say: a wrong length would break the connection.
  const { host, 'content-length': _length, 'transfer-encoding': _encoding, ...rest } = byName;
  const length = body === undefined || body.length === 0 ? {} : { 'content-length': body.length };
  return { accept: '*/*', ...rest, ...length, host: host?.[0] ?? url.host };
}

/** The request that a redirection asks for, or undefined if the answer is none. */
function redirection(
  url: URL,
  request: Outgoing,
  { statusCode = 0, headers }: IncomingMessage,
): Outgoing | undefined {
  if (![301, 302, 303, 307, 308].includes(statusCode) || headers.location === undefined) return undefined;
  const target = URL.parse(headers.location, url);
  if (!target) return undefined;
  const keepsMethod =
    statusCode === 307 || statusCode === 308 || request.method === 'head' || request.method === 'get';
  const dropped = new Set([
    ...(target.host === url.host ? [] : CONFIDENTIAL),
    ...(keepsMethod ? [] : ['content-type', 'content-length', 'content-encoding', 'transfer-encoding']),
    'host',
  ]);
  return {
    uri: target.href,
    method: keepsMethod ? request.method : 'get',
    headers: request.headers.filter(([name]) => !dropped.has(name.toLowerCase())),
    body: keepsMethod ? request.body : undefined,
  };
}

async function bodyOf(message: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of message as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > MAX_RESPONSE) break;
      chunks.push(chunk);
    }
  } catch (error) {
    throw new SendError('runtime-error', `the answer broke off: ${(error as Error).message}`, {
      cause: error,
    });
  }
  if (length > MAX_RESPONSE)
    throw new SendError('runtime-error', `the answer is longer than ${MAX_RESPONSE} bytes`);
  // In a buffer of its own, which can be handed to the worker instead of copied.
  const body = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.length;
  }
  return body;
}

/** Names in lower case, in order, repeated ones apart; values that are no ASCII are left out, as in Spin. */
function pairs({ rawHeaders }: IncomingMessage): Headers {
  const all: [string, string][] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const [name = '', value = ''] = rawHeaders.slice(index, index + 2);
    if (/^[\t\x20-\x7e]*$/.test(value)) all.push([name.toLowerCase(), value]);
  }
  return all;
}

function originOf(uri: string): string {
  const url = URL.parse(uri);
  return url ? `${url.protocol}//${url.host}` : uri;
}
