import { diagnose } from '../diagnostics/diagnostic.ts';
import { failure, success, type Result } from '../diagnostics/result.ts';
import { listed } from './edges.ts';
import type { LinkEdge, LinkNode } from './graph.ts';

/**
 * Providers before importers, the root last unless another root imports it: depth first, roots by name, imports
 * in the importer's own order, so that the result does not depend on the order of lists. What roots reach by
 * edges whose imports the toolchain left out is left out too. Diagnostics: `link/cycle`, told as a path; `link/unreached`.
 */
export function orderNodes(
  nodes: ReadonlyMap<string, LinkNode>,
  root: string,
  roots: ReadonlySet<string>,
  edges: readonly LinkEdge[],
): Result<readonly LinkNode[]> {
  const ordered = new Set<string>();
  const path: string[] = [];
  const others = [...roots].filter((name) => name !== root).sort();
  for (const start of [...others, root]) {
    const cycle = visit(start);
    if (!cycle) continue;
    const text = cycle.join(' → ');
    return failure(
      diagnose('link/cycle', `services need one another in a circle: ${text}`, { where: text, found: text }),
    );
  }
  const meant = reachable(roots, edges);
  const unreached = [...nodes.keys()].filter((name) => !meant.has(name)).sort();
  if (unreached.length > 0) {
    return failure(
      ...unreached.map((name) =>
        diagnose('link/unreached', `nothing reaches ${name} from ${root}`, {
          where: name,
          expected: `an import that ${name} provides`,
          found: listed(nodes.get(name)?.signature.exports.keys() ?? []),
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

function reachable(roots: ReadonlySet<string>, edges: readonly LinkEdge[]): Set<string> {
  const reached = new Set(roots);
  // A set's iteration takes in what is added on the way.
  for (const name of reached)
    for (const edge of edges) if (edge.importer === name) reached.add(edge.provider);
  return reached;
}
