import { sameBytes } from '../../binary/same-bytes.ts';
import { stillImported, withoutImports } from '../dropped-imports.ts';
import type { LinkNode } from '../graph.ts';
import type { MergedImport } from '../merge.ts';
import { flattenedDefinitions, type FlattenedDefinitions, type FlattenOptions } from './flatten.ts';
import { KnownModules } from './known-modules.ts';

/** What became of one instance's component. */
export interface FlattenNote {
  readonly instance: string;
  /** Why it was left as it is; absent where it was flattened. */
  readonly reason?: string;
}

export interface FlattenedNodes {
  readonly nodes: readonly LinkNode[];
  /** Those that somebody still imports. */
  readonly imports: readonly MergedImport[];
  readonly notes: readonly FlattenNote[];
}

/**
 * The nodes with their components flattened where they can be, each component once, so that what was the same stays
 * the same. `used` says which exports of an instance anything is made of: functions that nobody uses are dropped. `answers`
 * says what imported ones answer, where that is known.
 * Throws Malformed.
 */
export function flattenNodes(
  nodes: readonly LinkNode[],
  imports: readonly MergedImport[],
  used: (instance: string, exportName: string) => boolean,
  answers?: FlattenOptions['answers'],
): FlattenedNodes {
  const done: { readonly bytes: Uint8Array; readonly flattened: FlattenedDefinitions }[] = [];
  const modules = new KnownModules();
  const result: LinkNode[] = [];
  const notes: FlattenNote[] = [];
  const dropped = new Map<string, ReadonlySet<string>>();
  for (const node of nodes) {
    let known = done.find(({ bytes }) => sameBytes(bytes, node.bytes));
    if (!known) {
      const alike = nodes.filter(({ bytes }) => sameBytes(bytes, node.bytes));
      const hide = (name: string): boolean => alike.every((one) => !used(one.name, name));
      const flattened = flattenedDefinitions(
        node.bytes,
        node.syntax,
        { hide, ...(answers && { answers }) },
        modules,
      );
      done.push((known = { bytes: node.bytes, flattened }));
    }
    const { flattened } = known;
    notes.push({ instance: node.name, ...(!flattened.applied && { reason: flattened.reason }) });
    if (!flattened.applied) {
      result.push(node);
      continue;
    }
    const gone = new Set(flattened.dropped);
    dropped.set(node.name, gone);
    result.push({ ...withoutImports(node, gone), definitions: flattened.definitions });
  }
  return { nodes: result, imports: stillImported(imports, dropped), notes };
}
