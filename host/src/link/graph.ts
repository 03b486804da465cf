import { decodeComponent } from '../component/decode.ts';
import { guarded } from '../component/guarded.ts';
import { signatureOf } from '../component/signature.ts';
import { TypeBudget } from '../component/substitute.ts';
import type { ComponentSyntax } from '../component/syntax.ts';
import type { ComponentType } from '../component/types.ts';
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
  readonly bound: ReadonlyMap<string, { readonly provider: string; readonly export: string }>;
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
  const names = new Set<string>();
  for (const { name, bytes } of graph.instances) {
    if (names.has(name)) {
      problems.push(diagnose('link/duplicate-instance', `two services are named ${name}`, { where: name }));
      continue;
    }
    names.add(name);
    const result = decode(bytes);
    if (result.ok) decoded.set(name, { bytes, ...result.value });
    else problems.push(...result.diagnostics.map((d) => within(d, name)));
  }
  if (!names.has(graph.root)) problems.push(unknownInstance(graph.root, 'the root', names));
  const edges = bindEdges(graph, decoded, names, problems);
  if (problems.some((problem) => problem.severity === 'error')) return failure(...problems.sort(byText));

  const nodes = new Map<string, LinkNode>();
  for (const [name, component] of decoded)
    nodes.set(name, { name, ...component, bound: edges.get(name) ?? new Map() });
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

type Bindings = Map<string, Map<string, { provider: string; export: string }>>;

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
    const other = bound.get(edge.import);
    if (other) {
      problems.push(
        diagnose('link/duplicate-edge', `${edge.import} of ${edge.importer} is bound twice`, {
          where: `import ${edge.import} of ${edge.importer}`,
          expected: 'one provider',
          found: list([other.provider, edge.provider].sort()),
        }),
      );
    }
    bound.set(edge.import, { provider: edge.provider, export: edge.export });
  }
  return edges;
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
