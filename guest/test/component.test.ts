import { beforeAll, describe, expect, test } from 'vitest';
import { LACKING, NATIVE, PROVIDED } from '../src/registry.ts';
import { bundle, buildComponent } from './build.ts';
import { instantiator, type Host } from './instantiate.ts';

interface Probe {
  readonly host: Host;
  run(name: string, argument?: string): unknown;
}

describe('a component with the guest in it', () => {
  let fresh: () => Promise<Probe>;

  beforeAll(async () => {
    const component = await buildComponent(
      await bundle('services/probe.ts'),
      '  export run: func(name: string, argument: string) -> string;',
    );
    const make = await instantiator(component);
    fresh = async () => {
      const { host, exports } = await make();
      const run = exports['run'] as (name: string, argument: string) => string;
      return {
        host,
        run: (name, argument = '') => {
          const text = run(name, argument);
          return text.startsWith('threw ') ? text : (JSON.parse(text) as unknown);
        },
      };
    };
  });

  test('has of itself the globals that the registry says', async () => {
    const names = (await fresh()).run('globals') as string[];
    const replaced = new Set([...Object.keys(PROVIDED), ...Object.keys(LACKING), 'wit', '__cqjs']);
    expect(names.filter((name) => !replaced.has(name) || name === 'Math').sort()).toEqual([...NATIVE].sort());
  });

  test('has the usual built-in functions in its snapshot, so that no event makes them again', async () => {
    expect((await fresh()).run('builtins')).toEqual(['DataView.prototype.getInt8']);
  });

  test('draws other numbers in every instance of one snapshot', async () => {
    const [a, b] = [await fresh(), await fresh()];
    const [first, second] = [a.run('random'), b.run('random')] as [unknown[], unknown[]];
    for (const i of [0, 1, 2, 3]) expect(first[i]).not.toEqual(second[i]);
    expect(first[0]).not.toBe(first[1]);
    for (const drawn of [first[0], first[1], second[0]])
      expect(0 <= Number(drawn) && Number(drawn) < 1).toBe(true);
    expect(first[2]).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    // One seed, one UUID, one array: Math.random() asks the host once in an instance.
    expect(a.host.random).toHaveLength(3);
  });

  test('reads live clocks', async () => {
    const probe = await fresh();
    probe.host.monotonic = 7_000_000n;
    const before = Date.now();
    const { date, now, origin } = probe.run('clocks') as Record<string, number>;
    expect(date).toBeGreaterThanOrEqual(before - 1);
    expect(date).toBeLessThanOrEqual(Date.now() + 1);
    expect(now).toBe(7);
    expect(Math.abs(origin! + now! - date!)).toBeLessThan(1_000);
    probe.host.monotonic += 5_000_000n;
    expect((probe.run('clocks') as Record<string, number>)['now']).toBe(12);
  });

  test('sleeps for timers on the host clock, and leaves no handle behind', async () => {
    const probe = await fresh();
    expect(probe.run('sleep', '250')).toBe(250);
    expect(probe.run('abort')).toBe('TimeoutError');
    expect(probe.host.handles).toBe(0);
  });

  test('runs async functions, generators and microtasks in order', async () => {
    const expected = ['a 1', 'b 1', 'microtask', 'a 2', 'b 2', 'a 3', 'b 3', '1', '2', 'failed', 'finally'];
    const probe = await fresh();
    expect(probe.run('order')).toEqual(expected);
    expect(probe.run('order')).toEqual(expected);
    expect(probe.run('fromAsync')).toEqual([1, 2]);
  });

  test('says that a promise can never settle, and goes on', async () => {
    const probe = await fresh();
    expect(probe.run('forever')).toMatch(/^threw this promise can never settle/);
    expect(probe.run('fromAsync')).toEqual([1, 2]);
  });

  test('writes its console to stdout and stderr', async () => {
    const { host, run } = await fresh();
    run('console');
    expect(Buffer.from(host.stdout, 'latin1').toString()).toBe(
      "answer is 42 { nested: [ 1, Map(1) { 'k' => 'ü' } ] }\n" +
        '┌─────────┬───┐\n│ (index) │ a │\n├─────────┼───┤\n│ 0       │ 1 │\n└─────────┴───┘\n' +
        `${'x'.repeat(10_000)}\n`,
    );
    expect(host.stderr).toBe('careful\n');
    expect(host.handles).toBe(0);
  });

  test.each(['', 'short', 'é💩'.repeat(100), 'plain ascii '.repeat(50), '\u0000\u007f\u0080\uffff'])(
    'encodes and decodes %j by QuickJS as by Node',
    async (text) => {
      const probe = await fresh();
      expect(probe.run('text', text)).toEqual([
        new TextEncoder().encode(text).length,
        true,
        '\ufffd'.repeat(4),
      ]);
    },
  );

  test.each(['http://Example.com/a/../b?x=1&y=%20', 'http://münchen.de/ä', 'http://[::1]:80/', 'mailto:a@b'])(
    'parses %s by QuickJS as by Node',
    async (text) => {
      const probe = await fresh();
      expect(probe.run('url', text)).toEqual([new URL(text).href, [...new URL(text).searchParams]]);
    },
  );

  test('clones', async () => {
    const probe = await fresh();
    expect(probe.run('clone')).toEqual({ date: '1970-01-01T00:00:00.000Z', bytes: { '0': 1 }, set: {} });
  });
});

describe('an HTTP service in a component', () => {
  type Answer = { status: number; headers?: [string, string][]; body?: Uint8Array };
  const sent: { method: string; uri: string; body?: Uint8Array }[] = [];
  let serve: (
    method: string,
    uri: string,
    body?: string,
  ) => Promise<{ answer: Answer; text: string; host: Host }>;

  beforeAll(async () => {
    const bundled = await bundle('services/http.ts');
    const component = await buildComponent(bundled, '  export fermyon:spin/inbound-http;');
    const make = await instantiator(component, {
      'fermyon:spin/http': {
        sendRequest(request: { method: string; uri: string; body?: Uint8Array }) {
          sent.push(request);
          // jco's way to return the error of a result.
          if (request.uri.includes('denied')) throw 'destination-not-allowed';
          return { status: 418, headers: [['x', 'y']], body: new TextEncoder().encode('answer') };
        },
      },
    });
    serve = async (method, uri, body) => {
      const { host, exports } = await make();
      const { handleRequest } = exports['inboundHttp'] as { handleRequest: (request: object) => Answer };
      const answer = handleRequest({
        method,
        uri,
        headers: [['Host', 'shop.test:8080']],
        params: [],
        body: body === undefined ? undefined : new TextEncoder().encode(body),
      });
      return { answer, text: new TextDecoder().decode(answer.body), host };
    };
  });

  test('gets the request and gives the answer', async () => {
    const { answer, text } = await serve('post', '/echo?a=b', 'héllo');
    expect(text).toBe('héllo');
    expect(answer.status).toBe(200);
    expect(answer.headers).toEqual([
      ['x-method', 'POST'],
      ['x-url', 'http://shop.test:8080/echo?a=b'],
      ['content-type', 'text/plain;charset=UTF-8'],
    ]);
  });

  test('keeps every cookie', async () => {
    const { answer, text } = await serve('get', '/cookies?q=%C3%BC');
    expect(answer.status).toBe(201);
    expect(answer.headers!.filter(([name]) => name === 'set-cookie').map(([, value]) => value)).toEqual([
      'a=1',
      'b=2',
    ]);
    expect(JSON.parse(text)).toEqual({ q: 'ü' });
  });

  test('answers HEAD without a body', async () => {
    const { answer } = await serve('head', '/cookies');
    expect([answer.status, answer.body]).toEqual([201, undefined]);
  });

  test.each([
    [
      '/throw',
      /^GET http:\/\/shop\.test:8080\/throw failed: TypeError: on purpose\n {4}at [\s\S]*caused by the cause\n$/,
    ],
    ['/undefined', /fetch must return a Response, but returned undefined/],
    ['/bad-status', /RangeError: Response: the status must be from 200 to 599, found 99/],
  ])('answers 500 without a body to %s and logs it once', async (path, log) => {
    const { answer, host } = await serve('get', path);
    expect([answer.status, answer.body]).toEqual([500, undefined]);
    expect(host.stderr).toMatch(log);
    expect(host.stderr.match(/failed:/g)).toHaveLength(1);
  });

  test('fetches', async () => {
    const { answer, text } = await serve('get', '/out');
    expect([answer.status, text]).toEqual([418, 'answer']);
    expect(sent.at(-1)).toMatchObject({ method: 'post', uri: 'http://other/x' });
    expect(new TextDecoder().decode(sent.at(-1)!.body)).toBe('sent');
  });

  test('rejects a fetch that the host refuses with a TypeError', async () => {
    const { text } = await serve('get', '/denied');
    expect(text).toBe('TypeError: fetch failed: destination-not-allowed (GET http://denied/)');
  });
});
