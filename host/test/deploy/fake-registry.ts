import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A registry that keeps what it is sent in memory, and fails as it is told. */
export interface FakeRegistry extends AsyncDisposable {
  /** `127.0.0.1:40123` */
  readonly host: string;
  readonly blobs: Map<string, Buffer>;
  readonly tags: Map<string, Buffer>;
  /** `PUT /v2/orders/manifests/1.0.0`, with what was authorized: `PUT … Basic bWU6cGFzcw==`. */
  readonly requests: string[];
}

export interface FakeOptions {
  /** Answers instead of the registry where it returns true. */
  readonly intercept?: (
    request: IncomingMessage & { readonly url: string },
    response: ServerResponse,
    body: Buffer,
  ) => boolean;
}

export async function startFakeRegistry({ intercept }: FakeOptions = {}): Promise<FakeRegistry> {
  const blobs = new Map<string, Buffer>();
  const tags = new Map<string, Buffer>();
  const requests: string[] = [];
  const server = createServer(async (request, response) => {
    const url = request.url ?? '/';
    const body = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>));
    const { authorization } = request.headers;
    requests.push([request.method, url.replace(/\?.*/, ''), authorization].filter(Boolean).join(' '));
    const answer = (status: number, headers: Record<string, string> = {}): void => {
      response.writeHead(status, headers).end();
    };
    if (intercept?.(Object.assign(request, { url }), response, body)) return;
    const { pathname, searchParams } = new URL(url, 'http://registry');
    const [kind, name = ''] = pathname.split('/').slice(-2);
    const digest = `sha256:${createHash('sha256').update(body).digest('hex')}`;
    if (request.method === 'HEAD') return answer(blobs.has(name) ? 200 : 404);
    if (request.method === 'POST') return answer(202, { location: `${pathname}some-upload?state=x` });
    if (kind === 'manifests') tags.set(name, body);
    else if (searchParams.get('digest') !== digest || searchParams.get('state') !== 'x') return answer(400);
    else blobs.set(digest, body);
    return answer(201, { 'docker-content-digest': digest });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    blobs,
    tags,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
