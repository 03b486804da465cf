import { TypeBudget } from '../component/substitute.ts';
import { guarded } from '../component/guarded.ts';
import { success, type Result } from '../diagnostics/result.ts';
import { checkEdges } from './check.ts';
import { emit } from './emit.ts';
import { flattenNodes, type FlattenNote } from './flatten/flatten-nodes.ts';
import { planExports, wantedExports, type ExportPlan } from './exports.ts';
import { resolveGraph, type Decoded, type LinkGraph, type LinkNode } from './graph.ts';
import { trimNodes, type TrimNote } from './trim/trim-nodes.ts';
import { mergeImports, type MergedImport } from './merge.ts';

export interface Linked {
  readonly bytes: Uint8Array;
  /** Names of the result's imports and exports, in order. */
  readonly imports: readonly string[];
  readonly exports: readonly string[];
  readonly report: {
    /** What hoisting repeated core modules saved. */
    readonly hoistedBytes: number;
    readonly notes: readonly LinkNote[];
    /** What became of each instance's core modules; absent where that pass was off. */
    readonly flattened?: readonly FlattenNote[];
    /** What of each instance's component was unused; absent where that pass was off. */
    readonly trimmed?: readonly TrimNote[];
  };
}

/** What linking did beyond what the graph says. */
export type LinkNote =
  /** An import is served by a higher version of its track. */
  | { readonly kind: 'raised'; readonly instance: string; readonly import: string; readonly to: string }
  /** An export of the root that the result does not have. */
  | { readonly kind: 'hidden'; readonly export: string }
  /** A provider's interface that had to be exported since it owns resources of the root's exports. */
  | { readonly kind: 'owner-exported'; readonly instance: string; readonly export: string };

/**
 * Links components into one: instances wired along the edges, what nobody provides imported once, the root's
 * exports exported. The same components and edges give the same bytes, in whatever order they are listed.
 * Diagnostics: those of resolveGraph, mergeImports, checkEdges and planExports; each stage reports all that it finds.
 * Whoever has decoded the components already hands that over, by instance.
 */
export function link(graph: LinkGraph, decoded?: ReadonlyMap<string, Decoded>): Result<Linked> {
  return guarded(() => {
    const resolved = resolveGraph(graph, decoded);
    if (!resolved.ok) return resolved;
    const nodes = resolved.value;
    const budget = new TypeBudget();
    const merged = mergeImports(nodes, budget);
    if (!merged.ok) return merged;
    const checked = checkEdges(nodes, merged.value, budget);
    if (!checked.ok) return checked;
    const wanted = wantedExports(graph, checked.value);
    const planned = planExports(nodes, merged.value, checked.value, wanted);
    if (!planned.ok) return planned;
    const exports = planned.value;
    const flattened = graph.passes?.flatten
      ? flattenNodes(nodes, merged.value, usedExports(nodes, exports), graph.answers)
      : undefined;
    const arranged = flattened ?? { nodes, imports: merged.value };
    const trimmed = graph.passes?.trim
      ? trimNodes(arranged.nodes, arranged.imports, usedExports(arranged.nodes, exports))
      : undefined;
    const { nodes: finished, imports } = trimmed ?? arranged;
    const emitted = emit({
      nodes: finished,
      name: graph.root,
      imports,
      instances: checked.value,
      exports,
      hoist: graph.passes?.hoist ?? true,
      ...(flattened && { flatten: flattened.notes }),
      ...(trimmed && { trim: trimmed.notes }),
    });
    const linked: Linked = {
      bytes: emitted.bytes,
      imports: imports.map(({ name }) => name),
      exports: exports.exports.map(({ as }) => as),
      report: {
        hoistedBytes: emitted.hoistedBytes,
        notes: [
          ...raised(nodes, imports),
          ...exports.hidden.map((name): LinkNote => ({ kind: 'hidden', export: name })),
          ...exports.owners.map(({ instance, name }): LinkNote => ({
            kind: 'owner-exported',
            instance,
            export: name,
          })),
        ],
        ...(flattened && { flattened: flattened.notes }),
        ...(trimmed && { trimmed: trimmed.notes }),
      },
    };
    return success(linked, resolved.diagnostics);
  });
}

/** Which exports of which instance become part of another's imports, or of the result. */
function usedExports(
  nodes: readonly LinkNode[],
  exports: ExportPlan,
): (instance: string, exportName: string) => boolean {
  const used = new Set(exports.exports.map(({ instance, name }) => `${instance} ${name}`));
  for (const { bound } of nodes)
    for (const binding of bound.values()) used.add(`${binding.provider} ${binding.export}`);
  return (instance, exportName) => used.has(`${instance} ${exportName}`);
}

function raised(nodes: readonly LinkNode[], imports: readonly MergedImport[]): LinkNote[] {
  const notes = imports.flatMap(({ name, members }) =>
    members
      .filter((member) => member.import !== name)
      .map((member): LinkNote => ({
        kind: 'raised',
        instance: member.instance,
        import: member.import,
        to: name,
      })),
  );
  const position = new Map(nodes.map(({ name }, at) => [name, at]));
  const at = (note: LinkNote): number => (note.kind === 'raised' ? (position.get(note.instance) ?? 0) : 0);
  return notes.sort((a, b) => at(a) - at(b));
}
