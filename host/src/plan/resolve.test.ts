import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ComponentType, ExternType, ResourceType } from '../component/types.ts';
import { unwrap } from '../diagnostics/error.ts';
import type { Result } from '../diagnostics/result.ts';
import { parseManifest } from '../manifest/parse.ts';
import { planToJson } from './json.ts';
import { resolvePlan } from './resolve.ts';
import type { Plan } from './types.ts';
import {
  edgesOf,
  externs,
  func,
  HTTP,
  iface,
  NUMBER,
  plan,
  problemsOf,
  TEXT,
  type Service,
} from '../../test/doubles/app-plan.ts';

describe('binding', () => {
  test('by exact name, though another is on the same track', () => {
    const result = plan({
      a: { imports: ['x:y/z@0.2.1'], exports: [HTTP] },
      b: { exports: ['x:y/z@0.2.1'] },
      c: { exports: ['x:y/z@0.2.3', HTTP] },
    });
    expect(edgesOf(unwrap(result))).toEqual(['a -> b: x:y/z@0.2.1']);
  });

  test.each([
    ['0.2.1', '0.2.7', true],
    ['0.2.7', '0.2.1', true],
    ['1.0.0', '1.9.2', true],
    ['1.0.0', '2.0.0', false],
    ['0.1.0', '0.2.0', false],
    ['0.0.1', '0.0.2', false],
    ['1.0.0-rc.1', '1.0.0', false],
  ])('an import of %s and an export of %s: %s', (wanted, given, binds) => {
    const result = plan({
      a: { imports: [`x:y/z@${wanted}`], exports: [HTTP] },
      b: { exports: [`x:y/z@${given}`] },
    });
    const outcome = result.ok ? edgesOf(result.value) : problemsOf(result);
    const bound = `a -> b: x:y/z@${wanted} as x:y/z@${given}`;
    expect(outcome).toEqual([binds ? bound : 'plan/missing-provider 2']);
  });

  test('of one service that exports several versions, the highest of the track', () => {
    const result = plan({
      a: { imports: ['x:y/z@0.2.0'], exports: [HTTP] },
      b: { exports: ['x:y/z@0.2.10', 'x:y/z@0.2.9', 'x:y/z@0.3.0'] },
    });
    expect(edgesOf(unwrap(result))).toEqual(['a -> b: x:y/z@0.2.0 as x:y/z@0.2.10']);
  });

  test('`contract` of an edge decides between two providers', () => {
    const services = {
      a: { imports: ['x:y/z@1.0.0'], exports: [HTTP] },
      b: { exports: ['x:y/z@1.0.0'] },
      c: { exports: ['x:y/z@1.0.0', HTTP] },
    };
    expect(problemsOf(plan(services))).toEqual(['plan/ambiguous-provider 2']);
    for (const contract of ['x:y/z@1.0.0', 'x:y/z']) {
      const chosen = plan(
        { ...services, b: { exports: ['x:y/z@1.0.0', HTTP] } },
        `[edge.a.b]\ncontract = "${contract}"\n`,
      );
      expect(edgesOf(unwrap(chosen))).toEqual(['a -> b: x:y/z@1.0.0']);
    }
  });

  test('a service that imports what it exports is given the other one', () => {
    const result = plan({
      a: { imports: ['x:y/z@1.0.0'], exports: ['x:y/z@1.0.0', HTTP] },
      b: { exports: ['x:y/z@1.0.0'] },
    });
    expect(edgesOf(unwrap(result))).toEqual(['a -> b: x:y/z@1.0.0']);
  });

  test('types alone need no provider, but take one that is there', () => {
    const types = iface({ label: { kind: 'type', type: TEXT } });
    expect(edgesOf(unwrap(plan({ a: { imports: { 'x:y/types@1.0.0': types }, exports: [HTTP] } })))).toEqual(
      [],
    );
    const result = plan({
      a: { imports: { 'x:y/types@1.0.0': types }, exports: [HTTP] },
      b: { exports: { 'x:y/types@1.0.0': types } },
    });
    expect(edgesOf(unwrap(result))).toEqual(['a -> b: x:y/types@1.0.0']);
  });

  test('an interface with a resource needs one, and resources pair up by name', () => {
    const withResource = (label: string): ExternType => {
      const cursor: ResourceType = { kind: 'resource', label };
      return iface({
        cursor: { kind: 'type', type: cursor },
        next: func({ kind: 'borrow', resource: cursor }),
      });
    };
    const a = { imports: { 'x:y/z@1.0.0': withResource('import') }, exports: [HTTP] };
    expect(problemsOf(plan({ a }))).toEqual(['plan/missing-provider 2']);
    const result = plan({ a, b: { exports: { 'x:y/z@1.0.0': withResource('export') } } });
    expect(edgesOf(unwrap(result))).toEqual(['a -> b: x:y/z@1.0.0']);
  });

  test('a mismatch says where in the types it is', () => {
    const wanted = iface({ submit: func({ kind: 'record', fields: [{ name: 'id', type: NUMBER }] }) });
    const given = iface({ submit: func({ kind: 'record', fields: [{ name: 'id', type: TEXT }] }) });
    const result = plan({
      a: { imports: { 'x:y/z': wanted }, exports: [HTTP] },
      b: { exports: { 'x:y/z': given } },
    });
    expect(result.diagnostics).toMatchObject([
      {
        code: 'plan/contract-mismatch',
        where: 'a -> b, submit(it).id',
        expected: '`u32`, as `a` imports it',
        found: '`string`, as `b` exports it',
      },
    ]);
  });

  test('a provider may export more than is imported', () => {
    const result = plan({
      a: { imports: { 'x:y/z': iface({ one: func() }) }, exports: [HTTP] },
      b: { exports: { 'x:y/z': iface({ one: func(), two: func() }) } },
    });
    expect(edgesOf(unwrap(result))).toEqual(['a -> b: x:y/z']);
  });
});

describe('units', () => {
  const diamond: Readonly<Record<string, Service>> = {
    top: { imports: ['x:l/l', 'x:r/r'], exports: [HTTP] },
    left: { imports: ['x:b/b'], exports: ['x:l/l'] },
    right: { imports: ['x:b/b'], exports: ['x:r/r', HTTP] },
    base: { exports: ['x:b/b'] },
  };

  test('hold all that the root reaches, providers first; shared services are in each', () => {
    const { units } = unwrap(plan(diamond));
    expect(
      units.map(({ name, services, triggers }) => ({
        name,
        services,
        routes: triggers.map((t) => t.kind === 'http' && t.route),
      })),
    ).toEqual([
      { name: 'right', services: ['base', 'right'], routes: ['/right'] },
      { name: 'top', services: ['base', 'left', 'right', 'top'], routes: ['/top'] },
    ]);
    expect(units.map(edgesOf)).toEqual([
      ['right -> base: x:b/b'],
      ['left -> base: x:b/b', 'right -> base: x:b/b', 'top -> left: x:l/l', 'top -> right: x:r/r'],
    ]);
  });

  test('have the union of grants and environments of their services', () => {
    const result = plan(
      {
        a: {
          imports: ['x:b/b'],
          exports: [HTTP],
          toml: 'grants = ["key-value"]\nenvironment = { A = "1", C = "3" }',
        },
        b: {
          exports: ['x:b/b'],
          toml: 'grants = ["key-value", "variables:v"]\nenvironment = { B = "2", C = "3" }',
        },
      },
      '[variables.v]\nrequired = true\n',
    );
    const [unit] = planToJson(unwrap(result)).units;
    expect(unit?.grants).toEqual(['clocks', 'key-value', 'random', 'stdio', 'variables:v']);
    expect(unit?.environment).toEqual({ A: '1', B: '2', C: '3' });
  });

  test('are shared where the root says so; a service that says nothing follows', () => {
    const b = { exports: ['x:b/b'] };
    const shared = plan({ a: { imports: ['x:b/b'], exports: [HTTP], toml: 'instance = "shared"' }, b });
    expect(unwrap(shared).units[0]?.instance).toBe('shared');
    const conflict = plan({
      a: { imports: ['x:b/b'], exports: [HTTP], toml: 'instance = "shared"' },
      b: { ...b, toml: 'instance = "fresh"' },
    });
    expect(problemsOf(conflict)).toEqual(['plan/instance-conflict 7']);
  });

  test('do not depend on the order of the manifest', () => {
    const expected = JSON.stringify(
      planToJson(unwrap(plan(diamond, '[variables]\na.default = "1"\nb.default = "2"\n'))),
    );
    const names = Object.keys(diamond);
    fc.assert(
      fc.property(fc.shuffledSubarray(names, { minLength: names.length }), fc.boolean(), (order, swap) => {
        const shuffled = Object.fromEntries(order.map((name) => [name, diamond[name] ?? {}]));
        const variables = swap ? 'b.default = "2"\na.default = "1"\n' : 'a.default = "1"\nb.default = "2"\n';
        expect(JSON.stringify(planToJson(unwrap(plan(shuffled, `[variables]\n${variables}`))))).toBe(
          expected,
        );
      }),
    );
  });
});

describe('cycles', () => {
  test('each is shown once, whatever leads into it', () => {
    const result = plan({
      a: { imports: ['x:b/b'], exports: [HTTP] },
      b: { imports: ['x:c/c'], exports: ['x:b/b'] },
      c: { imports: ['x:b/b'], exports: ['x:c/c'] },
      d: { imports: ['x:c/c'], exports: [HTTP] },
    });
    expect(result.diagnostics.map(({ found }) => found)).toEqual(['b -> c -> b']);
  });

  test('a diamond is none', () => {
    expect(
      plan({
        a: { imports: ['x:b/b', 'x:c/c'], exports: [HTTP] },
        b: { imports: ['x:c/c'], exports: ['x:b/b'] },
        c: { exports: ['x:c/c'] },
      }).ok,
    ).toBe(true);
  });
});

describe('imports from the host', () => {
  test.each([
    ['fermyon:spin/key-value@2.0.0', 'key-value'],
    ['fermyon:spin/variables@2.0.0', 'variables:v'],
    ['fermyon:spin/http', 'http:api.example.com'],
    ['wasi:clocks/monotonic-clock@0.2.12', 'clocks'],
    ['wasi:random/random@0.2.0', 'random'],
    ['wasi:cli/stdout@0.2.3', 'stdio'],
    ['wasi:cli/environment@0.2.3', 'environment'],
  ])('%s needs the grant %s', (name, grant) => {
    const app = (toml: string): Result<Plan> => {
      const service = { a: { imports: [name], exports: [HTTP], toml } };
      return plan(service, '[variables.v]\nrequired = true\n[profile.x]\ngrants_default = false\n', {
        profile: 'x',
      });
    };
    expect(problemsOf(app(''))).toEqual(['plan/missing-grant 2']);
    expect(problemsOf(app(`grants = ["${grant}"]`))).toEqual([]);
  });

  test('clocks, random and stdio are granted unless the manifest says otherwise', () => {
    const result = plan({
      a: {
        imports: [
          'wasi:clocks/wall-clock@0.2.0',
          'wasi:random/random@0.2.0',
          'wasi:cli/stderr@0.2.0',
          'wasi:io/streams@0.2.0',
        ],
        exports: [HTTP],
      },
    });
    expect(problemsOf(result)).toEqual([]);
  });

  test.each([
    ['wasi:random/random@0.3.0', 'wasi:random/random@0.2.0'],
    ['fermyon:spin/key-value', 'fermyon:spin/key-value@2.0.0'],
    ['fermyon:spin/http@2.0.0', 'fermyon:spin/http'],
    ['spin:variables/variables@3.0.0', 'fermyon:spin/variables@2.0.0'],
    ['fermyon:spin/key-valu@2.0.0', 'fermyon:spin/key-value@2.0.0'],
  ])('%s is not given, %s is', (name, instead) => {
    const result = plan({ a: { imports: [name], exports: [HTTP] } });
    expect(result.diagnostics).toMatchObject([
      { code: 'plan/no-host-interface', next: `Import \`${instead}\` instead.` },
    ]);
  });

  test.each(['wasi:http/outgoing-handler@0.2.10', 'wasi:keyvalue/store@0.2.0-draft2'])(
    '%s is not carried out yet',
    (name) => {
      const result = plan({
        a: { imports: [name], exports: [HTTP], toml: 'grants = ["http:*", "key-value"]' },
      });
      expect(problemsOf(result)).toEqual(['plan/not-yet 2']);
    },
  );

  test('WASI that a toolchain put into a prebuilt component is no error, Spin without a grant is', () => {
    const imports = [
      'wasi:filesystem/types@0.2.12',
      'wasi:sockets/tcp@0.2.12',
      'fermyon:spin/key-value@2.0.0',
    ];
    const result = plan({ a: { imports, exports: [HTTP], prebuilt: true } });
    expect(result.diagnostics.map(({ message }) => message)).toEqual([
      '`a` imports `fermyon:spin/key-value@2.0.0` without the grant for it',
    ]);
    expect(plan({ a: { imports, exports: [HTTP] } }).diagnostics.map(({ code }) => code)).toContain(
      'plan/no-host-interface',
    );
  });

  test('async functions are refused, in interfaces and beside them, contracts and host alike', () => {
    const asynchronous = iface({ take: func(TEXT, true) });
    const result = plan({
      a: {
        imports: {
          'x:y/z@1.0.0': asynchronous,
          'wasi:cli/stdout@0.3.0': asynchronous,
          log: func(TEXT, true),
        },
        exports: [HTTP],
        prebuilt: true,
      },
      b: { exports: { 'x:y/z@1.0.0': asynchronous, log: func(TEXT, true) } },
    });
    expect(result.diagnostics.map(({ code }) => code)).toEqual(
      Array.from({ length: 3 }, () => 'plan/async-import'),
    );
  });
});

describe('what follows from another problem is not reported', () => {
  test('a service is not unreached because its importer found no provider', () => {
    const result = plan({
      a: { imports: ['x:y/z@1.0.0'], exports: [HTTP] },
      b: { exports: ['x:y/z@2.0.0'] },
    });
    expect(problemsOf(result)).toEqual(['plan/missing-provider 2']);
  });

  test('a grant is not missing beside one that could not be read', () => {
    const result = plan({
      a: { imports: ['fermyon:spin/key-value@2.0.0'], exports: [HTTP], toml: 'grants = ["keyvalue"]' },
    });
    expect(problemsOf(result)).toEqual(['plan/unknown-grant 4']);
  });
});

test('planToJson names no paths', () => {
  const text =
    'name = "app"\n[service.a]\npath = "/somewhere/a"\n[[trigger.http]]\nroute = "/"\nservice = "a"\n';
  const world: ComponentType = { kind: 'component', imports: new Map(), exports: externs([HTTP]) };
  const worlds = new Map([['a', { service: 'a', world, file: '/somewhere/a/world.wit' }]]);
  const file = '/somewhere/app.toml';
  const resolved = unwrap(resolvePlan(unwrap(parseManifest(text, file)), worlds, { file, text }));
  expect(resolved.services[0]?.path).toBe('/somewhere/a');
  expect(JSON.stringify(planToJson(resolved))).not.toContain('somewhere');
});
