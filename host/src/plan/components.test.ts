import { describe, expect, test } from 'vitest';
import { EDGE_DEFAULTS } from '../manifest/place.ts';
import { allComponents, componentsOf } from './components.ts';
import type { Placement, PlannedEdge, PlannedUnit } from './types.ts';

function edge(importer: string, provider: string, placement: Placement): PlannedEdge {
  const contract = `app:${provider}/${provider}@1.0.0`;
  return { importer, provider, contract, provided: contract, placement, settings: EDGE_DEFAULTS };
}

function unit(services: readonly string[], edges: readonly PlannedEdge[]): PlannedUnit {
  const name = services.at(-1)!;
  return {
    name,
    root: name,
    services,
    edges,
    triggers: [],
    sends: [],
    grants: [],
    environment: {},
    instance: 'fresh',
  };
}

const shape = (units: readonly PlannedUnit[]): unknown =>
  allComponents(units).map(({ name, services, provides }) => [
    name,
    services,
    provides.map((one) => `${one.service} ${one.name}`),
  ]);

describe('components', () => {
  test('are the services themselves where all is linked', () => {
    expect(shape([unit(['b', 'a'], [edge('a', 'b', 'linked')])])).toEqual([
      ['a', ['a'], []],
      ['b', ['b'], ['b app:b/b@1.0.0']],
    ]);
  });

  test('join what fused edges join, and provide what is linked from beside them', () => {
    const edges = [
      edge('a', 'b', 'linked'),
      edge('b', 'c', 'fused'),
      edge('b', 'd', 'fused'),
      edge('c', 'e', 'linked'),
      edge('a', 'd', 'linked'),
    ];
    expect(shape([unit(['e', 'c', 'd', 'b', 'a'], edges)])).toEqual([
      ['a', ['a'], []],
      ['b--d--c', ['c', 'd', 'b'], ['b app:b/b@1.0.0', 'd app:d/d@1.0.0']],
      ['e', ['e'], ['e app:e/e@1.0.0']],
    ]);
  });

  test('have one order and name, whichever unit they are in', () => {
    const shared = [edge('m', 'p', 'fused'), edge('n', 'p', 'fused')];
    const first = unit(['p', 'm', 'n', 'x'], [...shared, edge('x', 'm', 'linked'), edge('x', 'n', 'linked')]);
    const second = unit(['p', 'n', 'm', 'y'], [...shared, edge('y', 'n', 'linked')]);
    expect(componentsOf(first)[0]?.name).toBe(componentsOf(second)[0]?.name);
    expect(shape([first, second])).toEqual([
      ['n--m--p', ['p', 'm', 'n'], ['m app:m/m@1.0.0', 'n app:n/n@1.0.0']],
      ['x', ['x'], []],
      ['y', ['y'], []],
    ]);
  });
});
