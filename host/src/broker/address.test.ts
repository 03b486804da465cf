import { expect, test } from 'vitest';
import { parseBrokerAddress } from './address.ts';

test.each([
  ['mqtt', 'mqtt://127.0.0.1:1883', 'mqtt://127.0.0.1:1883'],
  ['mqtt', 'broker:1884', 'mqtt://broker:1884'],
  ['mqtt', 'broker', 'mqtt://broker'],
  ['mqtt', 'mqtts://user:s%40cret@broker', 'mqtts://user:s%40cret@broker'],
  ['redis', 'redis://:secret@cache:6379/1', 'redis://:secret@cache:6379/1'],
] as const)('%s: %s is taken as %s', (kind, text, address) => {
  expect(parseBrokerAddress(kind, text, '--x')).toBe(address);
});

test.each([
  ['mqtt', 'http://broker', 'the scheme http'],
  ['mqtt', 'redis://broker', 'the scheme redis'],
  ['mqtt', 'mqtt://broker/path', 'the path /path'],
  ['redis', 'redis://cache/x', 'the path /x'],
  ['redis', 'redis://cache#a', 'the fragment #a'],
  ['redis', 'redis://', 'no host'],
  ['mqtt', '', 'no host'],
] as const)('%s: %s is refused for %s', (kind, text, found) => {
  expect(() => parseBrokerAddress(kind, text, '--x')).toThrow(
    expect.objectContaining({
      code: 'broker/address',
      diagnostics: [expect.objectContaining({ found, where: '--x' })],
    }),
  );
});

test('a password is not shown', () => {
  expect(() => parseBrokerAddress('mqtt', 'http://user:secret@broker', '--mqtt')).toThrow(
    '`http://user:***@broker`',
  );
});
