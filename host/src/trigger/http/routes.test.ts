import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { insertByPrecedence, matchRoute, parseRoute, type Segment } from './route-spec.ts';
import { createRouter, type Router } from './routes.ts';

/** A router in which each route is its own unit. */
function router(...routes: readonly string[]): Router {
  const result = createRouter(routes.map((route) => ({ route, unit: route, service: route })));
  if (!result.ok) throw new Error(JSON.stringify(result.diagnostics));
  return result.value;
}

// The first rows are the cases of Spin 3.6.3, crates/routes/src/lib.rs; the others follow from its matcher.
const ONES = ['/one/...', '/one/two/...', '/one/two/three/...'];
test.each<[routes: readonly string[], path: string, matched: string | undefined, pathInfo: string]>([
  [['/foo', '/foo/bar'], '/foo', '/foo', ''],
  [['/foo', '/foo/bar'], '/foo/bar', '/foo/bar', ''],
  [['/...'], '/foo/bar', '/...', '/foo/bar'],
  [['/...'], '/abc/', '/...', '/abc/'],
  [['/...'], '/', '/...', '/'],
  [ONES, '/one/two/three/four', '/one/two/three/...', '/four'],
  [ONES.toReversed(), '/one/two/three/four', '/one/two/three/...', '/four'],
  [['/one', '/...'], '/one', '/one', ''],
  [['/...', '/one'], '/one', '/one', ''],
  [['/...'], '/1/2/3', '/...', '/1/2/3'],
  [['/1/...'], '/1/2/3', '/1/...', '/2/3'],
  [['/test/...'], '/test', '/test/...', ''],
  [['/test/...'], '/test/', '/test/...', '/'],
  [['/test/...'], '/test/hello', '/test/...', '/hello'],
  [['/test/...'], '/test/hello/', '/test/...', '/hello/'],
  [['/test/*'], '/test/hello', '/test/*', '/hello'],
  [['/order'], '/order', '/order', ''],
  [['/order'], '//order', '/order', ''],
  [['/order'], '/order/', '/order', ''],
  [['/order'], '/order//', '/order', ''],
  [['/order/'], '/order', '/order/', ''],
  [['order'], '/order', 'order', ''],
  [['/order'], '/orders', undefined, ''],
  [['/order'], '/ORDER', undefined, ''],
  [['/order'], '/a/../order', undefined, ''],
  [['/order'], '/./order', undefined, ''],
  [['/order'], '/%2e%2e/order', undefined, ''],
  [['/order'], '/%6frder', undefined, ''],
  [['/a/b'], '/a//b', undefined, ''],
  [['/a/...'], '/a//b', '/a/...', '//b'],
  [['/a/...'], '/a/%2e%2e/b', '/a/...', '/%2e%2e/b'],
  [['/a/...'], '/a/../b', '/a/...', '/../b'],
  [['/a/...'], '/ab', undefined, ''],
  [['/'], '/', '/', ''],
  [['/'], '//', '/', ''],
  [['/'], '/x', undefined, ''],
  [['/...'], '*', '/...', '/*'],
])('routes %j: %s is for %s', (routes, path, matched, pathInfo) => {
  const match = router(...routes).match(path);
  expect(match?.route.route).toBe(matched);
  expect(match?.pathInfo ?? '').toBe(pathInfo);
});

test.each([
  ['/1/:two/3', '/1/2/3', [['two', '2']]],
  ['/1/:two/...', '/1/2/3', [['two', '2']]],
  ['/1/:two/3', '/1//3', [['two', '']]],
  ['/:name.json', '/a.json', [['name', 'a']]],
  [
    '/:a/:b',
    '/x.y/z',
    [
      ['a', 'x.y'],
      ['b', 'z'],
    ],
  ],
])('parameters of %s in %s', (route, path, params) => {
  expect(router(route).match(path)?.params).toEqual(params);
});

describe('routefinder 0.5.4 gave these answers', () => {
  interface Row {
    readonly routes: readonly string[];
    readonly path: string;
    readonly match: { readonly route: string; readonly wildcard?: string; readonly params?: string } | null;
  }
  const rows = JSON.parse(
    readFileSync(new URL('fixtures/routefinder.json', import.meta.url), 'utf8'),
  ) as Row[];

  test.each(rows)('$path among $routes', ({ routes, path, match }) => {
    const ordered: { route: string; segments: readonly Segment[] }[] = [];
    for (const route of routes) {
      const segments = parseRoute(route);
      if (typeof segments === 'string') throw new Error(segments);
      insertByPrecedence(ordered, { route, segments });
    }
    const found = ordered
      .values()
      .map(({ route, segments }) => ({ route, captures: matchRoute(segments, path) }))
      .find(({ captures }) => captures !== undefined);
    expect(found?.route).toBe(match?.route);
    expect(found?.captures?.wildcard).toBe(match?.wildcard);
    expect((found?.captures?.params ?? []).map((pair) => pair.join('=')).join('&')).toBe(match?.params ?? '');
  });
});

describe('what a manifest may get wrong', () => {
  const route = (route: string, service: string) => ({ route, service, unit: service });

  test('the last of two routes alike wins, in the place of the first', () => {
    const result = createRouter([
      route('/', 'a'),
      route('/foo', 'b'),
      route('/foo', 'c'),
      route('/whee/...', 'd'),
    ]);
    if (!result.ok) throw new Error('expected a router');
    expect(result.value.routes.map(({ service }) => service)).toEqual(['a', 'c', 'd']);
    expect(result.value.match('/foo')?.route.service).toBe('c');
  });

  test.each(['/.well-known/spin/...', '/.well-known/spin/fie'])('%s is reserved', (text) => {
    const result = createRouter([route(text, 'a')]);
    expect(result.diagnostics.map(({ code }) => code)).toEqual(['trigger/reserved-route']);
  });

  test.each(['/.well-known/spindle/...', '/.well-known/spi/...', '/.well-known/spin'])(
    '%s is not',
    (text) => {
      const result = createRouter([route(text, 'a')]);
      expect(result).toMatchObject({ ok: true, diagnostics: [] });
    },
  );

  test.each(['/:', '/*name', '/*/x', '/a/*/b'])('%s cannot be used', (text) => {
    const result = createRouter([route(text, 'a')]);
    expect(result).toMatchObject({
      ok: false,
      diagnostics: [{ code: 'trigger/invalid-route', found: text }],
    });
  });
});
