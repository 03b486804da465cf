import { describe, expect, test } from 'vitest';
import { isRoute, routeIdentity } from './routes.ts';

describe('isRoute', () => {
  test.each([
    '/',
    '/order',
    '/order/',
    '/orders/:id',
    '/a/:b/c/...',
    '/...',
    '/*',
    '/a.b/~c',
    '/:name.json',
    '/a/.well-known/x',
  ])('%s is one', (route) => expect(isRoute(route)).toBe(true));
  test.each([
    '',
    'order',
    '...',
    '/a/.../b',
    '/a/*/b',
    '/a//b',
    '/a?b=c',
    '/a#b',
    '/a b',
    '/:',
    '/a/...x',
    '/*x',
    '/a/*.json',
  ])('%j is none', (route) => expect(isRoute(route)).toBe(false));
});

describe('routeIdentity', () => {
  test.each([
    ['/a', '/a/'],
    ['/a/*', '/a/...'],
    ['/u/:id', '/u/:name/'],
    ['/', '/'],
    ['/:a.json', '/:b.json'],
  ])('%s and %s are the same route', (a, b) => expect(routeIdentity(a)).toBe(routeIdentity(b)));

  test.each([
    ['/a', '/a/...'],
    ['/a', '/A'],
    ['/u/:id', '/u/id'],
    ['/u/:id', '/u/:id/x'],
  ])('%s and %s are not', (a, b) => expect(routeIdentity(a)).not.toBe(routeIdentity(b)));
});
