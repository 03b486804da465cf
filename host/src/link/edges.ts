import type { ComponentType } from '../component/types.ts';
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { typeOwners } from './closure.ts';
import type { Binding, LinkGraph } from './graph.ts';

export type Bindings = Map<string, Map<string, Binding>>;

/**
 * A world that uses a type of an interface imports the type under a name of its own; where an edge binds the
 * interface, the type comes from the same provider.
 */
export function withUsedTypes(signature: ComponentType, bound: Map<string, Binding>): Map<string, Binding> {
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

/**
 * By importer and import name, who provides it. An edge whose import the component does not have is left out
 * with a warning: toolchains drop imports that nothing uses. Problems are added to the list.
 */
export function bindEdges(
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
    if (provider && !provider.exports.has(edge.export)) {
      problems.push(missingExport(edge.provider, edge.export, where, provider));
    }
    if (importer && !importer.imports.has(edge.import)) {
      problems.push(
        diagnose('link/unused-edge', `${edge.importer} does not import ${edge.import}`, {
          where,
          expected: edge.import,
          found: listed(importer.imports.keys()),
        }),
      );
      continue;
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
          found: listed(found.sort()),
        }),
  );
}

export function missingExport(
  instance: string,
  name: string,
  where: string,
  signature: ComponentType,
): Diagnostic {
  return diagnose('link/missing-export', `${instance} does not export ${name}`, {
    where,
    expected: name,
    found: listed(signature.exports.keys()),
  });
}

export function unknownInstance(name: string, where: string, names: ReadonlySet<string>): Diagnostic {
  return diagnose('link/unknown-instance', `there is no service ${name}`, {
    where,
    expected: listed([...names].sort()),
    found: name,
  });
}

/** Names for a message. */
export function listed(names: Iterable<string>): string {
  return [...names].join(', ') || 'nothing';
}
