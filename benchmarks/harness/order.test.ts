import { expect, test } from 'vitest';
import { orderOf } from './order.ts';

test('every other round runs from the last case to the first', () => {
  const rounds = [0, 1, 2].map((round) => orderOf(['a', 'b', 'c'], round).join(''));
  expect(rounds).toEqual(['abc', 'cba', 'abc']);
});
