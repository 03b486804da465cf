import { loadComponent } from '../flatten/load.ts';
import { NotThisShape } from '../flatten/not-this-shape.ts';
import { fileOf, type Component, type CoreModule, type Node } from '../flatten/nodes.ts';
import { ordered } from '../flatten/write.ts';
import type { LinkNode } from '../graph.ts';
import { isQuietModule } from './quiet-module.ts';

/** How much of each kind was unused. */
export interface Trimmings {
  readonly modules: number;
  /** Instances of core modules and of components. */
  readonly instances: number;
  /** Functions lifted or lowered. */
  readonly functions: number;
  /** By name. */
  readonly imports: readonly string[];
}

export type Trimmed =
  | {
      readonly applied: true;
      readonly definitions: readonly Node[];
      readonly removed: Trimmings;
    }
  /** It is left as it is: nothing of it is unused, or for the reason given. */
  | { readonly applied: false; readonly reason?: string };

/**
 * A component without what nothing needs that is used: functions of exports that nobody takes, and the modules,
 * instances, imports and types behind them. An instance is only left out where making it does nothing that could be seen:
 * it starts nothing, and writes to nothing that it does not own. Nested components are kept whole or not at all. Throws
 * Malformed.
 */
export function trimComponent(
  { bytes, syntax, definitions }: Pick<LinkNode, 'bytes' | 'syntax' | 'definitions'>,
  used: (exportName: string) => boolean,
): Trimmed {
  try {
    const nodes = definitions ?? loadComponent(bytes, syntax);
    // Nearly always everything is needed, and no module has to be looked into to see that.
    const needed = new Set(ordered(nodes, (node) => isRoot(node, used, () => true)));
    if (needed.size === nodes.length) return { applied: false };
    const kept = ordered(nodes, (node) => isRoot(node, used, (part) => !needed.has(node) && isQuiet(part)));
    const removed = trimmings(nodes, new Set(kept));
    if (removed.modules + removed.instances + removed.functions + removed.imports.length === 0)
      return { applied: false };
    return { applied: true, definitions: kept, removed };
  } catch (error) {
    if (!(error instanceof NotThisShape)) throw error;
    return { applied: false, reason: error.message };
  }
}

function isRoot(
  node: Node,
  used: (exportName: string) => boolean,
  quiet: (part: CoreModule | Component) => boolean,
): boolean {
  switch (node.is) {
    case 'export':
      return used(node.name);
    case 'core-instance':
      return node.module !== undefined && !quiet(node.module);
    case 'instance':
      return node.component !== undefined && !quiet(node.component);
    case 'raw':
      // Custom sections; whatever else stands for itself here is named by what needs it.
      return node.sort === undefined;
    default:
      return false;
  }
}

/** Whether making an instance of it does nothing that could be seen. */
function isQuiet(part: CoreModule | Component): boolean {
  if (part.is === 'core-module') return isQuietModule(part.rewritten?.finish() ?? part.bytes);
  return (part.rearranged ?? loadComponent(fileOf(part), part.syntax)).every((node) => {
    if (node.is === 'core-instance') return node.module === undefined || isQuiet(node.module);
    return node.is !== 'instance' || node.component === undefined || isQuiet(node.component);
  });
}

function trimmings(nodes: readonly Node[], kept: ReadonlySet<Node>): Trimmings {
  const removed = nodes.filter((node) => !kept.has(node));
  const count = (...kinds: readonly Node['is'][]): number =>
    removed.filter((node) => kinds.includes(node.is)).length;
  return {
    modules: count('core-module'),
    instances: removed.filter(
      (node) =>
        (node.is === 'core-instance' && node.module !== undefined) ||
        (node.is === 'instance' && node.component !== undefined),
    ).length,
    functions: count('lift', 'lower'),
    imports: removed.flatMap((node) =>
      node.is === 'raw' && node.imports !== undefined ? [node.imports] : [],
    ),
  };
}
