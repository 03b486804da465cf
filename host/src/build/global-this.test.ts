import { expect, test } from 'vitest';
import { plainGlobalThis } from './global-this.ts';

test.each<[what: string, code: string, plain: string]>([
  ['a computed member', "globalThis['URL'](1);", 'globalThis.URL(1);'],
  ['an optional member', 'globalThis?.URL?.parse;', 'globalThis.URL?.parse;'],
  ['both', "globalThis?.['URL'];", 'globalThis.URL;'],
  [
    'types around it',
    "const a: X = (globalThis as Any)['a'] ?? globalThis['b']!;",
    "const a: X = (globalThis as Any)['a'] ?? globalThis.b!;",
  ],
  [
    'a pattern',
    'const { URL, fetch: get = no } = globalThis;',
    'const { URL, fetch: get = no } = ({ URL: globalThis.URL, fetch: globalThis.fetch });',
  ],
  ['an assignment', '({ URL } = globalThis);', '({ URL } = ({ URL: globalThis.URL }));'],
  ['behind other characters', "'🦀é'; globalThis['URL'];", "'🦀é'; globalThis.URL;"],
  ['a plain member', 'globalThis.URL;', 'globalThis.URL;'],
  ['a computed name', 'globalThis[name];', 'globalThis[name];'],
  ['the rest too', 'const { URL, ...rest } = globalThis;', 'const { URL, ...rest } = globalThis;'],
  [
    'another globalThis',
    "const f = (globalThis: X) => globalThis['URL'];",
    "const f = (globalThis: X) => globalThis['URL'];",
  ],
  ['no member name', "globalThis['a b'];", "globalThis['a b'];"],
  ['broken text', "globalThis['a'", "globalThis['a'"],
  ['line breaks', "globalThis\n  [\n'URL'];", 'globalThis.URL;'],
])('rewrites %s', (_what, code, plain) => {
  expect(plainGlobalThis(code, 'ts')?.toString() ?? code).toBe(plain);
});
