import type {
  ComponentType,
  ExternType,
  FuncType,
  InstanceType,
  ResourceType,
  ValueType,
} from '../component/types.ts';

/** A function of an interface or a world, or a member of a resource. */
export interface ContractFunction {
  /** As in WIT: `submit`, `get-keys`; `constructor` for a constructor. */
  readonly name: string;
  /** As in the component: `submit`, `[method]store.get`, `[static]store.open`, `[constructor]counter`. */
  readonly externName: string;
  readonly kind: 'freestanding' | 'constructor' | 'method' | 'static';
  /** Parameters without the handle that a method is called on. */
  readonly type: FuncType;
}

/** A resource under the name that an interface gives it. */
export interface ContractResource {
  readonly name: string;
  readonly type: ResourceType;
  readonly functions: readonly ContractFunction[];
}

/** An interface as generators want it. */
export interface Contract {
  /** `orders:fulfilment/fulfilment@0.1.0`, or the plain name of an interface written inside a world. */
  readonly id: string;
  /** Named value types in order, those taken over by `use` too. */
  readonly types: ReadonlyMap<string, ValueType>;
  readonly resources: readonly ContractResource[];
  /** Freestanding functions in order. */
  readonly functions: readonly ContractFunction[];
}

/** A world as generators want it. */
export interface World {
  readonly imports: readonly Contract[];
  readonly exports: readonly Contract[];
  /** Functions and types that the world itself imports and exports, without an interface around them. */
  readonly ownImports: Contract;
  readonly ownExports: Contract;
}

/** Sorts a world's imports and exports into interfaces, and what is in those into types and functions. */
export function worldOf(component: ComponentType): World {
  return {
    imports: interfacesOf(component.imports),
    exports: interfacesOf(component.exports),
    ownImports: contractOf('', withoutInterfaces(component.imports)),
    ownExports: contractOf('', withoutInterfaces(component.exports)),
  };
}

/** One interface, sorted. */
export function contractOf(id: string, instance: InstanceType): Contract {
  const types = new Map<string, ValueType>();
  const resources = new Map<string, { name: string; type: ResourceType; functions: ContractFunction[] }>();
  const functions: ContractFunction[] = [];
  for (const [name, extern] of instance.exports) {
    if (extern.kind === 'type' && extern.type.kind === 'resource') {
      resources.set(name, { name, type: extern.type, functions: [] });
    } else if (extern.kind === 'type' && isValueType(extern.type)) {
      types.set(name, extern.type);
    } else if (extern.kind === 'func') {
      const member = memberOf(name, extern.type);
      if (member.resource === undefined) functions.push(member.function);
      else resources.get(member.resource)?.functions.push(member.function);
    }
  }
  return { id, types, resources: [...resources.values()], functions };
}

/** `[method]store.get` → the resource `store` and the function `get`. Source: Explainer.md, "Name Elision". */
function memberOf(externName: string, type: FuncType): { resource?: string; function: ContractFunction } {
  const [, kind, resource = '', name = 'constructor'] =
    /^\[(constructor|method|static)\]([^.]+)(?:\.(.+))?$/.exec(externName) ?? [];
  if (kind !== 'constructor' && kind !== 'method' && kind !== 'static') {
    return { function: { name: externName, externName, kind: 'freestanding', type } };
  }
  const own = kind === 'method' ? { ...type, params: type.params.slice(1) } : type;
  return { resource, function: { name, externName, kind, type: own } };
}

function interfacesOf(externs: ReadonlyMap<string, ExternType>): Contract[] {
  return [...externs].flatMap(([id, extern]) =>
    extern.kind === 'instance' ? [contractOf(id, extern.type)] : [],
  );
}

function withoutInterfaces(externs: ReadonlyMap<string, ExternType>): InstanceType {
  return { kind: 'instance', exports: new Map([...externs].filter(([, { kind }]) => kind !== 'instance')) };
}

const NOT_VALUES = new Set(['resource', 'func', 'instance', 'component']);

function isValueType(type: { readonly kind: string }): type is ValueType {
  return !NOT_VALUES.has(type.kind);
}
