import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { HttpRequest } from '../../runtime/types.ts';
import type { RunningTrigger, TriggerHost } from '../trigger.ts';
import { writeAnswer, writeEmpty } from './answer.ts';
import { discardRest, readBody } from './body.ts';
import { clientAddress, isHostHeader, spinHeaders, type Header } from './headers.ts';
import { listen, type ListenAddress } from './listen.ts';
import { WELL_KNOWN, type RouteMatch, type Router } from './routes.ts';
import { decodeUtf8, isAuthority, parseTarget, type RequestTarget } from './target.ts';

// Not imported: node:http as a module makes Node load undici for what it exports of it, 60 ms of every start.
const { createServer } = process.getBuiltinModule('node:http');

export interface HttpTriggerOptions extends TriggerHost<HttpRequest> {
  readonly router: Router;
  readonly listen: ListenAddress;
  /** For `/.well-known/spin/info`. */
  readonly app: { readonly name: string; readonly version: string };
  /** The largest body in bytes; and how long running events may take to finish after close(), in ms. */
  readonly limits: { readonly body: number; readonly deadline: number };
}

/** What `fermyon:spin/inbound-http` knows; Spin answers 405 to any other. */
const METHODS = new Set(['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS']);
/** As hyper bounds them: headers in bytes, and in number. */
const MAX_HEADER_BYTES = 128 * 1024;
const MAX_HEADERS = 100;
/** How long a client may take to send one request, in ms, as in Spin. */
const REQUEST_TIME = 600_000;
const IDLE_TIME = 75_000;
/** What a refused client may still send while it reads its answer. */
const LINGER = { bytes: 1024 * 1024, time: 2_000 };

interface Connection {
  /** Settles when the last request is answered: pipelined requests run one after another, as in hyper. */
  turn: Promise<void> | undefined;
  /** Whether an answer has closed it: what the client sent beyond is not taken up. */
  closing: boolean;
  readonly client: string;
}

/**
 * Serves HTTP as Spin 3.6.3 does (crates/trigger-http/src/server.rs): the host's own paths, then the routes,
 * else an empty 404; a trap is an empty 500. Throws `trigger/address-in-use` or `trigger/cannot-listen`.
 */
export async function serveHttp(options: HttpTriggerOptions): Promise<RunningTrigger> {
  const connections = new WeakMap<Socket, Connection>();
  const server = createServer(
    {
      requireHostHeader: false,
      maxHeaderSize: MAX_HEADER_BYTES,
      keepAliveTimeout: IDLE_TIME,
      requestTimeout: REQUEST_TIME,
      noDelay: true,
    },
    onRequest,
  );
  server.maxHeadersCount = 0;
  // A body that will be refused is not asked for.
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    if (!(Number(request.headers['content-length']) > options.limits.body)) response.writeContinue();
    onRequest(request, response);
  });
  server.on('checkExpectation', onRequest);

  function onRequest(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    let connection = connections.get(socket);
    if (connection === undefined) {
      connection = {
        turn: undefined,
        closing: false,
        client: clientAddress(socket.remoteAddress, socket.remotePort),
      };
      connections.set(socket, connection);
    }
    connection.turn = takeTurn(connection, connection.turn, request, response);
  }

  async function takeTurn(
    connection: Connection,
    before: Promise<void> | undefined,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    if (before) await before;
    if (connection.closing) return;
    try {
      await answer(connection, request, response);
    } catch (error) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      options.log({ level: 'error', message: `${request.method} ${request.url}: ${text}` });
      if (response.headersSent) request.socket.destroy();
      else writeEmpty(response, 500);
    }
    connection.closing = !response.shouldKeepAlive;
  }

  async function answer(
    connection: Connection,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    if (closing) response.shouldKeepAlive = false;
    if (request.rawHeaders.length > MAX_HEADERS * 2) return refuse(request, response, 431);
    const target = parseTarget(request.url ?? '');
    if (target === undefined) return refuse(request, response, 400);
    if (target.path.startsWith(WELL_KNOWN))
      return wellKnown(target.path.slice(WELL_KNOWN.length), options.app, response);
    const match = options.router.match(target.path);
    if (match === undefined) return writeEmpty(response, 404);

    const headers = readHeaders(request, target, match, connection.client);
    if (headers === 'no-authority') {
      // As in Spin, a request whose host is unknown or contradicts itself gets no answer.
      request.socket.destroy();
      return;
    }
    const { unit } = match.route;
    if (headers === 'not-utf8') {
      options.log({
        level: 'error',
        unit,
        message: `${request.method} ${target.path}: a header is not UTF-8`,
      });
      return refuse(request, response, 500);
    }
    const method = request.method ?? '';
    const reading = readBody(request, options.limits.body);
    const body = reading instanceof Promise ? await reading : reading;
    if (body === 'gone') return;
    if (body === 'too-large') {
      options.log({
        level: 'debug',
        unit,
        message: `${method} ${target.path}: the body is larger than ${options.limits.body} bytes`,
      });
      return refuse(request, response, 413);
    }
    if (!METHODS.has(method)) return writeEmpty(response, 405);

    const outcome = await options.dispatch(unit, { method, uri: target.pathAndQuery, headers, body });
    if (response.destroyed) return;
    if (closing) response.shouldKeepAlive = false;
    switch (outcome.kind) {
      case 'response': {
        const wrong = writeAnswer(response, outcome.response, method === 'HEAD');
        if (wrong === undefined) return;
        options.log({
          level: 'error',
          unit,
          message: `${method} ${target.path}: the answer cannot be sent: ${wrong}`,
        });
        return writeEmpty(response, 500);
      }
      case 'trap':
        return writeEmpty(response, 500);
      case 'deadline':
        return writeEmpty(response, 504);
      case 'conflict':
      case 'unavailable':
      case 'overloaded':
        return writeEmpty(response, 503, ['retry-after', '1']);
      case 'result':
      case 'error':
        throw new Error(`an HTTP event ended with a ${outcome.kind}`);
    }
  }

  let closing = false;
  const address = await listen(server, options.listen);
  return {
    address,
    close: () =>
      new Promise<void>((resolve) => {
        closing = true;
        const cutOff = setTimeout(() => server.closeAllConnections(), options.limits.deadline);
        server.close(() => {
          clearTimeout(cutOff);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}

/** The headers as the service gets them: as sent, names in lower case, then the host's own. */
function readHeaders(
  request: IncomingMessage,
  target: RequestTarget,
  match: RouteMatch,
  client: string,
): Header[] | 'no-authority' | 'not-utf8' {
  const { rawHeaders } = request;
  const headers: Header[] = [];
  let host: string | undefined;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase();
    const value = decodeUtf8(rawHeaders[index + 1] ?? '');
    if (value === undefined) return 'not-utf8';
    // Spin keeps service chaining to itself.
    if (name === 'host' && /\.spin\.internal(:\d+)?$/.test(value)) continue;
    if (name === 'host') host ??= value;
    if (!isHostHeader(name)) headers.push([name, value]);
  }
  const authority = host ?? target.authority;
  if (authority === undefined || !isAuthority(authority)) return 'no-authority';
  if (target.authority !== undefined && target.authority.toLowerCase() !== authority.toLowerCase())
    return 'no-authority';
  const place = {
    match,
    host: host ?? 'localhost',
    pathAndQuery: target.pathAndQuery,
    clientAddress: client,
  };
  headers.push(...spinHeaders(place));
  return headers;
}

/** The paths that Spin keeps for itself. */
function wellKnown(name: string, app: { name: string; version: string }, response: ServerResponse): void {
  if (name === 'health') {
    response.writeHead(200, ['content-length', '2']).end('OK');
  } else if (name === 'info') {
    const body = Buffer.from(JSON.stringify({ name: app.name, version: app.version }, null, 2));
    response
      .writeHead(200, ['content-type', 'application/json', 'content-length', String(body.length)])
      .end(body);
  } else {
    writeEmpty(response, 404);
  }
}

/** Answers without having read all, gives the client the chance to read that, and closes the connection. */
async function refuse(request: IncomingMessage, response: ServerResponse, status: number): Promise<void> {
  response.shouldKeepAlive = false;
  response.writeHead(status, ['content-length', '0']);
  response.flushHeaders();
  await discardRest(request, LINGER);
  response.end();
}
