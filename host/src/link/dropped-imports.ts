import type { LinkNode } from './graph.ts';
import type { MergedImport } from './merge.ts';

/** Imports that passes found unused in an instance's component, by instance. */
export type DroppedImports = ReadonlyMap<string, ReadonlySet<string>>;

/** An instance that imports less, and is given less. */
export function withoutImports(node: LinkNode, dropped: ReadonlySet<string>): LinkNode {
  if (dropped.size === 0) return node;
  const rest = <T>(all: ReadonlyMap<string, T>): Map<string, T> =>
    new Map([...all].filter(([name]) => !dropped.has(name)));
  const signature = { ...node.signature, imports: rest(node.signature.imports) };
  return { ...node, signature, bound: rest(node.bound) };
}

/** Those that somebody still imports. */
export function stillImported(imports: readonly MergedImport[], dropped: DroppedImports): MergedImport[] {
  return imports.filter(({ members }) =>
    members.some((member) => !dropped.get(member.instance)?.has(member.import)),
  );
}
