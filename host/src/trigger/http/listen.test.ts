import { expect, test } from 'vitest';
import { parseListenAddress } from './listen.ts';

test.each([
  ['127.0.0.1:3000', '127.0.0.1', 3000],
  ['localhost:0', '127.0.0.1', 0],
  ['0.0.0.0:65535', '0.0.0.0', 65_535],
  ['[::1]:80', '::1', 80],
])('%s', (text, host, port) => {
  expect(parseListenAddress(text)).toEqual({ host, port });
});

test.each(['', '3000', ':3000', '127.0.0.1', '127.0.0.1:', '127.0.0.1:65536', '::1:80', 'a b:1', 'a:-1'])(
  '%j is refused',
  (text) => {
    expect(() => parseListenAddress(text)).toThrow(
      expect.objectContaining({ code: 'trigger/invalid-address', exitCode: 2 }),
    );
  },
);
