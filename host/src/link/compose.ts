import { isCoreModule } from '../binary/core-module.ts';
import { guarded } from '../component/guarded.ts';
import { componentTypeOf } from '../component/signature.ts';
import { trackOrName } from '../component/names.ts';
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { failure, success, type Result } from '../diagnostics/result.ts';
import { listed } from './edges.ts';
import { isStrayInit } from './exports.ts';
import type { LinkEdge } from './graph.ts';
import { link, type Linked } from './link.ts';
import { adviceFor, exportsOf, nearMiss, type NamedExport } from './near.ts';
import { wire, type NamedComponent, type Wiring } from './wire.ts';

/** A component to be composed, under the name by which messages and stack traces call it. */
export interface ComposeInput {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface ComposeOptions {
  /** Whether core modules that occur more than once are stored once; true if absent. */
  readonly hoist?: boolean;
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
 * Composes components by their names alone: the first is the root, whose exports the result has; each import is
 * bound to the other input that exports it, under the same name or one on its semver track, at any depth. An
 * input that two others import is instantiated once. What nobody provides stays imported.
 *
 * Diagnostics, all that are found: `link/no-components`, `link/core-module`, `link/ambiguous-provider`,
 * `link/unreached`, and those of `link`. Warning: `link/near-miss`.
 */
export function compose(inputs: readonly ComposeInput[], options: ComposeOptions = {}): Result<Composition> {
  return guarded(() => {
    const decoded = decodeAll(inputs);
    if (!decoded.ok) return decoded;
    const components = decoded.value;
    const [root] = components;
    if (!root)
      return failure(diagnose('link/no-components', 'there is nothing to compose', { where: 'compose' }));
    const wiring = wire(root, components);
    const problems = [...wiring.problems, ...unreached(components, wiring)];
    const linked = link({
      root: root.name,
      instances: inputs.filter(({ name }) => wiring.reached.has(name)),
      edges: wiring.edges,
      passes: { hoist: options.hoist ?? true },
    });
    if (!linked.ok || problems.length > 0) return failure(...problems, ...linked.diagnostics);
    const { bytes, report } = linked.value;
    const graph: CompositionGraph = {
      root: root.name,
      instances: inputs.map((input) => ({ name: input.name, bytes: input.bytes.length })),
      edges: wiring.edges,
      imports: linked.value.imports.map((name) => ({ name, importers: importersOf(name, wiring) })),
      exports: linked.value.exports,
    };
    return success({ bytes, graph, report }, [...linked.diagnostics, ...nearMisses(components, wiring)]);
  });
}

function decodeAll(inputs: readonly ComposeInput[]): Result<readonly NamedComponent[]> {
  const problems: Diagnostic[] = [];
  const components: NamedComponent[] = [];
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
    const signature = componentTypeOf(bytes);
    if (signature.ok) components.push({ name, signature: signature.value });
    else {
      problems.push(
        ...signature.diagnostics.map((d) => ({
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
function unreached(components: readonly NamedComponent[], wiring: Wiring): Diagnostic[] {
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
      next: whyUnreached(component, components, left, exports, wiring),
    });
  });
}

function whyUnreached(
  component: NamedComponent,
  components: readonly NamedComponent[],
  left: readonly NamedComponent[],
  exports: readonly NamedExport[],
  wiring: Wiring,
): string {
  const rootName = components[0]?.name ?? '';
  const near = nearMiss(wiring.open, exports);
  if (near) return adviceFor(near);
  const better = left.find((other) => wire(other, components).reached.size === components.length);
  if (better) return `Name ${better.name} first: it reaches all the others, and the first is the root.`;
  const user = left.find((other) => other !== component && wire(other, [other, component]).edges.length > 0);
  if (user) return `Only ${user.name} imports it, which nothing reaches either.`;
  return `Leave it out, or let ${rootName} import what it exports.`;
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

function importersOf(name: string, wiring: Wiring): string[] {
  const key = trackOrName(name);
  const importers = wiring.open.filter((open) => trackOrName(open.import) === key);
  return [...new Set(importers.map(({ importer }) => importer))];
}
