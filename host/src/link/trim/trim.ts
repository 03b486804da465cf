import { readComponent } from '../../component/decode.ts';
import type { ComponentSyntax } from '../../component/syntax.ts';
import { loadComponent } from '../flatten/load.ts';
import { NotThisShape } from '../flatten/not-this-shape.ts';
import type { Component, Node } from '../flatten/nodes.ts';
import { ordered, writeComponent } from '../flatten/write.ts';
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
      readonly bytes: Uint8Array;
      readonly syntax: ComponentSyntax;
      readonly removed: Trimmings;
    }
  /** It is left as it is: nothing of it is unused, or for the reason given. */
  | { readonly applied: false; readonly reason?: string };

/**
 * A component without what nothing needs that is used: functions of exports that nobody takes, and the modules,
 * instances and imports behind them. An instance is only left out where making it does nothing that could be seen: it
 * starts nothing, and writes to nothing that it does not own. Types and what they come from stay, and nested
 * components are kept whole or not at all. Throws Malformed.
 */
export function trimComponent(
  bytes: Uint8Array,
  syntax: ComponentSyntax,
  used: (exportName: string) => boolean,
): Trimmed {
  try {
    const nodes = loadComponent(bytes, syntax);
    const kept = ordered(nodes, (node) => isRoot(node, used));
    const removed = trimmings(nodes, new Set(kept));
    if (removed.modules + removed.instances + removed.functions + removed.imports.length === 0)
      return { applied: false };
    const written = writeComponent(kept).finish();
    return { applied: true, bytes: written, syntax: readComponent(written), removed };
  } catch (error) {
    if (!(error instanceof NotThisShape)) throw error;
    return { applied: false, reason: error.message };
  }
}

function isRoot(node: Node, used: (exportName: string) => boolean): boolean {
  switch (node.is) {
    case 'export':
      return used(node.name);
    case 'core-instance':
      return node.module !== undefined && !isQuietModule(node.module.bytes);
    case 'instance':
      return node.component !== undefined && !isQuietComponent(node.component);
    case 'raw':
      // Custom sections; whatever else stands for itself here is named by what needs it.
      return node.sort === undefined;
    default:
      return false;
  }
}

function isQuietComponent({ bytes, syntax }: Component): boolean {
  // Offsets of what is nested are those of the whole file, its bytes a part of that.
  const file = bytes.byteOffset - syntax.start;
  const whole = new Uint8Array(bytes.buffer, file, syntax.end);
  return loadComponent(whole, syntax).every((node) => {
    if (node.is === 'core-instance') return node.module === undefined || isQuietModule(node.module.bytes);
    return node.is !== 'instance' || node.component === undefined || isQuietComponent(node.component);
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
