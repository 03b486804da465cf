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

test('the name of the process is the same for every service', () => {
  const other = createVariablesBinding([], {}).imports[VARIABLES] as { get(name: string): string };
  expect(get('tenon_replica')).toBe(other.get('tenon_replica'));
  expect(get('tenon_replica')).toContain(String(process.pid));
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
