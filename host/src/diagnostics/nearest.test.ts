import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { editDistance, listWords, nearest } from './nearest.ts';

describe('nearest', () => {
  test.each([
    ['placment', 'placement'],
    ['nmae', 'name'],
    ['grant', 'grants'],
    ['NAME', 'name'],
  ])('%s is meant as %s', (word, expected) => {
    expect(nearest(word, ['placement', 'name', 'grants'])).toBe(expected);
  });

  test('nothing is suggested for a word that is like none', () => {
    expect(nearest('timeout', ['deadline', 'memory'])).toBeUndefined();
  });
});

describe('editDistance', () => {
  test.each([
    ['', 'abc', 3],
    ['abc', 'abc', 0],
    ['ab', 'ba', 1],
    ['kitten', 'sitting', 3],
    ['ca', 'abc', 3],
  ])('from %j to %j is %d', (a, b, distance) => expect(editDistance(a, b)).toBe(distance));

  test('is symmetric, zero only for equal words, and at most the longer length', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 });
    fc.assert(
      fc.property(word, word, (a, b) => {
        const distance = editDistance(a, b);
        expect(distance).toBe(editDistance(b, a));
        expect(distance === 0).toBe(a === b);
        expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
        expect(distance).toBeGreaterThanOrEqual(Math.abs(a.length - b.length));
      }),
    );
  });
});

test('listWords', () => {
  expect(listWords([])).toBe('none');
  expect(listWords(['a'])).toBe('`a`');
  expect(listWords(['a', 'b'])).toBe('`a` or `b`');
  expect(listWords(['a', 'b', 'c'], 'and')).toBe('`a`, `b` and `c`');
});
