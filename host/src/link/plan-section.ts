import { Writer } from '../binary/writer.ts';
import type { PlannedExport } from './exports.ts';
import type { FlattenNote } from './flatten/flatten-nodes.ts';
import type { LinkEdge, LinkNode } from './graph.ts';
import type { TrimNote } from './trim/trim-nodes.ts';

/** The custom section in which a linked component says how it was made. */
export const PLAN_SECTION = 'tenon:plan';

/** What is in it, as JSON: the graph with the versions of all interfaces, and what each pass did. */
export interface LinkedPlan {
  readonly format: 1;
  readonly root: string;
  /** Providers before importers. */
  readonly instances: readonly string[];
  readonly edges: readonly LinkEdge[];
  readonly imports: readonly string[];
  readonly exports: readonly { readonly name: string; readonly instance: string; readonly export: string }[];
  /** A pass that was off is absent. */
  readonly passes: {
    readonly hoist?: { readonly modules: number; readonly savedBytes: number };
    readonly flatten?: readonly FlattenNote[];
    readonly trim?: readonly TrimNote[];
  };
}

export interface PlanParts {
  readonly root: string;
  readonly nodes: readonly LinkNode[];
  readonly imports: readonly string[];
  readonly exports: readonly PlannedExport[];
  /** Absent where the pass was off. */
  readonly hoist?: { readonly modules: number; readonly savedBytes: number };
  readonly flatten?: readonly FlattenNote[];
  readonly trim?: readonly TrimNote[];
}

/** The plan of a linked component; the same parts in the same order give the same. */
export function linkedPlan({ root, nodes, imports, exports, ...passes }: PlanParts): LinkedPlan {
  return {
    format: 1,
    root,
    instances: nodes.map(({ name }) => name),
    edges: nodes.flatMap(edgesOf),
    imports,
    exports: exports.map(({ as, instance, name }) => ({ name: as, instance, export: name })),
    passes: {
      ...(passes.hoist && { hoist: passes.hoist }),
      ...(passes.flatten && { flatten: passes.flatten }),
      ...(passes.trim && { trim: passes.trim }),
    },
  };
}

/** In the order of the importer's own imports: how the edges were listed must not show. */
function edgesOf({ name, signature, bound }: LinkNode): LinkEdge[] {
  return [...signature.imports.keys()].flatMap((imported) => {
    const to = bound.get(imported);
    // A world's own name for a type comes along with the interface that it is of.
    if (!to || to.type !== undefined) return [];
    return [{ importer: name, import: imported, provider: to.provider, export: to.export }];
  });
}

/** The section's contents: its name, then the plan. */
export function writePlan(plan: LinkedPlan): Writer {
  return new Writer().text(PLAN_SECTION).bytes(new TextEncoder().encode(JSON.stringify(plan)));
}
