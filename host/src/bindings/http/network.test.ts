import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Worker } from 'node:worker_threads';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { serveChannel, type ChannelServer } from '../channel/serve.ts';
import type { HttpAnswer as Answer, OutboundRequest } from './message.ts';
import { createHttpService, type HttpServiceOptions } from './proxy.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const server = createServer((request, response) => handler(request, response));
let handler: Handler;
let origin: string;
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const undo: (() => unknown)[] = [];
beforeEach(() => {
  handler = echo;
});
afterEach(async () => {
  for (const one of undo.splice(0).toReversed()) await one();
});

function network(options: Partial<HttpServiceOptions> = {}): ChannelServer {
  const service = createHttpService({ allowed: [origin], ...options });
  undo.push(() => service[Symbol.dispose]());
  const made = serveChannel({ http: service.answer });
  undo.push(() => made[Symbol.dispose]());
  return made;
}

function worker({ address }: ChannelServer): Worker {
  const made = new Worker(new URL('./ask.fixture.ts', import.meta.url), { workerData: { address } });
  undo.push(() => made.terminate());
  return made;
}

interface Asking extends Partial<OutboundRequest> {
  readonly deadline?: number;
}

function tell(to: Worker, { deadline = Date.now() + 30_000, ...request }: Asking): void {
  const whole = { method: 'get', uri: `${origin}/`, headers: [], body: undefined, ...request };
  to.postMessage({ request: whole, deadline }, []);
}

async function ask(from: Worker, request: Asking): Promise<Answer | undefined> {
  tell(from, request);
  const [{ answer }] = (await once(from, 'message')) as [{ answer: Answer | undefined }];
  return answer;
}

/** Answers with what came in. */
function echo(request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    response.setHeader('x-seen', JSON.stringify([request.method, request.url, request.headers]));
    response.end(Buffer.concat(chunks));
  });
}

function header(answer: Answer | undefined, name: string): string | undefined {
  if (answer?.kind !== 'response') throw new Error(`no response: ${JSON.stringify(answer)}`);
  return answer.response.headers.find(([key]) => key === name)?.[1];
}

function seen(answer: Answer | undefined): [method: string, url: string, headers: Record<string, string>] {
  return JSON.parse(header(answer, 'x-seen') ?? '') as [string, string, Record<string, string>];
}

test('a blocked worker gets the answer to exactly what it sent', async () => {
  const from = worker(network());
  const body = new TextEncoder().encode('{"a":1}');
  const answer = await ask(from, {
    method: 'post',
    uri: `${origin}/x?y=1`,
    headers: [
      ['Content-Type', 'application/json'],
      ['X-A', '1'],
      ['x-a', '2'],
    ],
    body,
  });
  expect(answer).toMatchObject({
    kind: 'response',
    response: { status: 200, body: new TextEncoder().encode('{"a":1}') },
  });
  const [method, url, headers] = seen(answer);
  expect([method, url]).toEqual(['POST', '/x?y=1']);
  expect(headers).toEqual({
    'content-type': 'application/json',
    'x-a': '1, 2',
    host: new URL(origin).host,
    accept: '*/*',
    'content-length': '7',
    connection: 'keep-alive',
  });
});

test('bodies of many megabytes go both ways whole', async () => {
  const from = worker(network());
  const body = new Uint8Array(8_000_000).map((_, index) => index % 251);
  const answer = await ask(from, { method: 'put', body: body.slice() });
  expect(answer?.kind === 'response' && Buffer.compare(answer.response.body, body)).toBe(0);
});

test('an answer is given as it came: repeated headers apart, nothing decoded', async () => {
  handler = (_, response) => {
    response.writeHead(404, [
      ['set-cookie', 'a=1'],
      ['Set-Cookie', 'b=2'],
      ['content-encoding', 'gzip'],
      ['x-latin', 'é'],
    ] as never);
    response.end('no gzip at all');
  };
  const answer = await ask(worker(network()), {});
  if (answer?.kind !== 'response') throw new Error('no response');
  expect(answer.response.status).toBe(404);
  expect(answer.response.headers.slice(0, 3)).toEqual([
    ['set-cookie', 'a=1'],
    ['set-cookie', 'b=2'],
    ['content-encoding', 'gzip'],
  ]);
  expect(header(answer, 'x-latin')).toBeUndefined();
  expect(new TextDecoder().decode(answer.response.body)).toBe('no gzip at all');
});

test('a wrong content-length of the guest breaks nothing', async () => {
  const answer = await ask(worker(network()), {
    method: 'post',
    headers: [
      ['content-length', '3'],
      ['transfer-encoding', 'chunked'],
    ],
    body: new TextEncoder().encode('longer'),
  });
  expect(answer?.kind === 'response' && new TextDecoder().decode(answer.response.body)).toBe('longer');
});

test.each([
  ['another port than the granted one', 'http://127.0.0.1:1/', 'destination-not-allowed'],
  ['no URL', 'nonsense', 'destination-not-allowed'],
  ['a relative URL without a grant for `self`', '/path', 'destination-not-allowed'],
])('%s is refused', async (_, uri, error) => {
  expect(await ask(worker(network()), { uri })).toMatchObject({ kind: 'error', error });
});

test('what cannot be sent or reached is an error of its own', async () => {
  const from = worker(network({ allowed: ['*://*:*', 'http://self'] }));
  expect(await ask(from, { uri: '/path' })).toMatchObject({ error: 'invalid-url' });
  expect(await ask(from, { uri: 'ftp://127.0.0.1/' })).toMatchObject({ error: 'invalid-url' });
  expect(await ask(from, { uri: 'http://127.0.0.1:1/' })).toMatchObject({ error: 'runtime-error' });
  expect(await ask(from, { headers: [['bad name', 'x']] })).toMatchObject({ error: 'runtime-error' });
  handler = (request) => request.socket.destroy();
  expect(await ask(from, {})).toMatchObject({ error: 'runtime-error' });
  handler = echo;
  expect(await ask(from, {})).toMatchObject({ kind: 'response' });
});

test('a relative URL goes to the application itself, where that is granted', async () => {
  const from = worker(network({ allowed: ['http://self'], origin: () => origin }));
  expect(seen(await ask(from, { uri: '/own?x=1' })).slice(0, 2)).toEqual(['GET', '/own?x=1']);
  expect(await ask(from, { uri: `${origin}/own` })).toMatchObject({ error: 'destination-not-allowed' });
});

test('redirections are followed, as far as hosts are granted', async () => {
  const from = worker(network());
  handler = (request, response) => {
    const [, status, target] = /^\/to\/(\d+)\/(.*)$/.exec(request.url ?? '') ?? [];
    if (status === undefined) return echo(request, response);
    request.resume();
    response.writeHead(Number(status), { location: decodeURIComponent(target ?? '') }).end();
  };
  const body = (): Uint8Array => new TextEncoder().encode('b');
  const posted = {
    method: 'post',
    headers: [
      ['content-type', 'text/plain'],
      ['authorization', 'secret'],
    ],
  } as const;
  const changed = await ask(from, { ...posted, uri: `${origin}/to/303/%2Fend`, body: body() });
  expect(seen(changed)).toMatchObject(['GET', '/end', { authorization: 'secret' }]);
  expect(seen(changed)[2]).not.toHaveProperty('content-type');
  const kept = await ask(from, { ...posted, uri: `${origin}/to/307/%2Fend`, body: body() });
  expect(seen(kept)).toMatchObject(['POST', '/end', { 'content-type': 'text/plain' }]);
  expect(kept?.kind === 'response' && kept.response.body).toEqual(body());

  const elsewhere = encodeURIComponent('http://localhost:1/');
  expect(await ask(from, { uri: `${origin}/to/302/${elsewhere}` })).toMatchObject({
    error: 'destination-not-allowed',
  });
  handler = (_, response) => response.writeHead(302, { location: '/again' }).end();
  expect(await ask(from, {})).toMatchObject({ error: 'runtime-error', reason: 'more than 10 redirections' });
});

test('credentials are not carried to another host by a redirection', async () => {
  const other = `http://localhost:${new URL(origin).port}`;
  const from = worker(network({ allowed: [origin, other] }));
  handler = (request, response) => {
    if (request.url === '/end') return echo(request, response);
    response.writeHead(302, { location: `${other}/end` }).end();
  };
  const [, , headers] = seen(
    await ask(from, {
      headers: [
        ['authorization', 'secret'],
        ['x-kept', 'yes'],
      ],
    }),
  );
  expect(headers).toMatchObject({ 'x-kept': 'yes' });
  expect(headers).not.toHaveProperty('authorization');
});

test('a request ends with the deadline of its event, and the next is answered', async () => {
  const from = worker(network());
  handler = () => {};
  const answer = await ask(from, { deadline: Date.now() + 20 });
  expect(answer === undefined || (answer.kind === 'error' && answer.error === 'runtime-error')).toBe(true);
  handler = echo;
  expect(await ask(from, {})).toMatchObject({ kind: 'response' });
});

test('a worker that is terminated while it waits leaves nothing behind', async () => {
  const unit = network();
  const from = worker(unit);
  const arrived = Promise.withResolvers<IncomingMessage>();
  handler = (request) => arrived.resolve(request);
  tell(from, {});
  const request = await arrived.promise;
  expect(unit.pending).toBe(1);
  const closed = once(request.socket, 'close');
  await from.terminate();
  await closed;
  expect(unit.pending).toBe(0);
  handler = echo;
  expect(await ask(worker(unit), {})).toMatchObject({ kind: 'response' });
});

test('each unit has a network of its own', async () => {
  const open = network();
  const shut = network({ allowed: [] });
  const [first, second, third] = [worker(open), worker(shut), worker(open)];
  const answers = await Promise.all([ask(first, {}), ask(second, {}), ask(third, {})]);
  expect(answers.map((answer) => answer?.kind)).toEqual(['response', 'error', 'response']);
});
