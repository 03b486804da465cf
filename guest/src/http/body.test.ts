import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { drive } from '../async/loop.ts';
import { URLSearchParams as GuestParams } from '../url/search-params.ts';
import { URL as GuestURL } from '../url/url.ts';
import { Request as GuestRequest } from './request.ts';
import { Response as GuestResponse } from './response.ts';

interface Readable {
  text(): PromiseLike<string>;
  json(): PromiseLike<unknown>;
  bytes(): PromiseLike<Uint8Array>;
  arrayBuffer(): PromiseLike<ArrayBuffer>;
  readonly bodyUsed: boolean;
}
type Read = 'text' | 'json' | 'bytes' | 'arrayBuffer';

const READS = ['text', 'json', 'bytes', 'arrayBuffer'] as const;
const plain = (value: unknown): unknown => (value instanceof ArrayBuffer ? new Uint8Array(value) : value);

const ours = (owner: Readable, read: Read): unknown => {
  try {
    return plain(drive(owner[read]()));
  } catch (error) {
    return (error as Error).name;
  }
};
const theirs = async (owner: Readable, read: Read): Promise<unknown> => {
  try {
    return plain(await owner[read]());
  } catch (error) {
    return (error as Error).name;
  }
};
const attempt = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return (error as Error).name;
  }
};

const content = fc.oneof(
  fc.constant(undefined),
  fc.constant(null),
  fc.string({ unit: 'binary' }),
  fc.json(),
  fc.constantFrom('\ufeff{"a":1}', '\ud800', ''),
  fc.uint8Array(),
);

describe('Response against Node', () => {
  test('reads any body in any way, twice', async () => {
    await fc.assert(
      fc.asyncProperty(
        content,
        fc.constantFrom(...READS),
        fc.constantFrom(...READS),
        async (body, first, second) => {
          const [guest, node] = [new GuestResponse(body), new Response(body)];
          expect([...guest.headers]).toEqual([...node.headers]);
          for (const read of [first, second]) {
            expect(ours(guest, read)).toEqual(await theirs(node, read));
            expect(guest.bodyUsed).toBe(node.bodyUsed);
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test.each([
    [200, 'x'],
    [204, null],
    [204, 'x'],
    [304, 'x'],
    [199, null],
    [600, null],
    [599, null],
    [0, null],
    ['404', null],
    [65_736, null],
    [Number.NaN, null],
  ])('status %s with body %j', (status, body) => {
    const make = (constructor: typeof Response | typeof GuestResponse): unknown =>
      attempt(() => {
        const response = new constructor(body as never, { status: status as number });
        return [response.status, response.ok, response.type, response.redirected, response.url];
      });
    expect(make(GuestResponse)).toEqual(make(Response));
  });

  test.each([['OK'], ['a\tb'], ['line\nbreak'], ['ü'], ['Ā']])('status text %j', (statusText) => {
    const make = (constructor: typeof Response | typeof GuestResponse): unknown =>
      attempt(() => new constructor(null, { statusText }).statusText);
    expect(make(GuestResponse)).toEqual(make(Response));
  });

  test.each([
    [{ a: 1 }, {}],
    [[1, null], { status: 201, headers: { 'content-type': 'application/problem+json' } }],
    [undefined, {}],
    [1n, {}],
    [null, { status: 204 }],
    ['text', { headers: [['x', 'y']] }],
  ])('Response.json(%o, %o)', async (data, init) => {
    const make = (constructor: typeof Response | typeof GuestResponse): unknown =>
      attempt(() => {
        const response = constructor.json(data, init as ResponseInit);
        return [response.status, [...response.headers]];
      });
    expect(make(GuestResponse)).toEqual(make(Response));
  });

  test.each([
    ['http://h/ü?x', 301],
    ['http://h', undefined],
    ['/relative', 302],
    ['http://h', 200],
  ])('Response.redirect(%s, %s)', (url, status) => {
    const make = (constructor: typeof Response | typeof GuestResponse): unknown =>
      attempt(() => {
        const response = constructor.redirect(url, status);
        return [response.status, [...response.headers], attempt(() => response.headers.set('a', 'b'))];
      });
    expect(make(GuestResponse)).toEqual(make(Response));
  });

  test('Response.error() has no status', () => {
    const { type, status, ok } = GuestResponse.error();
    expect({ type, status, ok }).toEqual({ type: 'error', status: 0, ok: false });
  });

  test('a clone is read by itself, and a used body cannot be cloned', () => {
    const response = new GuestResponse('x', { headers: { a: '1' } });
    const clone = response.clone();
    clone.headers.set('a', '2');
    expect(ours(clone, 'text')).toBe('x');
    expect([response.bodyUsed, ours(response, 'text'), response.headers.get('a')]).toEqual([false, 'x', '1']);
    expect(() => response.clone()).toThrow(TypeError);
  });

  test('a body may be handed on to another response, once', () => {
    const first = new GuestResponse('x');
    const second = new GuestResponse(first.body, { status: 201 });
    expect(ours(second, 'text')).toBe('x');
    expect(first.bodyUsed).toBe(true);
    expect(() => new GuestResponse(first.body)).toThrow(TypeError);
    expect(new GuestResponse().body).toBeNull();
  });

  test('copies what it is given, and what it gives', () => {
    const bytes = Uint8Array.of(1, 2);
    const response = new GuestResponse(bytes);
    bytes[0] = 9;
    expect(ours(response.clone(), 'bytes')).toEqual(Uint8Array.of(1, 2));
    const given = drive(response.clone().bytes());
    given[0] = 9;
    expect(ours(response, 'bytes')).toEqual(Uint8Array.of(1, 2));
  });

  test('takes search parameters as a form', () => {
    const guest = new GuestResponse(new GuestParams('a=b c'));
    const node = new Response(new URLSearchParams('a=b c'));
    expect([...guest.headers]).toEqual([...node.headers]);
    expect(ours(guest, 'text')).toBe('a=b+c');
  });

  test('shows nothing of its inside', () => {
    expect(JSON.stringify(GuestResponse.json({}))).toBe('{}');
    expect(JSON.stringify(new GuestRequest('http://h'))).toBe('{}');
  });
});

describe('Request against Node', () => {
  const shape = (request: Request | GuestRequest): unknown => [
    request.method,
    request.url,
    [...request.headers],
    request.redirect,
    request.bodyUsed,
  ];
  const method = fc.constantFrom(
    'get',
    'GET',
    'post',
    'Post',
    'patch',
    'PATCH',
    'delete',
    'HEAD',
    'x-y',
    'TRACE',
    '',
    'a b',
    'connect',
  );

  test('methods, bodies and headers', () => {
    fc.assert(
      fc.property(
        method,
        content,
        fc.dictionary(fc.constantFrom('a', 'content-type'), fc.string()),
        (method, body, headers) => {
          const make = (constructor: typeof Request | typeof GuestRequest): unknown =>
            attempt(() => shape(new constructor('http://h/p?q', { method, body: body as never, headers })));
          expect(make(GuestRequest)).toEqual(make(Request));
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test.each(['http://u:p@h', '/x', '', 'http://h:99999'])('refuses the URL %j as Node does', (url) => {
    expect(() => new GuestRequest(url)).toThrow(TypeError);
    expect(() => new Request(url)).toThrow(TypeError);
  });

  test('takes over from another request, whose body is used then', () => {
    const make = (constructor: typeof Request | typeof GuestRequest): unknown => {
      const first = new constructor('http://h', { method: 'POST', body: 'x', headers: { a: '1' } });
      const second = new constructor(first as never, { headers: { b: '2' } });
      return [shape(second), first.bodyUsed, attempt(() => void new constructor(first as never))];
    };
    expect(make(GuestRequest)).toEqual(make(Request));
  });

  test('takes URL objects, hosts beyond ASCII included', () => {
    expect(new GuestRequest(new GuestURL('http://münchen.de/ä')).url).toBe(
      new Request('http://münchen.de/ä').url,
    );
  });

  test('has a signal that never aborts unless it is given one', () => {
    const request = new GuestRequest('http://h');
    expect([request.signal.aborted, String(request.signal)]).toEqual([false, '[object AbortSignal]']);
    expect(() => new GuestRequest('http://h', { signal: {} as never })).toThrow(TypeError);
  });
});
