import { expect, test } from 'vitest';
import { clientAddress, spinHeaders } from './headers.ts';
import { createRouter } from './routes.ts';

function headersOf(route: string, path: string, query = ''): Record<string, string> {
  const router = createRouter([{ route, unit: 'u', service: 's' }]);
  const match = router.ok ? router.value.match(path) : undefined;
  if (!match) throw new Error(`${route} does not match ${path}`);
  return Object.fromEntries(
    spinHeaders({
      match,
      host: 'tenon.test:81',
      pathAndQuery: path + query,
      clientAddress: '127.0.0.1:8777',
    }),
  );
}

// As in Spin 3.6.3, crates/trigger-http/src/headers.rs, test_default_headers.
test('a wildcard route', () => {
  expect(headersOf('/foo/...', '/foo/bar', '?key1=value1')).toEqual({
    'spin-path-info': '/bar',
    'spin-full-url': 'http://tenon.test:81/foo/bar?key1=value1',
    'spin-matched-route': '/foo/...',
    'spin-base-path': '/',
    'spin-raw-component-route': '/foo/...',
    'spin-component-route': '/foo',
    'spin-client-addr': '127.0.0.1:8777',
  });
});

test('parameters, their names in lower case with dashes', () => {
  expect(headersOf('/foo/:User_Id/...', '/foo/42/bar')).toMatchObject({
    'spin-path-match-user-id': '42',
    'spin-path-info': '/bar',
    'spin-component-route': '/foo/:User_Id',
  });
});

test('an exact route has no path info; its trailing slash is not part of the matched route', () => {
  expect(headersOf('/foo/', '/foo')).toMatchObject({
    'spin-path-info': '',
    'spin-matched-route': '/foo',
    'spin-raw-component-route': '/foo/',
    'spin-component-route': '/foo/',
  });
});

test.each([
  ['127.0.0.1', 80, '127.0.0.1:80'],
  ['::1', 80, '[::1]:80'],
  [undefined, undefined, '0.0.0.0:0'],
])('client address %s %s', (address, port, text) => {
  expect(clientAddress(address, port)).toBe(text);
});
