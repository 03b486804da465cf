import { expect, test } from 'vitest';
import type { ValueType } from '../component/types.ts';
import { exportsScope, moduleScope, type Origins } from './declared-names.ts';
import type { Contract } from './interface.ts';

const text: ValueType = { kind: 'primitive', name: 'string' };
const record = (): ValueType => ({ kind: 'record', fields: [{ name: 'x', type: text }] });

function contract(id: string, types: readonly (readonly [string, ValueType])[]): Contract {
  return { id, types: new Map(types), resources: [], functions: [] };
}

test('a module declares what it has first and imports the rest, under its own names', () => {
  const point = record();
  const origins: Origins = new Map();
  moduleScope(contract('a:b/types', [['point', point]]), origins);
  const scope = moduleScope(
    contract('a:b/values', [
      ['place', point],
      ['spot', point],
      ['line', record()],
    ]),
    origins,
  );
  expect(scope.names.map(({ name, as }) => [name, as])).toEqual([
    ['Place', { kind: 'import', module: 'a:b/types', name: 'Point' }],
    ['Spot', { kind: 'import', module: 'a:b/types', name: 'Point' }],
    ['Line', { kind: 'declared' }],
  ]);
  expect(scope.nameOf('a:b/values', point)).toBe('Place');
});

test('exports that share a file get different names, the same type keeps one', () => {
  const error = record();
  const other = record();
  const shared = record();
  const contracts = [
    contract('a:b/one', [
      ['error', error],
      ['shared', shared],
      ['promise', record()],
    ]),
    contract('a:b/two', [
      ['error', other],
      ['shared', shared],
      ['world', record()],
    ]),
  ];
  const scope = exportsScope(contracts, ['One', 'Two', 'World'], new Map());
  expect(scope.names.map(({ name, as }) => `${name} ${as.kind}`)).toEqual([
    'Error declared',
    'Shared declared',
    'Promise_ declared',
    'TwoError declared',
    'Shared alias',
    'TwoWorld declared',
  ]);
  expect(scope.nameOf('a:b/two', other)).toBe('TwoError');
  expect(scope.nameOf('a:b/one', error)).toBe('Error');
});

test('an alias of a primitive type has no identity', () => {
  const origins: Origins = new Map();
  moduleScope(contract('a:b/one', [['name', text]]), origins);
  const scope = moduleScope(contract('a:b/two', [['title', text]]), origins);
  expect(scope.names[0]?.as).toEqual({ kind: 'declared' });
  expect(scope.nameOf('a:b/two', text)).toBeUndefined();
});
