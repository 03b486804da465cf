import { isCoreModule } from '../binary/core-module.ts';
import { guarded } from '../component/guarded.ts';
import { trackOrName } from '../component/names.ts';
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { failure, success, type Result } from '../diagnostics/result.ts';
import { listed, unknownInstance } from './edges.ts';
import { isStrayInit } from './exports.ts';
import { resolveGiven, type GivenEdge } from './given.ts';
import { decodeForLink, type Decoded, type LinkEdge, type LinkExport } from './graph.ts';
import { link, type Linked } from './link.ts';
import { adviceFor, exportsOf, nearMiss, type NamedExport } from './near.ts';
import { wire, type NamedComponent, type Wiring } from './wire.ts';

/** A component to be composed, under the name by which messages and stack traces call it. */
export interface ComposeInput {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface ComposeOptions {
  /** Further inputs whose exports the result has, beside those of the first. */
  readonly roots?: readonly string[];
  /** What the result exports, in place of all that the roots export; who is named here is a root too. */
  readonly exports?: readonly LinkExport[];
  /** Providers chosen by hand; all other imports find theirs by name. */
  readonly edges?: readonly GivenEdge[];
  /**
   * What stays imported: names, or their beginnings with a `*` behind: `wasi:*`. It is left open even where an
   * input exports it, and nothing else may stay open. If absent, whatever nobody provides.
   */
  readonly imports?: readonly string[];
  /** Whether core modules that occur more than once are stored once; true if absent. */
  readonly hoist?: boolean;
  /** Whether QuickJS services' core modules are rearranged so that instances are made for less; true if absent. */
  readonly flatten?: boolean;
  /** Whether functions that nobody uses, and what only they need, are left out; true if absent. */
  readonly trim?: boolean;
}

export interface Composition {
  /** The composed component; the same inputs give the same bytes, whatever the order behind the first. */
  readonly bytes: Uint8Array;
  readonly graph: CompositionGraph;
  readonly report: Linked['report'];
}

/** Who provides what to whom. */
export interface CompositionGraph {
  readonly root: string;
  readonly instances: readonly { readonly name: string; readonly bytes: number }[];
  readonly edges: readonly LinkEdge[];
  /** What stays imported, and by whom. */
  readonly imports: readonly { readonly name: string; readonly importers: readonly string[] }[];
  readonly exports: readonly string[];
}

/**
 * Composes components by their names: the first is the root, whose exports the result has; each import is
 * bound to the other input that exports it, under the same name or one on its semver track, at any depth. An
 * input that two others import is instantiated once; one given twice, under two names, twice. What nobody provides
 * stays imported. Options say where it is to be otherwise.
 *
 * Diagnostics, all that are found: `link/no-components`, `link/core-module`, `link/ambiguous-provider`,
 * `link/unreached`, `link/unknown-import`, `link/open-import`, and those of `link`. Warning: `link/near-miss`.
 */
export function compose(inputs: readonly ComposeInput[], options: ComposeOptions = {}): Result<Composition> {
  return guarded(() => {
    const decoded = decodeAll(inputs);
    if (!decoded.ok) return decoded;
    const components = decoded.value;
    const [root] = components;
    if (!root)
      return failure(diagnose('link/no-components', 'there is nothing to compose', { where: 'compose' }));
    const roots = rootsOf(root, components, options);
    const given = resolveGiven(options.edges ?? [], components);
    const meantOpen = options.imports && patternOf(options.imports);
    const wiring = wire(roots.found, components, {
      edges: given.edges,
      ...(meantOpen && { open: meantOpen }),
    });
    const exports = roots.found.length > 1 || options.exports ? exportsFrom(roots.found, options) : undefined;
    const problems = [
      ...roots.problems,
      ...given.problems,
      ...wiring.problems,
      ...(meantOpen ? openImports(wiring, meantOpen, options.imports ?? []) : []),
      ...unreached(roots.found, components, wiring),
    ];
    const graphToLink = {
      root: root.name,
      instances: inputs.filter(({ name }) => wiring.reached.has(name)),
      edges: wiring.edges,
      ...(exports && { exports }),
      passes: {
        hoist: options.hoist ?? true,
        flatten: options.flatten ?? true,
        trim: options.trim ?? true,
      },
    };
    const linked = link(graphToLink, new Map(components.map((one) => [one.name, one])));
    if (!linked.ok || problems.length > 0) return failure(...problems, ...linked.diagnostics);
    const { bytes, report } = linked.value;
    const graph: CompositionGraph = {
      root: root.name,
      instances: inputs.map((input) => ({ name: input.name, bytes: input.bytes.length })),
      edges: wiring.edges,
      imports: importersOf(linked.value.imports, wiring),
      exports: linked.value.exports,
    };
    const misses = options.imports ? [] : nearMisses(components, wiring);
    return success({ bytes, graph, report }, [...linked.diagnostics, ...misses]);
  });
}

/** The first input, and whoever else is to show exports. Diagnostics: `link/unknown-instance`. */
function rootsOf(
  root: NamedComponent,
  components: readonly NamedComponent[],
  { roots = [], exports = [] }: ComposeOptions,
): { readonly found: readonly NamedComponent[]; readonly problems: readonly Diagnostic[] } {
  const names = new Set(components.map(({ name }) => name));
  const wanted = new Set([root.name, ...roots, ...exports.map(({ instance }) => instance)]);
  return {
    found: components.filter(({ name }) => wanted.has(name)),
    problems: [...wanted]
      .filter((name) => !names.has(name))
      .map((name) => unknownInstance(name, 'roots', names)),
  };
}

function exportsFrom(roots: readonly NamedComponent[], { exports }: ComposeOptions): readonly LinkExport[] {
  if (exports) return exports;
  return roots.flatMap(({ name, signature }) =>
    [...signature.exports].flatMap(([exported, extern]) =>
      isStrayInit(exported, extern) ? [] : [{ instance: name, export: exported }],
    ),
  );
}

/** Whether a name is one of those, or begins as one that ends with `*`. */
function patternOf(patterns: readonly string[]): (name: string) => boolean {
  return (name) =>
    patterns.some((one) => (one.endsWith('*') ? name.startsWith(one.slice(0, -1)) : one === name));
}

function openImports(
  wiring: Wiring,
  meant: (name: string) => boolean,
  listedImports: readonly string[],
): Diagnostic[] {
  return wiring.open
    .filter((open) => !meant(open.import))
    .map((open) =>
      diagnose('link/open-import', `nobody provides ${open.import} to ${open.importer}`, {
        where: `import ${open.import} of ${open.importer}`,
        expected: `an import to stay open only where it is listed: ${listed(listedImports)}`,
        found: open.import,
      }),
    );
}

function decodeAll(inputs: readonly ComposeInput[]): Result<readonly (NamedComponent & Decoded)[]> {
  const problems: Diagnostic[] = [];
  const components: (NamedComponent & Decoded)[] = [];
  for (const { name, bytes } of inputs) {
    if (components.some((other) => other.name === name)) {
      problems.push(
        diagnose('link/duplicate-instance', `two components are named ${name}`, {
          where: name,
          expected: 'a name for each',
          found: listed(inputs.map((input) => input.name)),
        }),
      );
      continue;
    }
    if (isCoreModule(bytes)) {
      problems.push(coreModule(name));
      continue;
    }
    const decoded = decodeForLink(bytes);
    if (decoded.ok) components.push({ name, ...decoded.value });
    else {
      problems.push(
        ...decoded.diagnostics.map((d) => ({
          ...d,
          where: d.where === undefined ? name : `${name}, ${d.where}`,
        })),
      );
    }
  }
  return problems.length > 0 ? failure(...problems) : success(components);
}

function coreModule(name: string): Diagnostic {
  return diagnose('link/core-module', `${name} is a core module, not a component`, {
    where: name,
    expected: 'a component: version 13, layer 1',
    found: 'a core module: version 1, layer 0',
  });
}

/** Inputs that nothing imports anything of, each with the reason that seems most likely. */
function unreached(
  roots: readonly NamedComponent[],
  components: readonly NamedComponent[],
  wiring: Wiring,
): Diagnostic[] {
  const left = components.filter(({ name }) => !wiring.reached.has(name) && !wiring.undecided.has(name));
  return left.map((component) => {
    const exports = meantExports([component]);
    return diagnose('link/unreached', `nothing imports what ${component.name} exports`, {
      where: component.name,
      expected:
        wiring.open.length === 0
          ? 'an import that nobody provides; there is none'
          : `one of ${listed(new Set(wiring.open.map((open) => open.import)))}`,
      found: listed(exports.map(({ name }) => name)),
      next: whyUnreached(component, roots, components, left, exports, wiring),
    });
  });
}

function whyUnreached(
  component: NamedComponent,
  roots: readonly NamedComponent[],
  components: readonly NamedComponent[],
  left: readonly NamedComponent[],
  exports: readonly NamedExport[],
  wiring: Wiring,
): string {
  const rootName = components[0]?.name ?? '';
  const near = nearMiss(wiring.open, exports);
  if (near) return adviceFor(near);
  const better =
    roots.length === 1 && left.find((other) => wire([other], components).reached.size === components.length);
  if (better) return `Name ${better.name} first: it reaches all the others, and the first is the root.`;
  const user = left.find(
    (other) => other !== component && wire([other], [other, component]).edges.length > 0,
  );
  if (user) return `Only ${user.name} imports it, which nothing reaches either.`;
  return `Leave it out, let ${rootName} import what it exports, or make it a root too: \`--export ${component.name}\`.`;
}

/** Imports that stay open although an export that nobody takes comes near. */
function nearMisses(components: readonly NamedComponent[], wiring: Wiring): Diagnostic[] {
  const taken = new Set(wiring.edges.map((edge) => `${edge.provider} ${edge.export}`));
  const free = meantExports(components.slice(1)).filter((one) => !taken.has(`${one.component} ${one.name}`));
  return wiring.open.flatMap((open) => {
    const near = nearMiss([open], free);
    if (!near) return [];
    return diagnose('link/near-miss', `${open.importer} imports ${open.import}, which nobody provides`, {
      where: `import ${open.import} of ${open.importer}`,
      expected: open.import,
      found: `${near.export.name} of ${near.export.component}`,
      next: adviceFor(near),
    });
  });
}

function meantExports(components: readonly NamedComponent[]): NamedExport[] {
  return exportsOf(components).filter(({ name, extern }) => !isStrayInit(name, extern));
}

function importersOf(imports: readonly string[], wiring: Wiring): CompositionGraph['imports'] {
  const byKey = new Map<string, Set<string>>();
  for (const open of wiring.open) {
    const key = trackOrName(open.import);
    const importers = byKey.get(key) ?? new Set();
    byKey.set(key, importers.add(open.importer));
  }
  return imports.map((name) => ({ name, importers: [...(byKey.get(trackOrName(name)) ?? [])] }));
}
