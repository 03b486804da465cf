import { componentWit } from '@bytecodealliance/jco-transpile/wasm-tools';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LinkEdge, LinkGraph } from '../../src/link/graph.ts';
import { link } from '../../src/link/link.ts';
import { componentOf, reversed } from './case.ts';

/** An interface: which earlier ones it uses types of, whether it owns a resource, and what else its types are called. */
interface RandomInterface {
  readonly uses: readonly number[];
  readonly resource: boolean;
  readonly func: boolean;
  /** Has further names for its own types, before or behind them. */
  readonly aliases: 'none' | 'before' | 'behind';
  /** Under which names it uses the types of others. */
  readonly using: 'same' | 'alias' | 'renamed' | 'both';
}

interface RandomService {
  readonly imports: readonly number[];
  readonly exports: readonly number[];
  readonly patch: number;
  /** Whether functions of the world itself mention types of its imports. */
  readonly mentions: boolean;
}

const INTERFACES = 5;
const SERVICES = 4;
const RUNS = 120;

const interfaces = fc.array(
  fc.record({
    uses: fc.uniqueArray(fc.nat({ max: INTERFACES - 1 }), { maxLength: 3 }),
    resource: fc.boolean(),
    func: fc.boolean(),
    aliases: fc.constantFrom('none', 'before', 'behind'),
    using: fc.constantFrom('same', 'alias', 'renamed', 'both'),
  }),
  { minLength: INTERFACES, maxLength: INTERFACES },
);
const subset = fc.uniqueArray(fc.nat({ max: INTERFACES - 1 }), { maxLength: 3 });
const services = fc.array(
  fc.record({ imports: subset, exports: subset, patch: fc.nat({ max: 1 }), mentions: fc.boolean() }),
  {
    minLength: SERVICES,
    maxLength: SERVICES,
  },
);

/** Those types of an import that the world itself uses, under other names. */
function worldUses(all: readonly RandomInterface[], service: RandomService): string[] {
  if (!service.mentions) return [];
  return service.imports.flatMap((name) => {
    const one = all[name];
    const of = `x:y/i${name}@0.2.${service.patch}`;
    const record = one?.aliases === 'none' ? `r${name}` : `ar${name}`;
    const resource = one?.aliases === 'none' ? `s${name}` : `as${name}`;
    return [
      `use ${of}.{${record} as wr${name}};`,
      ...(one?.resource ? [`use ${of}.{${resource} as ws${name}};`] : []),
      `export out${name}: func() -> list<wr${name}>;`,
      ...(one?.resource ? [`export make${name}: func() -> ws${name};`] : []),
    ];
  });
}

/** All packages: the interfaces in two versions on one track, of which the higher has one function more. */
function witOf(all: readonly RandomInterface[], own: readonly RandomService[]): string {
  const text = (at: number, one: RandomInterface, patch: number): string => {
    const uses = one.uses.filter((used) => used < at);
    const lines = uses.map((used) => {
      const own = [`r${used}`, ...(all[used]?.resource ? [`s${used}`] : [])];
      const names = own.flatMap((name) => usedAs(name, one.using, all[used]?.aliases !== 'none'));
      return `use i${used}.{${names.join(', ')}};`;
    });
    const fields = uses.map((used) => `f${used}: list<r${used}>`);
    const types = [`record r${at} { ${['x: u32', ...fields].join(', ')} }`];
    if (one.resource)
      types.push(`resource s${at} { constructor(r: r${at}); get: func() -> option<r${at}>; }`);
    const aliases = [`type ar${at} = r${at};`, `type aar${at} = ar${at};`];
    if (one.resource) aliases.push(`type as${at} = s${at};`, `type aas${at} = as${at};`);
    if (one.aliases === 'before') lines.push(...aliases);
    lines.push(...types);
    if (one.aliases === 'behind') lines.push(...aliases);
    const params = uses.flatMap((used) => (all[used]?.resource ? [`s${used}: borrow<s${used}>`] : []));
    if (one.resource) params.push(`own: borrow<${one.aliases === 'none' ? 's' : 'as'}${at}>`);
    const result = one.aliases === 'none' ? `r${at}` : `aar${at}`;
    if (one.func) lines.push(`call: func(${params.join(', ')}) -> result<${result}, string>;`);
    if (patch > 0) lines.push(`more: func(r: r${at}) -> u8;`);
    return `interface i${at} { ${lines.join(' ')} }`;
  };
  const packages = [0, 1].map(
    (patch) => `package x:y@0.2.${patch} { ${all.map((one, at) => text(at, one, patch)).join('\n')} }`,
  );
  const worlds = own.map((service, at) => {
    const lines = [
      ...service.imports.map((name) => `import x:y/i${name}@0.2.${service.patch};`),
      ...worldUses(all, service),
      ...(at === 0 ? ['export run: func();'] : []),
      ...service.exports.map((name) => `export x:y/i${name}@0.2.1;`),
    ];
    return `world w${at} { ${lines.join(' ')} }`;
  });
  return `package t:t;\n${packages.join('\n')}\npackage s:s { ${worlds.join('\n')} }`;
}

/** The name itself among what it is used as, so that the rest of the interface can mention it. */
function usedAs(name: string, using: RandomInterface['using'], aliased: boolean): string[] {
  switch (using) {
    case 'same':
      return [name];
    case 'alias':
      return aliased ? [`aa${name} as ${name}`] : [name];
    case 'renamed':
      return [`${name} as own-${name}`, `${aliased ? 'a' : ''}${name}${aliased ? ` as ${name}` : ''}`];
    case 'both':
      return [name, ...(aliased ? [`a${name} as aa${name}-too`] : []), `${name} as a${name}-too`];
  }
}

/** Service 0 is the root; each import that a later service exports is bound to the first of them. */
async function graphOf(all: readonly RandomInterface[], own: readonly RandomService[]): Promise<LinkGraph> {
  const wit = witOf(all, own);
  const instances = await Promise.all(
    own.map(async (_, at) => ({ name: `w${at}`, bytes: await componentOf(wit, `s:s/w${at}`) })),
  );
  const edges: LinkEdge[] = [];
  const reached = new Set([0]);
  for (const [at, service] of own.entries()) {
    if (!reached.has(at)) continue;
    // What an interface uses is imported with it.
    const imported = new Set(service.imports);
    for (const name of [...imported].toSorted((a, b) => b - a)) withUses(all, name, imported);
    for (const name of imported) {
      const provider = own.findIndex((other, index) => index > at && other.exports.includes(name));
      if (provider < 0) continue;
      reached.add(provider);
      edges.push({
        importer: `w${at}`,
        import: `x:y/i${name}@0.2.${service.patch}`,
        provider: `w${provider}`,
        export: `x:y/i${name}@0.2.1`,
      });
    }
  }
  return { root: 'w0', instances: instances.filter((_, at) => reached.has(at)), edges };
}

function withUses(all: readonly RandomInterface[], at: number, into: Set<number>): void {
  for (const used of all[at]?.uses ?? []) {
    if (used >= at || into.has(used)) continue;
    into.add(used);
    withUses(all, used, into);
  }
}

/** What a random graph may rightly be refused for. */
const REFUSALS = new Set(['link/resource-closure', 'link/mismatch', 'link/unnamed-type']);

test('random graphs of services link to a valid component, the same from any order, or are refused for a reason', async () => {
  let valid = 0;
  await fc.assert(
    fc.asyncProperty(interfaces, services, async (all, own) => {
      // Not every world that exports this and imports that is one to WIT.
      const graph = await graphOf(all, own).catch(() => undefined);
      fc.pre(graph !== undefined);
      const result = link(graph);
      const again = link(reversed(graph));
      expect(again.ok).toBe(result.ok);
      const codes = result.diagnostics.map(({ code }) => code);
      expect(codes.filter((code) => !REFUSALS.has(code) && code !== 'link/unused-edge')).toEqual([]);
      if (!result.ok) return;
      // Decoding the WIT of a component validates it.
      expect(await componentWit(result.value.bytes)).toContain('export run: func();');
      expect(again.ok && Buffer.compare(again.value.bytes, result.value.bytes)).toBe(0);
      valid++;
    }),
    { numRuns: RUNS },
  );
  expect(valid).toBeGreaterThan(RUNS / 3);
});
