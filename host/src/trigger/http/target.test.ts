import { expect, test } from 'vitest';
import { isAuthority, parseTarget } from './target.ts';

// What hyper 1 and the crate `http` 1, on which Spin builds, make of these request targets.
test.each<[target: string, path: string | undefined, pathAndQuery?: string, authority?: string]>([
  ['/order', '/order'],
  ['//order', '//order'],
  ['/order/', '/order/'],
  ['/%2e%2e/order', '/%2e%2e/order'],
  ['/a/../order', '/a/../order'],
  ['/order?x=1', '/order', '/order?x=1'],
  ['/a?b?c', '/a', '/a?b?c'],
  ['/order#fragment', '/order', '/order'],
  ['*', '*'],
  ['/a"b', '/a"b'],
  ['/a{b}', '/a{b}'],
  ['/a\\b', '/a\\b'],
  ['/a^b', '/a^b'],
  ['/a|b', '/a|b'],
  ['/a[b]', '/a[b]'],
  ['/;a=b', '/;a=b'],
  ['/%zz', '/%zz'],
  ['/%00', '/%00'],
  ['/\u00c3\u00a9', '/é'],
  ['//host/order', '//host/order'],
  ['http://x.test/p?q', '/p', '/p?q', 'x.test'],
  ['HTTP://x.test/p', '/p', '/p', 'x.test'],
  ['http://x.test', '/', '/', 'x.test'],
  ['?x', undefined],
  ['/a b', undefined],
  ['/a<b', undefined],
  ['/a`b', undefined],
  ['/a\u007fb', undefined],
  ['/\u00ff', undefined],
  ['/order?a"b', undefined],
  ['/order?a<b', undefined],
  ['', undefined],
])('%s', (target, path, pathAndQuery = path, authority = undefined) => {
  const parsed = parseTarget(target);
  expect(parsed && { authority: undefined, ...parsed }).toEqual(
    path === undefined ? undefined : { path, pathAndQuery, authority },
  );
});

test.each([
  ['tenon.test', true],
  ['tenon.test:80', true],
  ['[::1]:80', true],
  ['', false],
  ['a b', false],
  ['a/b', false],
  ['a:b', false],
])('%j is an authority: %s', (text, expected) => {
  expect(isAuthority(text)).toBe(expected);
});
