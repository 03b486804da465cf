import { Substitution, type AnyType, type TypeBudget } from './substitute.ts';
import type { ComponentType, ExternType, InstanceType } from './types.ts';

/**
 * What instantiating a component gives: its exports, with each type that it imports replaced by the one
 * supplied, and every other resource made anew. Whether the arguments fit is not checked here (see
 * subtype.ts); arguments may be missing. Throws Malformed when the types exceed the budget.
 *
 * Source: Binary.md, notes on "Instance Definitions"; Explainer.md, "Type Checking".
 */
export function instantiate(
  component: ComponentType,
  args: ReadonlyMap<string, ExternType>,
  budget: TypeBudget,
): InstanceType {
  const replace = new Map<AnyType, AnyType>();
  for (const [name, wanted] of component.imports) {
    const given = args.get(name);
    if (given) bindTypes(wanted, given, replace);
  }
  const substitution = new Substitution(replace, budget, (resource) => ({ ...resource }));
  return budget.made<InstanceType>(
    { kind: 'instance', exports: substitution.externs(component.exports) },
    [],
  );
}

/**
 * Notes which type stands for which when `given` is supplied for `wanted`: type against type by name, all the
 * way down. The first binding of a type stays: later names of it are uses.
 */
export function bindTypes(wanted: ExternType, given: ExternType, replace: Map<AnyType, AnyType>): void {
  if (wanted.kind === 'type' && given.kind === 'type') {
    if (!replace.has(wanted.type)) replace.set(wanted.type, given.type);
  } else if (wanted.kind === 'instance' && given.kind === 'instance') {
    for (const [name, inner] of wanted.type.exports) {
      const match = given.type.exports.get(name);
      if (match) bindTypes(inner, match, replace);
    }
  }
}
