import { Malformed } from '../binary/malformed.ts';
import type { AnyType, TypeBudget } from './substitute.ts';
import { isValueType } from './substitute.ts';
import type { ValueRef } from './syntax.ts';
import type {
  ComponentType,
  ExternType,
  FuncType,
  InstanceType,
  PrimitiveName,
  ResourceType,
  ValueType,
} from './types.ts';

/** A type of an index space; an instance type with the resources that each use of it makes anew. */
export interface TypeEntry {
  readonly type: AnyType;
  readonly bound: readonly ResourceType[];
}

interface SortTypes {
  func: FuncType;
  value: ValueType;
  component: ComponentType;
  instance: InstanceType;
}

const PRIMITIVES = new Map<PrimitiveName, ValueType>();

/** The type of a primitive used in place; one object each. */
export function primitive(name: PrimitiveName): ValueType {
  const known = PRIMITIVES.get(name);
  if (known) return known;
  const made: ValueType = { kind: 'primitive', name };
  PRIMITIVES.set(name, made);
  return made;
}

/** The index spaces of a component or of the body of a type. Core index spaces are not needed for typing. */
export class Scope {
  readonly types: TypeEntry[] = [];
  readonly funcs: FuncType[] = [];
  readonly values: ValueType[] = [];
  readonly components: ComponentType[] = [];
  readonly instances: InstanceType[] = [];
  readonly parent: Scope | undefined;
  readonly budget: TypeBudget;

  constructor(parent: Scope | undefined, budget: TypeBudget) {
    this.parent = parent;
    this.budget = budget;
  }

  /** The entry of an index space other than that of types. */
  get<S extends keyof SortTypes>(sort: S, index: number, offset: number): SortTypes[S] {
    const spaces: { [K in keyof SortTypes]: SortTypes[K][] } = {
      func: this.funcs,
      value: this.values,
      component: this.components,
      instance: this.instances,
    };
    const space = spaces[sort];
    const found = space[index];
    if (found === undefined) throw missing(sort, index, space.length, offset);
    return found;
  }

  entry(index: number, offset: number): TypeEntry {
    const found = this.types[index];
    if (!found) throw missing('type', index, this.types.length, offset);
    return found;
  }

  /** The type at an index, which must be of that kind. */
  typed<K extends 'func' | 'instance' | 'component' | 'resource'>(
    kind: K,
    index: number,
    offset: number,
  ): Extract<AnyType, { kind: K }> {
    const { type } = this.entry(index, offset);
    if (type.kind !== kind) throw wrongKind(index, kind, type.kind, offset);
    return type as Extract<AnyType, { kind: K }>;
  }

  value(ref: ValueRef, offset: number): ValueType {
    if (typeof ref === 'string') return primitive(ref);
    const { type } = this.entry(ref, offset);
    if (!isValueType(type)) throw wrongKind(ref, 'value type', type.kind, offset);
    return type;
  }

  /** Appends what an import, export or alias brings to its index space. */
  push(extern: ExternType): void {
    switch (extern.kind) {
      case 'func':
        this.funcs.push(extern.type);
        return;
      case 'value':
        this.values.push(extern.type);
        return;
      case 'type':
        this.types.push({ type: extern.type, bound: [] });
        return;
      case 'component':
        this.components.push(extern.type);
        return;
      case 'instance':
        this.instances.push(extern.type);
        return;
      case 'core-module':
    }
  }
}

function missing(sort: string, index: number, length: number, offset: number): Malformed {
  return new Malformed('invalid', `there is no ${sort} ${index}`, offset, {
    expected: length === 0 ? `a ${sort}, but there are none` : `an index below ${length}`,
    found: `${index}`,
  });
}

function wrongKind(index: number, expected: string, found: string, offset: number): Malformed {
  return new Malformed('invalid', `type ${index} is not a ${expected}`, offset, { expected, found });
}
