import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { spinArtifact } from '../../src/deploy/artifact.ts';
import { parseReference } from '../../src/deploy/reference.ts';
import { isLoopback, pushArtifact, type PushEvent, type PushOptions } from '../../src/deploy/registry.ts';
import { spinAppOf } from '../../src/deploy/spin-app.ts';
import { startFakeRegistry, type FakeOptions } from './fake-registry.ts';
import { WORKER } from './plans.ts';

const artifact = spinArtifact({
  plan: WORKER,
  app: spinAppOf(WORKER),
  units: new Map([
    ['front', Buffer.alloc(300, 'front')],
    ['stock', Buffer.alloc(700, 'stock')],
  ]),
});
const CREDENTIALS = { username: 'me', password: 'pass' };
const BASIC = `Basic ${Buffer.from('me:pass').toString('base64')}`;

function pushTo(host: string, options: PushOptions = {}): Promise<void> {
  return pushArtifact(artifact, parseReference(`${host}/team/shop:1`, '0.0.0'), options);
}

async function failure(host: string, options: PushOptions = {}): Promise<unknown> {
  return await pushTo(host, options).then(
    () => 'no failure',
    (error: unknown) => error,
  );
}

describe('a push', () => {
  test('stores everything, the tag last', async () => {
    await using registry = await startFakeRegistry();
    const events: PushEvent[] = [];
    await pushTo(registry.host, { onProgress: (event) => events.push(event) });
    expect(events.map(({ step, blob }) => `${step} ${blob.name}`)).toEqual([
      'pushed front.wasm',
      'pushed stock.wasm',
      'pushed locked app',
      'pushed configuration',
    ]);
    expect([...registry.blobs.keys()]).toEqual(
      [...artifact.layers, artifact.config].map(({ digest }) => digest),
    );
    expect(registry.tags.get('1')).toEqual(artifact.manifest.bytes);
    expect(registry.requests.at(-1)).toBe('PUT /v2/team/shop/manifests/1');
  });

  test('sends nothing that is there', async () => {
    await using registry = await startFakeRegistry();
    await pushTo(registry.host);
    const before = registry.requests.length;
    const steps: string[] = [];
    await pushTo(registry.host, { onProgress: ({ step }) => steps.push(step) });
    expect(steps).toEqual(['present', 'present', 'present', 'present']);
    expect(registry.requests.slice(before).filter((request) => !request.startsWith('HEAD'))).toEqual([
      'PUT /v2/team/shop/manifests/1',
    ]);
  });
});

describe('who pushes', () => {
  const askBasic: FakeOptions = {
    intercept: (request, response) => {
      if (request.headers.authorization === BASIC) return false;
      response.writeHead(401, { 'www-authenticate': 'Basic realm="registry"' }).end();
      return true;
    },
  };

  test('is said where the registry asks, and not before', async () => {
    await using registry = await startFakeRegistry(askBasic);
    await pushTo(registry.host, { credentials: CREDENTIALS });
    expect(registry.tags.size).toBe(1);
    expect(registry.requests[0]).not.toContain('Basic');
    expect(registry.requests.slice(1).every((request) => request.endsWith(BASIC))).toBe(true);
  });

  test('is exchanged for a token where it wants one', async () => {
    const asked: unknown[] = [];
    await using registry = await startFakeRegistry({
      intercept: (request, response) => {
        if (request.url.startsWith('/token?')) {
          asked.push(Object.fromEntries(new URL(request.url, 'http://x').searchParams));
          const allowed = request.headers.authorization === BASIC;
          response.writeHead(allowed ? 200 : 401).end(allowed ? '{"token":"abc"}' : '{}');
          return true;
        }
        if (request.headers.authorization === 'Bearer abc') return false;
        const realm = `http://${request.headers.host}/token`;
        response
          .writeHead(401, {
            'www-authenticate': `Bearer realm="${realm}",service="a \\"registry\\"",scope="repository:team/shop:pull,push"`,
          })
          .end();
        return true;
      },
    });
    await pushTo(registry.host, { credentials: CREDENTIALS });
    expect(registry.tags.size).toBe(1);
    expect(asked).toEqual([{ service: 'a "registry"', scope: 'repository:team/shop:pull,push' }]);
    expect(await failure(registry.host)).toMatchObject({
      code: 'deploy/registry-auth',
      diagnostics: [{ found: 'no credentials for it' }],
    });
    expect(await failure(registry.host, { credentials: { username: 'you', password: '' } })).toMatchObject({
      code: 'deploy/registry-auth',
      diagnostics: [{ found: `credentials that ${registry.host} does not accept` }],
    });
  });

  test('is not said to another host that uploads go to', async () => {
    await using storage = await startFakeRegistry();
    await using registry = await startFakeRegistry({
      intercept: (request, response) => {
        if (askBasic.intercept!(request, response, Buffer.alloc(0))) return true;
        if (request.method !== 'POST') return false;
        response.writeHead(202, { location: `http://${storage.host}/x/blobs/uploads/1?state=x` }).end();
        return true;
      },
    });
    await pushTo(registry.host, { credentials: CREDENTIALS });
    expect(storage.blobs.size).toBe(4);
    expect(storage.requests.filter((request) => request.includes('Basic'))).toEqual([]);
  });

  test.each([
    ['none', undefined, 'no credentials for it'],
    ['wrong ones', { username: 'me', password: 'x' }, 'credentials that the registry does not accept'],
  ])('with %s is a clear error', async (_, credentials, found) => {
    await using registry = await startFakeRegistry(askBasic);
    const error = await failure(registry.host, { credentials });
    expect(error).toMatchObject({ code: 'deploy/registry-auth', exitCode: 3, diagnostics: [{ found }] });
    expect(JSON.stringify(error)).not.toContain('pass');
    expect(registry.tags.size).toBe(0);
  });

  test('without the right to is a clear error', async () => {
    await using registry = await startFakeRegistry(
      failing('POST', 403, '{"errors":[{"code":"DENIED","message":"read-only"}]}'),
    );
    expect(await failure(registry.host)).toMatchObject({
      code: 'deploy/registry-auth',
      diagnostics: [{ found: 'DENIED, read-only' }],
    });
  });
});

describe('what goes wrong leaves the tag as it was', () => {
  test.each<[what: string, FakeOptions, code: string, found: unknown]>([
    ['a full disk', failing('PUT', 507, ''), 'deploy/registry-refused', 'status 507'],
    [
      'a registry that takes no such layers',
      failing('PUT', 400, '{"errors":[{"code":"UNSUPPORTED"}]}'),
      'deploy/registry-refused',
      'status 400: UNSUPPORTED',
    ],
    [
      'a digest that the registry does not find',
      failing('PUT', 400, '{"errors":[{"code":"DIGEST_INVALID"}]}'),
      'deploy/wrong-digest',
      'what arrived has another',
    ],
    [
      'another digest in its answer',
      failing('PUT', 201, '', { 'docker-content-digest': 'sha256:other' }),
      'deploy/wrong-digest',
      'sha256:other',
    ],
    ['no place for an upload', failing('POST', 202, ''), 'deploy/registry-refused', 'status 202'],
    ['a storage that fails', failing('HEAD', 500, ''), 'deploy/registry-refused', 'status 500'],
  ])('%s', async (_, options, code, found) => {
    await using registry = await startFakeRegistry(options);
    expect(await failure(registry.host)).toMatchObject({ code, exitCode: 3, diagnostics: [{ found }] });
    expect(registry.tags.size).toBe(0);
  });

  test('a manifest that it stores otherwise', async () => {
    await using registry = await startFakeRegistry({
      intercept: (request, response) => {
        if (!request.url.includes('/manifests/')) return false;
        response.writeHead(201, { 'docker-content-digest': 'sha256:other' }).end();
        return true;
      },
    });
    expect(await failure(registry.host)).toMatchObject({ code: 'deploy/wrong-digest' });
  });

  test('a registry that is not there', async () => {
    expect(await failure(await unusedHost())).toMatchObject({
      code: 'deploy/registry-unreachable',
      exitCode: 3,
      diagnostics: [{ found: expect.stringContaining('ECONNREFUSED') }],
    });
  });

  test('a registry that never answers', async () => {
    await using registry = await startFakeRegistry({ intercept: () => true });
    expect(await failure(registry.host, { timeout: 50 })).toMatchObject({
      code: 'deploy/registry-unreachable',
      diagnostics: [{ found: 'no answer in time' }],
    });
  });

  test('a registry without TLS where TLS is spoken', async () => {
    await using registry = await startFakeRegistry();
    expect(await failure(registry.host, { plainHttp: false })).toMatchObject({
      code: 'deploy/registry-unreachable',
      diagnostics: [{ where: `https://${registry.host}`, next: expect.stringContaining('--plain-http') }],
    });
    expect(registry.requests).toEqual([]);
  });
});

test.each([
  ['localhost', true],
  ['localhost:5000', true],
  ['127.0.0.1:5000', true],
  ['[::1]:5000', true],
  ['registry.localhost:5000', true],
  ['ghcr.io', false],
  ['127.example.com', false],
  ['notlocalhost:5000', false],
])('%s is on loopback: %s', (registry, loopback) => {
  expect(isLoopback(registry)).toBe(loopback);
});

function failing(
  method: string,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): FakeOptions {
  return {
    intercept: (request, response) => {
      if (request.method !== method || request.url.includes('/manifests/')) return false;
      response.writeHead(status, headers).end(body);
      return true;
    },
  };
}

/** A port that was free a moment ago. */
async function unusedHost(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return `127.0.0.1:${port}`;
}
