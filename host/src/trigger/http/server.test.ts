import { Agent, request as httpRequest, type IncomingHttpHeaders, type RequestOptions } from 'node:http';
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import type { EventOutcome, HttpRequest, HttpResponse } from '../../runtime/types.ts';
import type { RunningTrigger, TriggerLog } from '../trigger.ts';
import { createRouter } from './routes.ts';
import { serveHttp } from './server.ts';

type Dispatch = (unit: string, request: HttpRequest) => Promise<EventOutcome>;

const running: RunningTrigger[] = [];
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await Promise.all(running.splice(0).map((trigger) => trigger.close()));
});

const ok = (response: Partial<HttpResponse> = {}): EventOutcome => ({
  kind: 'response',
  response: { status: 200, headers: [], body: new Uint8Array(0), ...response },
});

/** A server in front of a fake dispatch; `seen` is what reached it, `logged` what it said. */
async function serve(dispatch: Dispatch = async () => ok(), limits = { body: 1000, deadline: 5_000 }) {
  const routes = [
    { route: '/order', unit: 'receiver', service: 'receiver' },
    { route: '/echo/...', unit: 'echo', service: 'echo' },
    { route: '/item/:id', unit: 'item', service: 'item' },
  ];
  const router = createRouter(routes);
  if (!router.ok) throw new Error('expected a router');
  const seen: { unit: string; request: HttpRequest }[] = [];
  const logged: TriggerLog[] = [];
  const trigger = await serveHttp({
    router: router.value,
    dispatch: (unit, request) => {
      seen.push({ unit, request });
      return dispatch(unit, request);
    },
    listen: { host: '127.0.0.1', port: 0 },
    app: { name: 'orders', version: '0.1.0' },
    limits,
    log: (entry) => logged.push(entry),
  });
  running.push(trigger);
  return { trigger, port: Number(new URL(trigger.address).port), seen, logged };
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

function send(port: number, options: RequestOptions & { readonly body?: string } = {}): Promise<Answer> {
  const { body, ...rest } = options;
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      { host: '127.0.0.1', port, path: '/order', agent: false, ...rest },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
        );
      },
    );
    sent.on('error', reject).end(body);
  });
}

/** Writes bytes as they are, and resolves to all that comes back until the server closes. */
async function raw(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', () => {});
  socket.write(Buffer.from(bytes, 'latin1'));
  await once(socket, 'close');
  return Buffer.concat(chunks).toString('latin1');
}

const head = (answer: string): string => answer.split('\r\n', 1)[0] ?? '';

describe('what reaches a service', () => {
  test('method, URI as sent, headers in lower case with repeats, the host’s own, and the body', async () => {
    const { port, seen } = await serve();
    await raw(
      port,
      'POST /echo/%2e%2e//a?x=1&y HTTP/1.1\r\nHost: tenon.test\r\nX-A: 1\r\nX-A: 2\r\nX-Name: \xc3\xa9\r\nspin-path-info: /forged\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi',
    );
    expect(seen.map(({ unit }) => unit)).toEqual(['echo']);
    const { method, uri, headers, body } = seen[0]!.request;
    expect([method, uri, Buffer.from(body).toString()]).toEqual(['POST', '/echo/%2e%2e//a?x=1&y', 'hi']);
    expect(headers.filter(([name]) => !name.startsWith('spin-'))).toEqual([
      ['host', 'tenon.test'],
      ['x-a', '1'],
      ['x-a', '2'],
      ['x-name', 'é'],
      ['content-length', '2'],
      ['connection', 'close'],
    ]);
    expect(headers.filter(([name]) => name === 'spin-path-info')).toEqual([['spin-path-info', '/%2e%2e//a']]);
    expect(headers).toContainEqual(['spin-full-url', 'http://tenon.test/echo/%2e%2e//a?x=1&y']);
    expect(headers.find(([name]) => name === 'spin-client-addr')?.[1]).toMatch(/^127\.0\.0\.1:\d+$/);
  });

  test('a chunked body arrives whole', async () => {
    const { port, seen } = await serve();
    await raw(
      port,
      'POST /order HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n',
    );
    expect(Buffer.from(seen[0]!.request.body).toString()).toBe('abcde');
  });
});

describe('what the host answers itself', () => {
  test.each<[path: string, status: number, body: string]>([
    ['/.well-known/spin/health', 200, 'OK'],
    ['/.well-known/spin/info', 200, '{\n  "name": "orders",\n  "version": "0.1.0"\n}'],
    ['/.well-known/spin/other', 404, ''],
    ['/nothing', 404, ''],
    ['/a/../order', 404, ''],
    ['/%2e%2e/order', 404, ''],
    ['/%6frder', 404, ''],
  ])('%s gives %i', async (path, status, body) => {
    const { port, seen } = await serve();
    const answer = await send(port, { path });
    expect([answer.status, answer.body, answer.headers['content-length']]).toEqual([
      status,
      body,
      String(body.length),
    ]);
    expect(seen).toEqual([]);
  });

  test.each(['//order', '/order/', '/order//', '/order?x', 'http://127.0.0.1/order'])(
    '%s is /order',
    async (path) => {
      const { port, seen } = await serve();
      const answer = await send(port, { path, setHost: true, headers: { host: '127.0.0.1' } });
      expect([answer.status, seen[0]?.unit]).toEqual([200, 'receiver']);
    },
  );

  test.each<[what: string, bytes: string, first: string]>([
    [
      'an unknown method that HTTP knows',
      'PROPFIND /order HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
      'HTTP/1.1 405 Method Not Allowed',
    ],
    ['a target that is no URI', 'GET /a<b HTTP/1.1\r\nHost: a\r\n\r\n', 'HTTP/1.1 400 Bad Request'],
    ['what is not HTTP', 'hello\r\n\r\n', 'HTTP/1.1 400 Bad Request'],
    [
      'too many headers',
      `GET /order HTTP/1.1\r\nHost: a\r\n${'X: a\r\n'.repeat(101)}\r\n`,
      'HTTP/1.1 431 Request Header Fields Too Large',
    ],
    [
      'too large headers',
      `GET /order HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(140_000)}\r\n\r\n`,
      'HTTP/1.1 431 Request Header Fields Too Large',
    ],
    [
      'a header that is not UTF-8',
      'GET /order HTTP/1.1\r\nHost: a\r\nX: \xff\r\n\r\n',
      'HTTP/1.1 500 Internal Server Error',
    ],
    ['no Host', 'GET /order HTTP/1.1\r\n\r\n', ''],
    ['no Host in HTTP/1.0', 'GET /order HTTP/1.0\r\n\r\n', ''],
    ['an invalid Host', 'GET /order HTTP/1.1\r\nHost: a b\r\n\r\n', ''],
    ['a Host that contradicts the target', 'GET http://b/order HTTP/1.1\r\nHost: a\r\n\r\n', ''],
  ])('%s', async (_what, bytes, first) => {
    const { port, seen } = await serve();
    expect(head(await raw(port, bytes))).toBe(first);
    expect(seen).toEqual([]);
  });
});

describe('the body limit', () => {
  test('a body of exactly the limit passes', async () => {
    const { port } = await serve();
    expect((await send(port, { method: 'POST', body: 'a'.repeat(1000) })).status).toBe(200);
  });

  test.each<[what: string, bytes: string]>([
    [
      'a declared length, before any of the body',
      'POST /order HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n',
    ],
    [
      'a declared length with Expect',
      'POST /order HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\nExpect: 100-continue\r\n\r\n',
    ],
    [
      'chunks, before the last',
      `POST /order HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n${'a'.repeat(1001)}\r\n`,
    ],
  ])('%s above it gives 413 at once, and the connection closes', async (_what, bytes) => {
    const { port, seen } = await serve();
    const socket = connect(port, '127.0.0.1');
    sockets.push(socket);
    socket.write(bytes);
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    expect(chunk.toString()).toMatch(/^HTTP\/1\.1 413 Payload Too Large\r\n(?=[^]*connection: close)/i);
    const closed = once(socket, 'close');
    socket.end();
    await closed;
    expect(seen).toEqual([]);
  });

  test('a client that sends all of a large body still reads its 413', async () => {
    const { port } = await serve();
    const answer = await send(port, { method: 'POST', body: 'a'.repeat(500_000) });
    expect([answer.status, answer.body]).toEqual([413, '']);
  });
});

describe('how an event ends', () => {
  test.each<[outcome: EventOutcome, status: number, retryAfter: string | undefined]>([
    [{ kind: 'trap', message: 'unreachable' }, 500, undefined],
    [{ kind: 'deadline' }, 504, undefined],
    [{ kind: 'conflict' }, 503, '1'],
    [{ kind: 'unavailable', message: 'redis://127.0.0.1:1 cannot be reached' }, 503, '1'],
    [{ kind: 'overloaded' }, 503, '1'],
  ])('$kind', async (outcome, status, retryAfter) => {
    const { port } = await serve(async () => outcome);
    const answer = await send(port);
    expect([answer.status, answer.body, answer.headers['retry-after']]).toEqual([status, '', retryAfter]);
  });

  test('an answer, with its headers and a length', async () => {
    const { port } = await serve(async () =>
      ok({
        status: 202,
        headers: [
          ['Content-Type', 'text/plain'],
          ['X-A', 'first'],
          ['x-a', 'last'],
          ['transfer-encoding', 'chunked'],
          ['content-length', '99'],
        ],
        body: Buffer.from('ünder way'),
      }),
    );
    const { status, headers, body } = await send(port);
    expect([status, body]).toEqual([202, 'ünder way']);
    expect(headers).toMatchObject({ 'content-type': 'text/plain', 'x-a': 'last', 'content-length': '10' });
    expect(headers['transfer-encoding']).toBeUndefined();
  });

  test.each([204, 304])('%i has no body and no length', async (status) => {
    const { port } = await serve(async () => ok({ status, body: Buffer.from('x') }));
    const answer = await send(port);
    expect([answer.status, answer.body, answer.headers['content-length']]).toEqual([status, '', undefined]);
  });

  test('HEAD has the length, and no body', async () => {
    const { port } = await serve(async () => ok({ body: Buffer.from('hello') }));
    const answer = await send(port, { method: 'HEAD' });
    expect([answer.status, answer.body, answer.headers['content-length']]).toEqual([200, '', '5']);
  });

  test.each<[what: string, response: Partial<HttpResponse>]>([
    ['a status of 0', { status: 0 }],
    ['a status of 100', { status: 100 }],
    ['a status of 601', { status: 601 }],
    ['an empty header name', { headers: [['', 'a']] }],
    ['a header name with a line break', { headers: [['a\r\nb', 'a']] }],
    ['a header value with a line break', { headers: [['a', 'b\r\nc: d']] }],
    ['a header value beyond ASCII', { headers: [['a', 'é']] }],
  ])('%s of a guest gives 500 and one log line', async (_what, response) => {
    const { port, logged } = await serve(async () => ok({ body: Buffer.from('x'), ...response }));
    const answer = await send(port);
    expect([answer.status, answer.body]).toEqual([500, '']);
    expect(logged).toEqual([
      { level: 'error', unit: 'receiver', message: expect.stringContaining('cannot be sent') },
    ]);
  });

  test('a dispatch that throws gives 500, and its stack is logged', async () => {
    const { port, logged } = await serve(() => Promise.reject(new Error('boom')));
    expect((await send(port)).status).toBe(500);
    expect(logged).toEqual([{ level: 'error', message: expect.stringContaining('Error: boom') }]);
  });
});

describe('connections', () => {
  test('keep-alive serves many requests over one', async () => {
    const { port, seen } = await serve();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let index = 0; index < 5; index++) await send(port, { agent });
    agent.destroy();
    const clients = new Set(
      seen.map(({ request }) => request.headers.find(([name]) => name === 'spin-client-addr')?.[1]),
    );
    expect([seen.length, clients.size]).toEqual([5, 1]);
  });

  test('pipelined requests run and answer in order, one after another', async () => {
    const events: string[] = [];
    const { port } = await serve(async (_unit, { uri }) => {
      events.push(`start ${uri}`);
      await new Promise((resolve) => setImmediate(resolve));
      events.push(`end ${uri}`);
      return ok({ body: Buffer.from(uri) });
    });
    const one = (path: string, more = ''): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n${more}\r\n`;
    const answer = await raw(port, one('/echo/1') + one('/echo/2') + one('/echo/3', 'Connection: close\r\n'));
    expect(events).toEqual([
      'start /echo/1',
      'end /echo/1',
      'start /echo/2',
      'end /echo/2',
      'start /echo/3',
      'end /echo/3',
    ]);
    expect(answer.match(/\/echo\/\d/g)).toEqual(['/echo/1', '/echo/2', '/echo/3']);
  });

  test('a client that goes away while its event runs does no harm', async () => {
    const started = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<EventOutcome>();
    const { port, logged } = await serve((_unit, { uri }) => {
      if (uri !== '/order?slow') return Promise.resolve(ok());
      started.resolve();
      return finish.promise;
    });
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    socket.write('GET /order?slow HTTP/1.1\r\nHost: a\r\n\r\n');
    await started.promise;
    socket.destroy();
    await once(socket, 'close');
    finish.resolve(ok());
    expect([(await send(port)).status, logged]).toEqual([200, []]);
  });

  test('a client that goes away in the middle of its body runs nothing', async () => {
    const { port, seen } = await serve();
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    socket.write('POST /order HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc');
    await once(socket, 'connect');
    socket.destroy();
    await once(socket, 'close');
    await send(port, { path: '/echo/after' });
    expect(seen.map(({ unit }) => unit)).toEqual(['echo']);
  });
});

describe('shutdown', () => {
  test('what runs is answered, idle connections close, nothing new is taken', async () => {
    const started = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<EventOutcome>();
    const { trigger, port } = await serve((_unit, { uri }) => {
      if (uri !== '/order?slow') return Promise.resolve(ok());
      started.resolve();
      return finish.promise;
    });
    const idle = connect(port, '127.0.0.1');
    sockets.push(idle);
    await once(idle, 'connect');
    idle.write('GET /order HTTP/1.1\r\nHost: a\r\n\r\n');
    await once(idle, 'data');
    const slow = raw(port, 'GET /order?slow HTTP/1.1\r\nHost: a\r\n\r\n');
    await started.promise;
    const idleClosed = once(idle, 'close');
    const closed = trigger.close();
    idle.resume();
    await idleClosed;
    await expect(send(port)).rejects.toThrow('ECONNREFUSED');
    finish.resolve(ok({ body: Buffer.from('done') }));
    expect(await slow).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*connection: close[^]*done$/i);
    await closed;
  });

  test('what is not done by the deadline is cut off', async () => {
    const started = Promise.withResolvers<void>();
    const { trigger, port } = await serve(
      () => {
        started.resolve();
        return new Promise(() => {});
      },
      { body: 10, deadline: 20 },
    );
    const answer = raw(port, 'GET /order HTTP/1.1\r\nHost: a\r\n\r\n');
    await started.promise;
    await trigger.close();
    expect(await answer).toBe('');
  });
});

test('a port that is taken is named, with a next step', async () => {
  const { port } = await serve();
  const router = createRouter([]);
  if (!router.ok) throw new Error('expected a router');
  const second = serveHttp({
    router: router.value,
    dispatch: async () => ok(),
    listen: { host: '127.0.0.1', port },
    app: { name: 'a', version: '1' },
    limits: { body: 1, deadline: 1 },
    log: () => {},
  });
  await expect(second).rejects.toMatchObject({
    code: 'trigger/address-in-use',
    exitCode: 3,
    message: `port ${port} on 127.0.0.1 is already in use`,
    diagnostics: [{ next: expect.stringContaining(`--listen 127.0.0.1:${port + 1}`) }],
  });
});
