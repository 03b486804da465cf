import { describe, expect, test } from 'vitest';
import { allowedHttpHosts } from './grants.ts';
import { isAllowed, parseAllowedHost } from './allowed-hosts.ts';

const allows = (entries: readonly string[], url: string): boolean =>
  isAllowed(url, entries.map(parseAllowedHost));

describe('a URL is allowed as in Spin', () => {
  test.each<[entry: string, url: string, allowed: boolean]>([
    // Scheme and its port.
    ['http://example.com', 'http://example.com/path?q=1', true],
    ['http://example.com', 'https://example.com/', false],
    ['http://example.com', 'http://example.com:80/', true],
    ['http://example.com', 'http://example.com:8080/', false],
    ['https://example.com', 'https://example.com/', true],
    ['https://example.com', 'https://example.com:443/', true],
    ['*://example.com:*', 'https://example.com:8443/', true],
    ['*://example.com:80', 'http://example.com/', true],
    ['*://example.com:80', 'https://example.com/', false],
    // Ports.
    ['http://example.com:8080', 'http://example.com:8080/', true],
    ['http://example.com:8080', 'http://example.com/', false],
    ['http://example.com:8000..8002', 'http://example.com:8001/', true],
    ['http://example.com:8000..8002', 'http://example.com:8002/', false],
    ['http://example.com:*', 'http://example.com:9/', true],
    ['https://my.api.com/', 'https://my.api.com/', true],
    // Hosts.
    ['http://example.com', 'http://sub.example.com/', false],
    ['http://example.com', 'http://EXAMPLE.com/', true],
    ['http://EXAMPLE.com', 'http://example.com/', true],
    ['http://*', 'http://anything.at.all/', true],
    ['http://*:*', 'http://127.0.0.1:1234/', true],
    ['http://*', 'https://anything.at.all/', false],
    ['*://*:*', 'https://anything.at.all:77/', true],
    ['http://*.example.com', 'http://a.example.com/foo', true],
    ['http://*.example.com', 'http://a.b.example.com/foo', true],
    ['http://*.example.com', 'http://example.com/', false],
    ['http://*.example.com', 'http://myexample.com/', false],
    ['http://*.Example.COM', 'http://foo.example.com/', true],
    ['http://*.example2.com:8383', 'http://a.example2.com:8383/', true],
    ['http://*.example2.com:8383', 'http://a.example2.com/', false],
    ['http://127.0.0.1:3000', 'http://127.0.0.1:3000/', true],
    ['http://[::1]', 'http://[::1]/path', true],
    ['http://[::1]', 'http://[::2]/', false],
    ['http://[::1]:8080/', 'http://[::1]:8080/', true],
    ['http://bücher.example', 'http://xn--bcher-kva.example/', true],
    // The application itself.
    ['http://self', '/path', true],
    ['https://self.alt', '/path', true],
    ['http://*', '/path', true],
    ['http://example.com', '/path', false],
    ['redis://*', '/path', false],
    ['http://self', 'http://self/', false],
    // What tries to look like another host.
    ['http://example.com', 'http://example.com@evil.com/', false],
    ['http://example.com', 'http://evil.com/http://example.com', false],
    ['http://example.com', 'http://example.com.evil.com/', false],
    ['http://example.com', 'http://evil.com#example.com', false],
    ['http://*.example.com', 'http://evil.com/.example.com', false],
    ['http://example.com', 'http:example.com', true],
    ['http://example.com', 'file:///etc/passwd', false],
    ['http://example.com', 'no url', false],
  ])('%s, %s: %s', (entry, url, allowed) => {
    expect(allows([entry], url)).toBe(allowed);
  });

  test('no entry allows nothing, and one of several is enough', () => {
    expect(allows([], 'http://example.com/')).toBe(false);
    expect(allows(['http://a.example', 'http://b.example'], 'http://b.example/')).toBe(true);
  });
});

test.each([
  '',
  '*',
  'example.com',
  'example.com:8080',
  'http://example.com/path',
  'http://example.com:8080/p',
  'http://example.com//',
  'http://example.com:notaport',
  'http://example.com:99999',
  'http://example.com:8080..70000',
  'http://example.com:80:90',
  'http://*.',
  'http://*.*.example.com',
  'http://a.*.example.com',
  'http://*.127.0.0.1',
  'http://*.[::1]',
  'http://[::1',
  'http://[::1]junk',
  'http://exa[mple.com',
  'http://exa\\mple.com',
  'http://user@example.com',
  'ht*tp://example.com',
  'custom://example.com',
])('%j is refused as an entry', (entry) => {
  expect(() => parseAllowedHost(entry)).toThrow(expect.objectContaining({ code: 'bindings/allowed-host' }));
});

test('grants become entries: both schemes unless one is named, variables filled in', () => {
  const grants = ['api.example.com', 'https://b.example:8443', '{{ host }}:80', 'self'].map((host) => ({
    kind: 'http' as const,
    host,
  }));
  expect(allowedHttpHosts([...grants, { kind: 'redis', host: 'x' }], { host: 'c.example' })).toEqual([
    'http://api.example.com',
    'https://api.example.com',
    'https://b.example:8443',
    'http://c.example:80',
    'https://c.example:80',
    'http://self',
    'https://self',
  ]);
});
