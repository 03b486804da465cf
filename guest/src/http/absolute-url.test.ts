import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { absoluteUrl } from './absolute-url.ts';

const host = fc.constantFrom(
  'h',
  'Example.COM',
  'a.b',
  '127.0.0.1',
  '1.2.3',
  '0x7f.1',
  '[::1]',
  '[0::1]',
  'localhost',
  '_x',
  'a..b',
  '1.',
  '08.x',
  'xn--mnchen-3ya.de',
  'é',
);
const rest = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '/',
        '\\',
        '.',
        '..',
        '%2e',
        '%2E',
        '?',
        '#',
        '%',
        '%41',
        ' ',
        '"',
        "'",
        '<',
        'ä',
        '💩',
        ':',
        '@',
        '\t',
        '|',
        '^',
        '`',
      ),
      fc.string({ unit: 'binary', maxLength: 2 }),
    ),
    { maxLength: 10 },
  )
  .map((parts) => parts.join(''));
const port = fc.constantFrom('', ':80', ':443', ':8080', ':65536', ':', ':0080', ':x');
const scheme = fc.constantFrom('http://', 'https://', 'HTTP://', 'http:/', 'ftp://', '//', ' http://');

test('is the same as the URL parser, or nothing', () => {
  fc.assert(
    fc.property(scheme, host, port, rest, (scheme, host, port, rest) => {
      const text = `${scheme}${host}${port}${rest}`;
      const ours = absoluteUrl(text);
      expect(ours).toBe(ours === undefined ? undefined : new URL(text).href);
    }),
    { numRuns: 20_000 },
  );
});

test('understands whatever a request for an ordinary host asks for', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('h', 'Example.COM:8080', '127.0.0.1:3000', '[::1]:3000', 'localhost'),
      rest,
      (host, rest) => {
        const text = `http://${host}/${rest}`;
        expect(absoluteUrl(text)).toBe(new URL(text).href);
      },
    ),
    { numRuns: 10_000 },
  );
});

test.each(['/path', 'h', 'mailto:x', 'http://', 'http://u:p@h', 'http://exa mple/', 'http://256.1.1.1/'])(
  'refuses %s',
  (text) => {
    expect(absoluteUrl(text)).toBeUndefined();
  },
);
