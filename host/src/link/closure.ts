import { valueParts, type AnyType } from '../component/substitute.ts';
import type { ComponentType, ExternType, ResourceType } from '../component/types.ts';
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts';
import type { LinkNode } from './graph.ts';
import { once } from './once.ts';

/** Which import owns a type, and under which name. */
export type TypeOwners = ReadonlyMap<AnyType, { readonly import: string; readonly type: string }>;

/** Who owns a component's named types: the first import that exports one; later ones use it. */
export const typeOwners = once((signature: ComponentType): TypeOwners => {
  const owners = new Map<AnyType, { import: string; type: string }>();
  for (const [name, extern] of signature.imports) {
    const types: Iterable<[string, ExternType]> =
      extern.kind === 'instance' ? extern.type.exports : [[name, extern]];
    for (const [type, exported] of types) {
      if (exported.kind === 'type' && !owners.has(exported.type))
        owners.set(exported.type, { import: name, type });
    }
  }
  return owners;
});

/**
 * Open imports that use a resource of an interface which an edge binds: the outside cannot provide them, since
 * it cannot know the resource. Diagnostics: `link/resource-closure`.
 */
export function closureProblems(node: LinkNode): Diagnostic[] {
  if (node.bound.size === 0) return [];
  const owners = typeOwners(node.signature);
  const problems: Diagnostic[] = [];
  for (const [name, extern] of node.signature.imports) {
    if (node.bound.has(name)) continue;
    for (const resource of resourcesIn(extern)) {
      const owner = owners.get(resource)?.import;
      const provider = owner === undefined ? undefined : node.bound.get(owner)?.provider;
      if (owner === undefined || provider === undefined) continue;
      problems.push(
        diagnose(
          'link/resource-closure',
          `${name} stays imported but uses ${resource.label}, which ${provider} provides`,
          {
            where: `import ${name} of ${node.name}`,
            expected: `${owner} and ${name} from one side`,
            found: `${owner} from ${provider}, ${name} from outside`,
            next: `Let a service provide ${name} too, or unlink ${owner} from ${provider}.`,
          },
        ),
      );
    }
  }
  return problems;
}

/** Every resource that a type mentions, once each, in order. */
export function resourcesIn(extern: ExternType): ResourceType[] {
  return typesIn(extern).filter((type) => type.kind === 'resource');
}

/** Every type that a type mentions, itself included, once each, in order. */
export function typesIn(extern: ExternType): AnyType[] {
  const seen = new Set<AnyType>();
  const visitExtern = (e: ExternType): void => {
    if (e.kind !== 'core-module') visit(e.type);
  };
  const visit = (type: AnyType): void => {
    if (seen.has(type)) return;
    seen.add(type);
    switch (type.kind) {
      case 'resource':
        return;
      case 'func':
        for (const param of type.params) visit(param.type);
        if (type.result) visit(type.result);
        return;
      case 'component':
        for (const e of type.imports.values()) visitExtern(e);
        for (const e of type.exports.values()) visitExtern(e);
        return;
      case 'instance':
        for (const e of type.exports.values()) visitExtern(e);
        return;
      default:
        for (const part of valueParts(type)) if (part) visit(part);
    }
  };
  visitExtern(extern);
  return [...seen];
}
