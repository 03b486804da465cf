import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unwrap } from '../../src/diagnostics/error.ts';
import { renderDiagnostics } from '../../src/diagnostics/render.ts';
import { compose, type ComposeInput, type ComposeOptions } from '../../src/link/compose.ts';
import { inspect } from '../../src/link/inspect/inspect.ts';
import { expectGolden } from '../golden.ts';
import { componentOf } from '../link/case.ts';
import { tool } from '../tools.ts';
import { shop } from './shop.ts';

const [receiver, fulfilment, log, door] = await Promise.all([
  shop('receiver'),
  shop('fulfilment'),
  shop('log'),
  shop('door'),
]);
const named = (name: string, bytes: Uint8Array): ComposeInput => ({ name, bytes });
const RECEIVER = named('receiver', receiver);
const FULFILMENT = named('fulfilment', fulfilment);
const LOG = named('log', log);
const DOOR = named('door', door);

describe('composing by name', () => {
  test('finds providers at any depth and shares one that two import', () => {
    const result = compose([DOOR, RECEIVER, FULFILMENT, LOG]);
    expect(result.diagnostics).toEqual([]);
    const { graph } = unwrap(result);
    expect(graph.edges.map(({ importer, provider }) => `${importer} ${provider}`)).toEqual([
      'door receiver',
      'receiver fulfilment',
      'receiver log',
      'fulfilment log',
    ]);
    expect(graph).toMatchObject({ root: 'door', imports: [], exports: ['open'] });
    expect(graph.instances.map(({ name }) => name)).toEqual(['door', 'receiver', 'fulfilment', 'log']);
  });

  test('gives the same bytes whatever the order behind the root', () => {
    const bytes = [
      [RECEIVER, FULFILMENT, LOG],
      [RECEIVER, LOG, FULFILMENT],
    ].map((inputs) => {
      return Buffer.from(unwrap(compose(inputs)).bytes).toString('hex');
    });
    expect(bytes[1]).toBe(bytes[0]);
  });

  test('leaves imported what nobody provides, once for all who import it', () => {
    const result = compose([RECEIVER, FULFILMENT]);
    expect(result.diagnostics).toEqual([]);
    expect(result.ok && result.value.graph.imports).toEqual([
      { name: 'shop:log/log@1.0.0', importers: ['receiver', 'fulfilment'] },
    ]);
  });

  test('takes another version on the same track, and the exact one before it', async () => {
    const newer = named('newer', await shop('fulfilment', { version: '0.1.2' }));
    const alone = compose([RECEIVER, newer]);
    expect(alone.ok && alone.value.graph.edges).toContainEqual({
      importer: 'receiver',
      import: 'orders:fulfilment/fulfilment@0.1.0',
      provider: 'newer',
      export: 'orders:fulfilment/fulfilment@0.1.2',
    });
    const both = compose([RECEIVER, FULFILMENT, newer]);
    expect(both.diagnostics.map(({ code, where }) => [code, where])).toEqual([['link/unreached', 'newer']]);
  });

  test('binds a component that imports what it exports to another, not to itself', async () => {
    const wit = `package t:t; package x:y@1.0.0 { interface i { f: func(); } }
      package s:s { world tee { import x:y/i@1.0.0; export x:y/i@1.0.0; } world leaf { export x:y/i@1.0.0; } }`;
    const tee = named('tee', await componentOf(wit, 's:s/tee'));
    const leaf = named('leaf', await componentOf(wit, 's:s/leaf'));
    const result = compose([tee, leaf]);
    expect(result.ok && result.value.graph.edges.map(({ provider }) => provider)).toEqual(['leaf']);
    const alone = compose([tee]);
    expect(alone.ok && alone.value.graph.imports.map(({ name }) => name)).toEqual(['x:y/i@1.0.0']);
  });

  test('types alone ask for no provider and lead to no circle', async () => {
    const wit = `package t:t;
      package x:y@1.0.0 {
        interface types { record r { a: u32 } }
        interface left { use types.{r}; f: func(r: r); }
        interface right { use types.{r}; g: func(r: r); }
      }
      package s:s {
        world root { import x:y/left@1.0.0; import x:y/right@1.0.0; export run: func(); }
        world left { import x:y/right@1.0.0; export x:y/types@1.0.0; export x:y/left@1.0.0; }
        world right { export x:y/types@1.0.0; export x:y/right@1.0.0; }
        world types { export x:y/types@1.0.0; }
      }`;
    const worlds = ['root', 'left', 'right', 'types'];
    const inputs = await Promise.all(
      worlds.map(async (world) => named(world, await componentOf(wit, `s:s/${world}`))),
    );
    const result = compose(inputs.slice(0, 3));
    expect(result.diagnostics).toEqual([]);
    const unneeded = compose(inputs);
    expect(unneeded.diagnostics.map(({ code, where }) => [code, where])).toEqual([
      ['link/unreached', 'types'],
    ]);
  });

  test('one component alone is composed too', () => {
    const result = compose([LOG]);
    expect(result.ok && result.value.graph).toMatchObject({ edges: [], exports: ['shop:log/log@1.0.0'] });
  });

  test('warns of an import that stays open beside an export that comes near', async () => {
    const wit = `package t:t; package a:b@1.0.0 { interface i { f: func(); } interface j { g: func(); } }
      package a:b@2.0.0 { interface i { f: func(); } }
      package s:s {
        world root { import a:b/i@1.0.0; import a:b/j@1.0.0; export run: func(); }
        world other { export a:b/i@2.0.0; export a:b/j@1.0.0; }
      }`;
    const result = compose([
      named('root', await componentOf(wit, 's:s/root')),
      named('other', await componentOf(wit, 's:s/other')),
    ]);
    expect(result.ok).toBe(true);
    expect(result.diagnostics).toMatchObject([
      { code: 'link/near-miss', severity: 'warning', found: 'a:b/i@2.0.0 of other' },
    ]);
    expect(result.diagnostics[0]?.next).toContain('Did you mean a:b/i@2.0.0?');
  });
});

const CORE = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);

const WRONG: Readonly<Record<string, () => Promise<readonly ComposeInput[]>>> = {
  'a field of another type': async () => [
    RECEIVER,
    named('fulfilment', await shop('fulfilment', { count: 'u64' })),
    LOG,
  ],
  'another version track': async () => [
    RECEIVER,
    named('fulfilment', await shop('fulfilment', { version: '0.2.0' })),
    LOG,
  ],
  'a slip in a name': async () => [
    RECEIVER,
    named('fulfilment', await shop('fulfilment', { name: 'fulfillment' })),
  ],
  'the same functions under another name': async () => [
    RECEIVER,
    named('shipping', await shop('fulfilment', { name: 'shipping' })),
  ],
  'the root not first': async () => [FULFILMENT, RECEIVER],
  'an input that only an unreached one imports': async () => [LOG, FULFILMENT, RECEIVER, DOOR],
  'nothing in common': async () => [LOG, named('wall', await componentOf(WALL, 's:s/wall'))],
  'two providers': async () => [RECEIVER, FULFILMENT, named('fulfilment-2', fulfilment), LOG],
  'two providers on the track': async () => [
    RECEIVER,
    named('one', await shop('fulfilment', { version: '0.1.1' })),
    named('two', await shop('fulfilment', { version: '0.1.2' })),
    LOG,
  ],
  'a circle': async () =>
    Promise.all(['a', 'b', 'c'].map(async (name) => named(name, await componentOf(CIRCLE, `s:s/${name}`)))),
  'a core module': async () => [RECEIVER, named('module', CORE)],
  'no WebAssembly': async () => [named('text', new TextEncoder().encode('(component)')), LOG],
  'one name twice': async () => [RECEIVER, LOG, named('log', fulfilment)],
  nothing: async () => [],
};

const WALL = `package t:t; package s:s { world wall { export stand: func(); } }`;
const CIRCLE = `package t:t; package x:y@1.0.0 { interface a { f: func(); } interface b { f: func(); } interface c { f: func(); } }
  package s:s {
    world a { import x:y/b@1.0.0; export x:y/a@1.0.0; }
    world b { import x:y/c@1.0.0; export x:y/b@1.0.0; }
    world c { import x:y/a@1.0.0; export x:y/c@1.0.0; }
  }`;

test('what cannot be composed is told by what is wrong, all at once', async () => {
  const texts: string[] = [];
  for (const [title, inputs] of Object.entries(WRONG)) {
    const result = compose(await inputs());
    expect([title, result.ok]).toEqual([title, false]);
    const text = renderDiagnostics(result.diagnostics, { color: false, source: () => undefined });
    texts.push(`# ${title}\n\n${text}`);
  }
  expectGolden(join(import.meta.dirname, 'wrong.txt'), texts.join('\n'));
});

test('changed or cut bytes end in a result, never in an exception', () => {
  const change = fc.tuple(fc.nat({ max: 1 }), fc.nat({ max: 4000 }), fc.nat({ max: 255 }));
  let composed = 0;
  fc.assert(
    fc.property(
      fc.array(change, { minLength: 1, maxLength: 3 }),
      fc.nat({ max: 4000 }),
      (changes, length) => {
        const bytes = [receiver.slice(), fulfilment.slice()];
        for (const [which, at, value] of changes) bytes[which]![at % bytes[which]!.length] = value;
        const inputs = bytes.map((one, at) => ({
          name: `c${at}`,
          bytes: length % 5 === 0 ? one.subarray(0, length) : one,
        }));
        const result = compose(inputs);
        if (result.ok) composed++;
        expect(result.ok || result.diagnostics.length > 0).toBe(true);
      },
    ),
    { numRuns: 2000 },
  );
  // Where only code or names changed, it is composed all the same.
  expect(composed).toBeGreaterThan(50);
});

const wasmTools = tool('wasm-tools');

test.skipIf(wasmTools.missing)(`what is composed is valid to wasm-tools${wasmTools.reason}`, () => {
  for (const inputs of [[LOG], [RECEIVER, FULFILMENT], [DOOR, RECEIVER, FULFILMENT, LOG]]) {
    for (const hoist of [true, false]) {
      const { bytes } = unwrap(compose(inputs, { hoist }));
      const run = spawnSync('wasm-tools', ['validate', '--features', 'all', '-'], { input: bytes });
      expect([run.status, run.stderr.toString()]).toEqual([0, '']);
    }
  }
});

describe('composing by hand', () => {
  const WIT = `package t:t;
    package a:log@1.0.0 { interface log { note: func(text: string); } }
    package a:api@1.0.0 { interface api { resource cart; open: func() -> cart; } interface admin { close: func(); } }
    package s:s {
      world front { import a:log/log@1.0.0; export a:api/api@1.0.0; }
      world admin { import a:log/log@1.0.0; export a:api/admin@1.0.0; }
      world log { export a:log/log@1.0.0; }
    }`;
  const [front, admin, log] = ['front', 'admin', 'log'] as const;
  const input = async (world: string, name = world): Promise<ComposeInput> =>
    named(name, await componentOf(WIT, `s:s/${world}`));

  test('several roots share a provider and show the exports of all', async () => {
    const inputs = [await input(front), await input(log), await input(admin)];
    const result = compose(inputs, { roots: ['admin'] });
    expect(result.diagnostics).toEqual([]);
    expect(unwrap(result).graph).toMatchObject({
      exports: ['a:api/api@1.0.0', 'a:api/admin@1.0.0'].toSorted(),
      imports: [],
    });
    const shuffled = compose([inputs[0]!, inputs[2]!, inputs[1]!], { roots: ['admin'] });
    expect(unwrap(shuffled).bytes).toEqual(unwrap(result).bytes);
  });

  test('one component as two instances, each where an edge says', async () => {
    const inputs = [
      await input(front),
      await input(admin),
      await input(log, 'log-a'),
      await input(log, 'log-b'),
    ];
    const edge = (importer: string, provider: string) => ({ importer, import: 'a:log/log@1.0.0', provider });
    const edges = [edge(front, 'log-a'), edge(admin, 'log-b')];
    const composed = unwrap(compose(inputs, { roots: ['admin'], edges }));
    const { wires, instances, plan } = unwrap(inspect(composed.bytes));
    expect(instances).toHaveLength(4);
    expect(wires).toEqual([
      { importer: 'admin', import: 'a:log/log@1.0.0', provider: 'log-b' },
      { importer: 'front', import: 'a:log/log@1.0.0', provider: 'log-a' },
    ]);
    expect(plan).toMatchObject({ format: 1, root: 'front', imports: [] });
    expect(plan?.edges.map(({ importer, provider }) => `${importer} ${provider}`).toSorted()).toEqual([
      'admin log-b',
      'front log-a',
    ]);
    const undecided = compose(inputs, { roots: ['admin'], edges: edges.slice(0, 1) });
    expect(undecided.diagnostics.map(({ code, found }) => [code, found])).toEqual([
      ['link/ambiguous-provider', 'log-a, log-b'],
    ]);
  });

  test('exports are those that are named, under the names that they are given', async () => {
    const inputs = [await input(front), await input(log, 'log-a'), await input(log, 'log-b')];
    const composed = unwrap(
      compose(inputs, {
        edges: [{ importer: front, import: 'a:log/log@1.0.0', provider: 'log-a' }],
        exports: [
          { instance: 'log-b', export: 'a:log/log@1.0.0', as: 'second-log' },
          { instance: 'log-a', export: 'a:log/log@1.0.0' },
        ],
      }),
    );
    expect(composed.graph.exports).toEqual(['a:log/log@1.0.0', 'second-log']);
  });

  test('an import that is to stay open stays open, and no other may', async () => {
    const inputs = [await input(front), await input(log)];
    const open = compose(inputs.slice(0, 1), { imports: ['a:log/*'] });
    expect(unwrap(open).graph.imports.map(({ name }) => name)).toEqual(['a:log/log@1.0.0']);
    const kept = compose(inputs, { imports: ['a:log/log@1.0.0'] });
    expect(kept.diagnostics.map(({ code }) => code)).toEqual(['link/unreached']);
    const missing = compose(inputs.slice(0, 1), { imports: ['wasi:*'] });
    expect(missing.diagnostics.map(({ code, where }) => [code, where])).toEqual([
      ['link/open-import', 'import a:log/log@1.0.0 of front'],
    ]);
  });

  const WRONG_BY_HAND: Readonly<Record<string, ComposeOptions>> = {
    'a root that is not there': { roots: ['admim'] },
    'an edge from nobody': { edges: [{ importer: 'back', import: 'a:log/log@1.0.0', provider: 'log' }] },
    'an edge of no import': { edges: [{ importer: 'front', import: 'a:log/lag@1.0.0', provider: 'log' }] },
    'an edge to no export': {
      edges: [{ importer: 'front', import: 'a:log/log@1.0.0', provider: 'log', export: 'a:log/lag@1.0.0' }],
    },
    'two edges of one import': {
      edges: ['log', 'admin'].map((provider) => ({
        importer: 'front',
        import: 'a:log/log@1.0.0',
        provider,
        ...(provider === 'admin' && { export: 'a:api/admin@1.0.0' }),
      })),
    },
    'an export of no instance': { exports: [{ instance: 'log-c', export: 'a:log/log@1.0.0' }] },
    'an export that the instance has not': { exports: [{ instance: 'log', export: 'a:api/api@1.0.0' }] },
    'one name for two exports': {
      exports: ['front', 'log'].map((instance) => ({
        instance,
        export: instance === 'log' ? 'a:log/log@1.0.0' : 'a:api/api@1.0.0',
        as: 'it',
      })),
    },
  };

  test('what does not fit is told', async () => {
    const inputs = [await input(front), await input(log), await input(admin)];
    const texts = Object.entries(WRONG_BY_HAND).map(([title, options]) => {
      const result = compose(inputs, { roots: ['admin'], ...options });
      expect([title, result.ok]).toEqual([title, false]);
      return `# ${title}\n\n${renderDiagnostics(result.diagnostics, { color: false, source: () => undefined })}`;
    });
    expectGolden(join(import.meta.dirname, 'wrong-by-hand.txt'), texts.join('\n'));
  });

  test.skipIf(wasmTools.missing)(`what is composed by hand is valid${wasmTools.reason}`, async () => {
    const inputs = [
      await input(front),
      await input(admin),
      await input(log, 'log-a'),
      await input(log, 'log-b'),
    ];
    const { bytes } = unwrap(
      compose(inputs, {
        roots: ['admin'],
        edges: ['front', 'admin'].map((importer, at) => ({
          importer,
          import: 'a:log/log@1.0.0',
          provider: at === 0 ? 'log-a' : 'log-b',
        })),
        exports: [
          { instance: 'front', export: 'a:api/api@1.0.0' },
          { instance: 'admin', export: 'a:api/admin@1.0.0' },
          { instance: 'log-b', export: 'a:log/log@1.0.0', as: 'second' },
        ],
      }),
    );
    const run = spawnSync('wasm-tools', ['validate', '--features', 'all', '-'], { input: bytes });
    expect([run.status, run.stderr.toString()]).toEqual([0, '']);
  });
});
