import { sameBytes } from '../../binary/same-bytes.ts';
import { stillImported, withoutImports } from '../dropped-imports.ts';
import type { LinkNode } from '../graph.ts';
import type { MergedImport } from '../merge.ts';
import { trimComponent, type Trimmed, type Trimmings } from './trim.ts';

/** What became of one instance's component. */
export interface TrimNote {
  readonly instance: string;
  /** What was unused; absent where nothing was. */
  readonly removed?: Trimmings;
  /** Why it was left as it is. */
  readonly reason?: string;
}

export interface TrimmedNodes {
  readonly nodes: readonly LinkNode[];
  /** Those that somebody still imports. */
  readonly imports: readonly MergedImport[];
  readonly notes: readonly TrimNote[];
}

/**
 * The nodes with their components trimmed, each component once, so that what was the same stays the same. `used` says
 * which exports of an instance anything is made of. Throws Malformed.
 */
export function trimNodes(
  nodes: readonly LinkNode[],
  imports: readonly MergedImport[],
  used: (instance: string, exportName: string) => boolean,
): TrimmedNodes {
  const done: { readonly bytes: Uint8Array; readonly trimmed: Trimmed }[] = [];
  const trimmedOf = (node: LinkNode): Trimmed => {
    const known = done.find(({ bytes }) => sameBytes(bytes, node.bytes));
    if (known) return known.trimmed;
    const alike = nodes.filter(({ bytes }) => sameBytes(bytes, node.bytes));
    const trimmed = trimComponent(node, (name) => alike.some((one) => used(one.name, name)));
    done.push({ bytes: node.bytes, trimmed });
    return trimmed;
  };
  const dropped = new Map<string, ReadonlySet<string>>();
  const notes: TrimNote[] = [];
  const result = nodes.map((node): LinkNode => {
    const trimmed = trimmedOf(node);
    if (!trimmed.applied) {
      notes.push({ instance: node.name, ...(trimmed.reason !== undefined && { reason: trimmed.reason }) });
      return node;
    }
    const { definitions, removed } = trimmed;
    notes.push({ instance: node.name, removed });
    const gone = new Set(removed.imports);
    dropped.set(node.name, gone);
    return { ...withoutImports(node, gone), definitions };
  });
  return { nodes: result, imports: stillImported(imports, dropped), notes };
}
