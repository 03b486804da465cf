import { describe, expect, test } from 'vitest';
import { isRedisAddress } from './address.ts';
import { wayOf } from './command.ts';
import { toBytes, toCount, toCountOrTypeError, toInteger, toStrings } from './convert.ts';
import { spinText } from './error.ts';
import type { RedisResult } from './message.ts';

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));
const int = (val: bigint): RedisResult => ({ tag: 'int64', val });
const status = (val: string): RedisResult => ({ tag: 'status', val });
const binary = (text: string): RedisResult => ({ tag: 'binary', val: bytes(text) });
const nil: RedisResult = { tag: 'nil' };

test.each([
  ['redis://localhost', true],
  ['rediss://user:secret@cache:6380/3', true],
  ['valkey://[::1]:6379/', true],
  ['redis://cache/-1', true],
  ['redis://cache/x', false],
  ['redis:///1', false],
  ['mqtt://cache', false],
  ['cache:6379', false],
  ['', false],
])('address %j: %s', (address, valid) => {
  expect(isRedisAddress(address)).toBe(valid);
});

test.each([
  ['GET', [], 'shared'],
  ['publish', [], 'shared'],
  ['BlPop', [], 'blocking'],
  ['BZMPOP', [], 'blocking'],
  ['XREAD', ['COUNT', '2', 'STREAMS', 's', '0'], 'shared'],
  ['XREAD', ['block', '0', 'STREAMS', 's', '0'], 'blocking'],
  ['xreadgroup', ['GROUP', 'g', 'c', bytes('BLOCK'), '0'], 'blocking'],
  ['multi', [], 'own'],
  ['SELECT', ['1'], 'own'],
  ['CLIENT', ['REPLY', 'OFF'], 'own'],
  ['subscribe', ['c'], 'refused'],
  ['MONITOR', [], 'refused'],
] as const)('%s %j goes the way %s', (command, args, way) => {
  expect(wayOf(command, args)).toBe(way);
});

test.each([
  ['WRONGTYPE Operation', 'WRONGTYPE: Operation'],
  ['ERR no such key', 'An error was signalled by the server - ResponseError: no such key'],
  ['NOSCRIPT No matching script', 'An error was signalled by the server - NoScriptError: No matching script'],
  ['EXECABORT', 'An error was signalled by the server- ExecAbortError'],
  ['CUSTOM', 'CUSTOM: Unknown extension error encountered'],
])('%j is told as %j', (message, text) => {
  expect(spinText(message)).toBe(text);
});

describe('answers become what the functions promise', () => {
  test.each<[name: string, convert: () => unknown, value: unknown]>([
    ['bytes', () => toBytes([binary('a')]), bytes('a')],
    ['no bytes', () => toBytes([nil]), undefined],
    ['a number', () => toInteger([int(-1n)]), -1n],
    ['a number as text', () => toInteger([binary('+12')]), 12n],
    ['a count', () => toCount([int(4_294_967_295n)]), 4_294_967_295],
    ['texts', () => toStrings([binary('\u00c3\u00bc'), status('ok'), int(1n)]), ['ü', 'ok', '1']],
    ['no texts', () => toStrings([]), []],
  ])('%s', (_, convert, value) => {
    expect(convert()).toEqual(value);
  });

  test.each<[name: string, convert: () => unknown, payload: unknown]>([
    [
      'bytes',
      () => toBytes([status('QUEUED')]),
      { tag: 'other', val: `the server's answer is no bytes, but "QUEUED"` },
    ],
    [
      'a number',
      () => toInteger([binary('x')]),
      { tag: 'other', val: `the server's answer is no number, but 1 bytes` },
    ],
    ['a number', () => toInteger([]), { tag: 'other', val: `the server's answer is no number, but nothing` }],
    ['a count', () => toCount([int(-1n)]), { tag: 'other', val: `the server's answer -1 is no count` }],
    ['a count of members', () => toCountOrTypeError([status('QUEUED')]), { tag: 'type-error' }],
    ['texts', () => toStrings([nil]), { tag: 'other', val: `the server's answer is no text, but nil` }],
    [
      'texts',
      () => toStrings([binary('\u00ff')]),
      { tag: 'other', val: `the server's answer is no text, but 1 bytes` },
    ],
  ])('or an error: no %s', (_, convert, payload) => {
    expect(convert).toThrow(expect.objectContaining({ payload }));
  });
});
