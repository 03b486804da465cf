import { describe, expect, test } from 'vitest';
import { parseDuration, parseSize } from './quantities.ts';

describe('parseDuration', () => {
  test.each([
    ['5 s', 5000],
    ['200 ms', 200],
    ['30s', 30_000],
    ['1.5 min', 90_000],
    [' 2 h ', 7_200_000],
  ])('%j is %d ms', (text, expected) => expect(parseDuration(text)).toBe(expected));

  test.each(['', '5', '5 sec', 's', '-5 s', '0 s', '5 s 3', '1e3 s', '5 S', '0.1 ms', '5 constructor'])(
    '%j is none',
    (text) => expect(parseDuration(text)).toBeUndefined(),
  );
});

describe('parseSize', () => {
  test.each([
    ['128 MiB', 134_217_728],
    ['10MB', 10_000_000],
    ['512 KiB', 524_288],
    ['0.5 GiB', 536_870_912],
    ['100 B', 100],
  ])('%j is %d bytes', (text, expected) => expect(parseSize(text)).toBe(expected));

  test.each(['', '128', '128 mib', '1 TiB', '-1 B', '9999999999 GiB'])('%j is none', (text) =>
    expect(parseSize(text)).toBeUndefined(),
  );
});
