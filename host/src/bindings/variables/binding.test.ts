import { expect, test } from 'vitest';
import { createVariablesBinding, VARIABLES } from './binding.ts';

const binding = createVariablesBinding(
  [
    { kind: 'variables', name: 'granted' },
    { kind: 'variables', name: 'unset' },
  ],
  {
    granted: 'value',
    other: 'secret',
  },
);
const { get } = binding.imports[VARIABLES] as { get(name: string): string };

test('a granted variable is given', () => {
  expect(get('granted')).toBe('value');
});

test.each([
  ['other', 'undefined'],
  ['unset', 'undefined'],
  ['constructor', 'undefined'],
  ['GRANTED', 'invalid-name'],
  ['a__b', 'invalid-name'],
  ['', 'invalid-name'],
])('%j is refused as %s', (name, tag) => {
  expect(() => get(name)).toThrow(
    expect.objectContaining({
      payload: { tag, val: expect.stringContaining(JSON.stringify(name)) as string },
    }),
  );
});
