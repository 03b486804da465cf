import { beforeEach, describe, expect, test } from 'vitest';
import { host } from '../../test/doubles/http.ts';
import { reset, written } from '../../test/doubles/stdio.ts';
import { drive } from '../async/loop.ts';
import { AbortController as GuestController } from '../events/abort.ts';
import { fetch as guestFetch } from './fetch.ts';
import type { Request as GuestRequest } from './request.ts';
import { Response as GuestResponse } from './response.ts';
import { serveFetch, type FetchService } from './serve.ts';
import type { SpinRequest } from './spin.ts';

beforeEach(() => {
  reset();
  Object.assign(host, { sent: [], answer: () => ({ status: 200, headers: [], body: null }) });
});

const inbound = (over: Partial<SpinRequest> = {}): SpinRequest => ({
  method: 'get',
  uri: '/',
  headers: [],
  params: [],
  body: null,
  ...over,
});

describe('serveFetch', () => {
  const urlOf = (over: Partial<SpinRequest>): string => {
    let url = '';
    serveFetch({
      fetch(request: GuestRequest) {
        ({ url } = request);
        return new GuestResponse();
      },
    })(inbound(over));
    return url;
  };

  test.each([
    [
      'the header of Spin',
      { uri: '/p', headers: [['spin-full-url', 'http://shop:1/p?q']] },
      'http://shop:1/p?q',
    ],
    ['the host header', { uri: '/p?q', headers: [['HOST', 'shop:1']] }, 'http://shop:1/p?q'],
    ['an absolute uri', { uri: 'https://a/b', headers: [['host', 'other']] }, 'https://a/b'],
    ['nothing but a path', { uri: '/a/../b' }, 'http://localhost/b'],
    ['a path that looks like a host', { uri: '//x/y', headers: [['host', 'h']] }, 'http://h//x/y'],
  ] as [string, Partial<SpinRequest>, string][])('knows the URL by %s', (_, over, url) => {
    expect(urlOf(over)).toBe(url);
  });

  test('answers 400 where host and path make no URL', () => {
    const handle = serveFetch({ fetch: () => new GuestResponse() });
    expect(handle(inbound({ headers: [['host', 'a b']] })).status).toBe(400);
  });

  test('hands on method, headers and body', () => {
    const service: FetchService = {
      async fetch(request) {
        return GuestResponse.json([request.method, [...request.headers], await request.text()]);
      },
    };
    // Not lowered here: Node's own async function returns a promise that the guest cannot drive.
    expect(() => drive(service.fetch({} as never))).toThrow(/can never settle/);
    const echo = serveFetch({
      fetch: (request) =>
        request.text().then((text) => GuestResponse.json([request.method, [...request.headers], text])),
    });
    const headers: [string, string][] = [
      ['X-A', '1'],
      ['x-a', '2'],
    ];
    const answer = echo(inbound({ method: 'put', headers, body: new TextEncoder().encode('ü') }));
    expect(JSON.parse(new TextDecoder().decode(answer.body!))).toEqual(['PUT', [['x-a', '1, 2']], 'ü']);
  });

  test('calls fetch as a method of the service', () => {
    const service = {
      status: 207,
      fetch() {
        return new GuestResponse(null, { status: this.status });
      },
    };
    expect(serveFetch(service)(inbound()).status).toBe(207);
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('thrown');
      },
      /thrown/,
    ],
    [
      'throws no Error',
      () => {
        throw { code: 7 };
      },
      /failed: \{"code":7\}/,
    ],
    ['returns nothing', () => undefined as never, /returned undefined/],
    ['returns null', () => null as never, /returned null/],
    ['returns an error response', () => GuestResponse.error(), /Response\.error/],
    [
      'returns a response that is read already',
      () => {
        const r = new GuestResponse('x');
        void r.text();
        return r;
      },
      /already been read/,
    ],
  ] as [string, () => GuestResponse, RegExp][])(
    'answers 500 and logs once when fetch %s',
    (_, fetch, log) => {
      expect(serveFetch({ fetch })(inbound())).toEqual({ status: 500, headers: null, body: null });
      expect(written.stderr).toMatch(log);
      expect(written.stderr.match(/failed/g)).toHaveLength(1);
      expect([written.stdout, written.open]).toEqual(['', 0]);
    },
  );

  test('ignores the empty body that some hosts give a GET', () => {
    const handle = serveFetch({ fetch: (request) => new GuestResponse(String(request.body)) });
    const answer = handle(inbound({ body: new Uint8Array() }));
    expect(new TextDecoder().decode(answer.body!)).toBe('null');
  });
});

describe('fetch', () => {
  test('sends method, URL without fragment, headers and body', () => {
    drive(guestFetch('http://h/p?q#f', { method: 'PATCH', headers: { a: '1' }, body: 'x' }));
    expect(host.sent).toEqual([
      {
        method: 'patch',
        uri: 'http://h/p?q',
        headers: [
          ['a', '1'],
          ['content-type', 'text/plain;charset=UTF-8'],
        ],
        params: [],
        body: new TextEncoder().encode('x'),
      },
    ]);
  });

  test('answers with what the host got', () => {
    host.answer = () => ({ status: 404, headers: [['X-A', '1']], body: new TextEncoder().encode('{"a":1}') });
    const response = drive(guestFetch('http://h'));
    expect([response.status, response.ok, response.url, response.headers.get('x-a')]).toEqual([
      404,
      false,
      'http://h/',
      '1',
    ]);
    expect(drive(response.json())).toEqual({ a: 1 });
    expect(() => response.headers.set('a', 'b')).toThrow(TypeError);
  });

  test('rejects with a TypeError for what the host refuses, and does not throw at once', () => {
    host.answer = () => {
      throw 'destination-not-allowed';
    };
    const promise = guestFetch('http://h');
    expect(() => drive(promise)).toThrow(
      expect.objectContaining({ name: 'TypeError', cause: 'destination-not-allowed' }),
    );
  });

  test.each([
    ['ftp://h', {}, /parse URL/],
    ['http://h', { method: 'PURGE' }, /cannot send the method PURGE/],
    ['http://h', { redirect: 'manual' }, /redirect: 'manual'/],
    ['/relative', {}, /parse URL/],
  ])('rejects %s %o', (url, init, message) => {
    expect(() => drive(guestFetch(url, init as never))).toThrow(message);
    expect(host.sent).toEqual([]);
  });

  test('does not send when its signal is aborted', () => {
    const controller = new GuestController();
    controller.abort(new Error('enough'));
    expect(() => drive(guestFetch('http://h', { signal: controller.signal }))).toThrow('enough');
    expect(host.sent).toEqual([]);
  });
});
