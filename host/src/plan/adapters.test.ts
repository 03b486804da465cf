import { describe, expect, test } from 'vitest';
import type { ComponentType } from '../component/types.ts';
import { adaptersOf, allAdapters, graphOf } from './adapters.ts';
import type { Plan, PlannedEdge, PlannedTrigger, Placement, PlannedUnit, Toolchain } from './types.ts';

function edge(importer: string, provider: string, placement: Placement, teed = false): PlannedEdge {
  const contract = `app:${provider}/${provider}@1.0.0`;
  const settings = (teed ? { tee: { mqtt: 'copies' } } : {}) as PlannedEdge['settings'];
  return { importer, provider, contract, provided: contract, placement, settings };
}

function trigger(service: string): PlannedTrigger {
  const contract = `app:${service}/${service}@1.0.0`;
  return {
    kind: 'mqtt',
    topic: service,
    qos: 1,
    service,
    retries: 5,
    deadLetter: `${service}/dead`,
    claim: '_tenon.id',
    carries: [{ importer: 'a', contract, function: 'f', reply: false }],
  };
}

/** Services by their toolchain; each exports its contract, `http` the handler too. */
function plan(
  services: Readonly<Record<string, Toolchain>>,
  edges: readonly PlannedEdge[],
  units: Readonly<Record<string, readonly string[]>>,
  http: readonly string[] = [],
): Plan {
  const triggers = edges
    .filter(({ placement }) => placement === 'mqtt')
    .map(({ provider }) => trigger(provider));
  const world = (name: string): ComponentType => ({
    kind: 'component',
    imports: new Map(),
    exports: new Map(
      [`app:${name}/${name}@1.0.0`, ...(http.includes(name) ? ['fermyon:spin/inbound-http'] : [])].map(
        (one) => [one, { kind: 'instance', type: { kind: 'instance', exports: new Map() } }],
      ),
    ),
  });
  const unit = ([root, inside]: [string, readonly string[]]): PlannedUnit => ({
    name: root,
    root,
    services: inside,
    edges: edges.filter(({ importer }) => inside.includes(importer)),
    triggers: triggers.filter(({ service }) => service === root),
    sends: [],
    grants: [],
    environment: {},
    instance: 'fresh',
  });
  return {
    name: 'app',
    version: '1.0.0',
    services: Object.entries(services).map(([name, toolchain]) => ({
      name,
      toolchain,
      world: world(name),
      grants: [],
      environment: {},
      instance: 'fresh',
    })),
    edges,
    units: Object.entries(units).map(unit),
    triggers,
    variables: {},
    stores: {},
  } as unknown as Plan;
}

const link = (importer: string, contract: string, provider: string): unknown => ({
  importer,
  import: `app:${contract}/${contract}@1.0.0`,
  provider,
  export: `app:${contract}/${contract}@1.0.0`,
});

describe('services with a bundle of their own', () => {
  test('need no adapter: a message leaves and arrives within them', () => {
    const given = plan({ a: 'quickjs', b: 'quickjs' }, [edge('a', 'b', 'mqtt')], { a: ['a'], b: ['b'] });
    expect(allAdapters(given)).toEqual([]);
    expect(graphOf(given, given.units[0]!)).toEqual({ instances: ['a'], edges: [], root: 'a' });
    expect(graphOf(given, given.units[1]!)).toEqual({
      instances: ['b'],
      edges: [],
      root: 'b',
      shown: new Set(['app:b/b@1.0.0', 'handle-message']),
    });
  });
});

describe('prebuilt services', () => {
  test('have one between them and the contracts that they import', () => {
    const given = plan(
      { a: 'prebuilt', b: 'quickjs', c: 'quickjs', d: 'quickjs' },
      [edge('a', 'b', 'mqtt'), edge('a', 'c', 'linked', true), edge('a', 'd', 'linked')],
      { a: ['c', 'd', 'a'], b: ['b'] },
    );
    const [unit] = given.units as [PlannedUnit];
    expect(adaptersOf(given, unit).map(({ name, kind }) => [name, kind])).toEqual([['a_calls', 'calls']]);
    const { instances, edges, root } = graphOf(given, unit);
    expect([instances, root]).toEqual([['c', 'd', 'a', 'a_calls'], 'a']);
    expect(edges).toEqual([
      link('a', 'b', 'a_calls'),
      link('a_calls', 'c', 'c'),
      link('a', 'c', 'a_calls'),
      link('a', 'd', 'd'),
    ]);
  });

  test('have one before them that handles their messages, and is the root', () => {
    const given = plan({ a: 'quickjs', b: 'prebuilt' }, [edge('a', 'b', 'mqtt')], { a: ['a'], b: ['b'] });
    expect(graphOf(given, given.units[1]!)).toEqual({
      instances: ['b', 'b_messages'],
      edges: [link('b_messages', 'b', 'b')],
      root: 'b_messages',
    });
  });

  test('show what else starts them beside it', () => {
    const given = plan({ a: 'quickjs', b: 'prebuilt' }, [edge('a', 'b', 'mqtt')], { a: ['a'], b: ['b'] }, [
      'b',
    ]);
    expect(graphOf(given, given.units[1]!).exports).toEqual([
      { instance: 'b', export: 'fermyon:spin/inbound-http' },
      { instance: 'b_messages', export: 'handle-message' },
    ]);
  });

  test('have another one for a second contract of the same name', () => {
    const other = { ...edge('a', 'c', 'mqtt'), contract: 'other:b/b@2.0.0', provided: 'other:b/b@2.0.0' };
    const given = plan({ a: 'starlingmonkey', b: 'quickjs', c: 'quickjs' }, [edge('a', 'b', 'mqtt'), other], {
      a: ['a'],
    });
    expect(adaptersOf(given, given.units[0]!).map(({ name }) => name)).toEqual(['a_calls', 'a_calls2']);
  });
});
