import { expect, test } from 'vitest';
import { makeBuiltins } from './builtins.ts';

const OWNERS = [Object, Array.prototype, String.prototype, Map.prototype, JSON, Math, Reflect];

const shape = (): unknown[] =>
  OWNERS.map((owner) =>
    Reflect.ownKeys(owner).map((key) => {
      const { value, get, set, ...flags } = Reflect.getOwnPropertyDescriptor(owner, key)!;
      return [key, typeof value, typeof get, typeof set, flags];
    }),
  );

test('nothing is other than before', () => {
  const before = shape();
  makeBuiltins();
  expect(shape()).toEqual(before);
});

test('its text stands for itself', () => {
  expect(() => new Function(`(${makeBuiltins.toString()})()`)()).not.toThrow();
});
