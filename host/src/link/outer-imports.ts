import type { ExternType } from '../component/types.ts';
import { typeOwners, typesIn } from './closure.ts';
import type { LinkNode } from './graph.ts';

/**
 * What a service needs from outside, in the order of its imports: those that no edge binds, and of bound ones
 * the value types that they mention. For a record, variant, enum or flags must have a name in an import before
 * another import mentions it (Explainer.md, "External Visibility"); value types being structural, the name may
 * come from outside while the functions come from a provider inside.
 */
export function outerImports(node: LinkNode): ReadonlyMap<string, ExternType> {
  const open = new Map([...node.signature.imports].filter(([name]) => !node.bound.has(name)));
  if (node.bound.size === 0) return open;
  const owners = typeOwners(node.signature);
  const needed = new Map<string, Map<string, ExternType>>();
  for (const type of [...open.values()].flatMap(typesIn)) {
    const owner = NAMED_VALUES.has(type.kind) ? owners.get(type) : undefined;
    if (!owner || !node.bound.has(owner.import)) continue;
    const types = needed.get(owner.import) ?? new Map<string, ExternType>();
    needed.set(owner.import, types.set(owner.type, { kind: 'type', type }));
  }
  const all = new Map<string, ExternType>();
  for (const [name, extern] of node.signature.imports) {
    const types = needed.get(name);
    const own = open.get(name);
    if (own) all.set(name, own);
    else if (types && extern.kind === 'instance') {
      all.set(name, {
        kind: 'instance',
        type: { kind: 'instance', exports: inOrderOf(extern.type.exports, types) },
      });
    }
  }
  return all;
}

const NAMED_VALUES: ReadonlySet<string> = new Set(['record', 'variant', 'enum', 'flags']);

function inOrderOf(
  order: ReadonlyMap<string, ExternType>,
  some: ReadonlyMap<string, ExternType>,
): Map<string, ExternType> {
  const ordered = new Map<string, ExternType>();
  for (const name of order.keys()) {
    const extern = some.get(name);
    if (extern) ordered.set(name, extern);
  }
  return ordered;
}
