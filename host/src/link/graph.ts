import { decodeComponent } from '../component/decode.ts';
import { guarded } from '../component/guarded.ts';
import { signatureOf } from '../component/signature.ts';
import { TypeBudget } from '../component/substitute.ts';
import type { ComponentSyntax } from '../component/syntax.ts';
import type { ComponentType } from '../component/types.ts';
import { typeOwners } from './closure.ts';
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { failure, success, type Result } from '../diagnostics/result.ts';

/** What to link: components as named instances, and who provides which import. */
export interface LinkGraph {
  readonly instances: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  readonly edges: readonly LinkEdge[];
  /** The instance whose exports the result has. */
  readonly root: string;
  /** Which exports of the root the result leaves out; `isStrayInit` if absent. */
  readonly hide?: (exportName: string, instance: string) => boolean;
  readonly passes?: { readonly hoist?: boolean };
}

export interface LinkEdge {
  readonly importer: string;
  /** The import's name in the importer, the export's in the provider: they may differ in version. */
  readonly import: string;
  readonly provider: string;
  readonly export: string;
}

/** One instance with what it is and who provides its imports. */
export interface LinkNode {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly syntax: ComponentSyntax;
  readonly signature: ComponentType;
  /** By import name; imports that are not here stay open. */
  readonly bound: ReadonlyMap<string, Binding>;
}

/** An export of an instance; for a type that the importer's world uses of an interface, the type's name in it. */
export interface Binding {
  readonly provider: string;
  readonly export: string;
  readonly type?: string;
}

/**
 * Decodes the components, checks that the edges join what is there, and orders the instances: providers before
 * importers, the root last. The order depends on the components and edges only, not on how they are listed.
 * Diagnostics: `component/…` with the instance in `where`, and `link/duplicate-instance`, `unknown-instance`,
 * `unknown-import`, `missing-export`, `duplicate-edge`, `cycle`, `unreached`; all that are found at once.
 */
export function resolveGraph(graph: LinkGraph): Result<readonly LinkNode[]> {
  const problems: Diagnostic[] = [];
  const decoded = new Map<string, { bytes: Uint8Array; syntax: ComponentSyntax; signature: ComponentType }>();
  const names = new Set(graph.instances.map(({ name }) => name));
  for (const name of names) {
    const [only, ...others] = graph.instances.filter((instance) => instance.name === name);
    if (!only || others.length > 0) {
      problems.push(
        diagnose('link/duplicate-instance', `${others.length + 1} services are named ${name}`, {
          where: name,
        }),
      );
      continue;
    }
    const result = decode(only.bytes);
    if (result.ok) decoded.set(name, { bytes: only.bytes, ...result.value });
    else problems.push(...result.diagnostics.map((d) => within(d, name)));
  }
  if (!names.has(graph.root)) problems.push(unknownInstance(graph.root, 'the root', names));
  const edges = bindEdges(graph, decoded, names, problems);
  if (problems.some((problem) => problem.severity === 'error')) return failure(...problems.sort(byText));

  const nodes = new Map<string, LinkNode>();
  for (const [name, component] of decoded) {
    nodes.set(name, {
      name,
      ...component,
      bound: withUsedTypes(component.signature, edges.get(name) ?? new Map()),
    });
  }
  return order(nodes, graph.root);
}

function decode(bytes: Uint8Array): Result<{ syntax: ComponentSyntax; signature: ComponentType }> {
  const syntax = decodeComponent(bytes);
  if (!syntax.ok) return syntax;
  return guarded(() =>
    success({ syntax: syntax.value, signature: signatureOf(syntax.value, new TypeBudget()) }),
  );
}

function within(diagnostic: Diagnostic, instance: string): Diagnostic {
  return {
    ...diagnostic,
    where: diagnostic.where === undefined ? instance : `${instance}, ${diagnostic.where}`,
  };
}

function byText(a: Diagnostic, b: Diagnostic): number {
  const [left, right] = [`${a.where} ${a.message}`, `${b.where} ${b.message}`];
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

type Bindings = Map<string, Map<string, Binding>>;

/**
 * A world that uses a type of an interface imports the type under a name of its own; where an edge binds the
 * interface, the type comes from the same provider.
 */
function withUsedTypes(signature: ComponentType, bound: Map<string, Binding>): Map<string, Binding> {
  if (bound.size === 0) return bound;
  const all = new Map(bound);
  const owners = typeOwners(signature);
  for (const [name, extern] of signature.imports) {
    const owner = extern.kind === 'type' ? owners.get(extern.type) : undefined;
    const from = owner && bound.get(owner.import);
    if (owner && from && owner.import !== name) all.set(name, { ...from, type: owner.type });
  }
  return all;
}

function bindEdges(
  graph: LinkGraph,
  decoded: ReadonlyMap<string, { signature: ComponentType }>,
  names: ReadonlySet<string>,
  problems: Diagnostic[],
): Bindings {
  const edges: Bindings = new Map();
  for (const edge of graph.edges) {
    const where = `edge ${edge.importer}.${edge.provider}`;
    const unknown = [edge.importer, edge.provider].filter((name) => !names.has(name));
    for (const name of new Set(unknown)) problems.push(unknownInstance(name, where, names));
    const importer = decoded.get(edge.importer)?.signature;
    const provider = decoded.get(edge.provider)?.signature;
    if (importer && !importer.imports.has(edge.import)) {
      problems.push(
        diagnose('link/unknown-import', `${edge.importer} does not import ${edge.import}`, {
          where,
          expected: edge.import,
          found: list(importer.imports.keys()),
        }),
      );
    }
    if (provider && !provider.exports.has(edge.export)) {
      problems.push(
        diagnose('link/missing-export', `${edge.provider} does not export ${edge.export}`, {
          where,
          expected: edge.export,
          found: list(provider.exports.keys()),
        }),
      );
    }
    const bound = edges.get(edge.importer) ?? new Map();
    edges.set(edge.importer, bound);
    bound.set(edge.import, { provider: edge.provider, export: edge.export });
  }
  problems.push(...boundTwice(graph));
  return edges;
}

function boundTwice(graph: LinkGraph): Diagnostic[] {
  const providers = new Map<string, string[]>();
  for (const edge of graph.edges) {
    const key = `import ${edge.import} of ${edge.importer}`;
    providers.set(key, [...(providers.get(key) ?? []), edge.provider]);
  }
  return [...providers].flatMap(([where, found]) =>
    found.length < 2
      ? []
      : diagnose('link/duplicate-edge', `the ${where} is bound ${found.length} times`, {
          where,
          expected: 'one provider',
          found: list(found.sort()),
        }),
  );
}

function unknownInstance(name: string, where: string, names: ReadonlySet<string>): Diagnostic {
  return diagnose('link/unknown-instance', `there is no service ${name}`, {
    where,
    expected: list([...names].sort()),
    found: name,
  });
}

function list(names: Iterable<string>): string {
  return [...names].join(', ') || 'nothing';
}

/** Depth first from the root, imports in the importer's own order, so that the result does not depend on the list's. */
function order(nodes: ReadonlyMap<string, LinkNode>, root: string): Result<readonly LinkNode[]> {
  const ordered = new Set<string>();
  const path: string[] = [];
  const cycle = visit(root);
  if (cycle) {
    const text = cycle.join(' → ');
    return failure(
      diagnose('link/cycle', `services need one another in a circle: ${text}`, { where: text, found: text }),
    );
  }
  const unreached = [...nodes.keys()].filter((name) => !ordered.has(name)).sort();
  if (unreached.length > 0) {
    return failure(
      ...unreached.map((name) =>
        diagnose('link/unreached', `nothing reaches ${name} from ${root}`, {
          where: name,
          expected: `an import that ${name} provides`,
          found: list(nodes.get(name)?.signature.exports.keys() ?? []),
        }),
      ),
    );
  }
  return success([...ordered].flatMap((name) => nodes.get(name) ?? []));

  function visit(name: string): string[] | undefined {
    if (ordered.has(name)) return undefined;
    const at = path.indexOf(name);
    if (at >= 0) return rotated(path.slice(at));
    path.push(name);
    const node = nodes.get(name);
    for (const imported of node?.signature.imports.keys() ?? []) {
      const provider = node?.bound.get(imported)?.provider;
      const found = provider === undefined ? undefined : visit(provider);
      if (found) return found;
    }
    path.pop();
    ordered.add(name);
    return undefined;
  }
}

/** The same circle, told from its first name by text, and closed. */
function rotated(cycle: readonly string[]): string[] {
  const first = cycle.reduce((least, name) => (name < least ? name : least), cycle[0] ?? '');
  const at = cycle.indexOf(first);
  return [...cycle.slice(at), ...cycle.slice(0, at), first];
}
