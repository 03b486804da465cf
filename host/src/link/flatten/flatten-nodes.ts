import { readComponent } from '../../component/decode.ts';
import { failure, success, type Result } from '../../diagnostics/result.ts';
import type { LinkNode } from '../graph.ts';
import { sameBytes } from '../hoist.ts';
import { flattenComponent, type Flattened } from './flatten.ts';

/** What became of one instance's component. */
export interface FlattenNote {
  readonly instance: string;
  /** Why it was left as it is; absent where it was flattened. */
  readonly reason?: string;
}

/**
 * The nodes with their components flattened where they can be, each component once, so that what was the same stays
 * the same. `used` says which exports of an instance anything is made of: functions that nobody uses are dropped.
 * Throws Malformed.
 */
export function flattenNodes(
  nodes: readonly LinkNode[],
  used: (instance: string, exportName: string) => boolean,
): Result<{ readonly nodes: readonly LinkNode[]; readonly notes: readonly FlattenNote[] }> {
  const done: { bytes: Uint8Array; flattened: Flattened; syntax: LinkNode['syntax'] }[] = [];
  const result: LinkNode[] = [];
  const notes: FlattenNote[] = [];
  for (const node of nodes) {
    let known = done.find(({ bytes }) => bytes === node.bytes || sameBytes(bytes, node.bytes));
    if (!known) {
      const alike = nodes.filter(({ bytes }) => bytes === node.bytes || sameBytes(bytes, node.bytes));
      const hide = (name: string): boolean => alike.every((one) => !used(one.name, name));
      const flattened = flattenComponent(node.bytes, { hide });
      if (!flattened.ok) return failure(...flattened.diagnostics);
      const { value } = flattened;
      const syntax = value.applied ? readComponent(value.bytes) : node.syntax;
      known = { bytes: node.bytes, flattened: value, syntax };
      done.push(known);
    }
    const { flattened, syntax } = known;
    notes.push({ instance: node.name, ...(!flattened.applied && { reason: flattened.reason }) });
    result.push(flattened.applied ? { ...node, bytes: flattened.bytes, syntax } : node);
  }
  return success({ nodes: result, notes });
}
