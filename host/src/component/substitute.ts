import { Malformed } from '../binary/malformed.ts';
import { LIMITS } from './limits.ts';
import type {
  ComponentType,
  ExternType,
  Field,
  FuncType,
  InstanceType,
  ResourceType,
  ValueType,
} from './types.ts';

export type AnyType = ValueType | ResourceType | FuncType | InstanceType | ComponentType;

/**
 * Keeps count of what working out types may take. A type of depth and size within LIMITS can be walked by
 * plain recursion anywhere, even by code that forgets what it has seen.
 */
export class TypeBudget {
  private substitutions = 0;
  private readonly measures = new WeakMap<object, { readonly depth: number; readonly size: number }>();

  /** Registers a type just made of these others; throws Malformed when it gets too deep or too large. */
  made<T extends object>(type: T, parts: Iterable<object | undefined>, offset = 0): T {
    let depth = 1;
    let size = 1;
    for (const part of parts) {
      const measure = part && this.measures.get(part);
      depth = Math.max(depth, 1 + (measure?.depth ?? 1));
      size += measure?.size ?? 1;
    }
    if (depth > LIMITS.typeDepth) throw new Malformed('limit', 'a type is nested too deep', offset);
    if (size > LIMITS.typeSize) throw new Malformed('limit', 'a type is too large', offset);
    this.measures.set(type, { depth, size });
    return type;
  }

  substituted(): void {
    if (++this.substitutions > LIMITS.substitutions)
      throw new Malformed('limit', 'working out the types takes too long', 0);
  }
}

/**
 * Replaces types by identity, everywhere below a type. What does not change stays the same object, so named
 * types keep their identity. `fresh` may give a replacement for a resource that the map does not have; it is
 * asked once per resource.
 */
export class Substitution {
  private readonly done = new Map<object, object>();
  private readonly replace: ReadonlyMap<AnyType, AnyType>;
  private readonly budget: TypeBudget;
  private readonly fresh: ((resource: ResourceType) => ResourceType) | undefined;

  constructor(
    replace: ReadonlyMap<AnyType, AnyType>,
    budget: TypeBudget,
    fresh?: (resource: ResourceType) => ResourceType,
  ) {
    this.replace = replace;
    this.budget = budget;
    this.fresh = fresh;
  }

  extern(extern: ExternType): ExternType {
    this.budget.substituted();
    switch (extern.kind) {
      case 'core-module':
        return extern;
      case 'func':
        return this.wrap(extern, this.func(extern.type));
      case 'instance':
        return this.wrap(extern, this.instance(extern.type));
      case 'component':
        return this.wrap(extern, this.component(extern.type));
      case 'value':
        return this.wrap(extern, this.value(extern.type));
      case 'type':
        return this.wrap(extern, this.any(extern.type));
    }
  }

  any(type: AnyType): AnyType {
    switch (type.kind) {
      case 'resource':
        return this.resource(type);
      case 'func':
        return this.func(type);
      case 'instance':
        return this.instance(type);
      case 'component':
        return this.component(type);
      default:
        return this.value(type);
    }
  }

  resource(type: ResourceType): ResourceType {
    const replaced = this.replace.get(type);
    if (replaced?.kind === 'resource') return replaced;
    if (!this.fresh) return type;
    return this.once(type, () => this.fresh?.(type) ?? type);
  }

  value(type: ValueType): ValueType {
    if (type.kind === 'primitive' && !this.replace.has(type)) return type;
    const replaced = this.replace.get(type);
    if (replaced && isValueType(replaced)) return replaced;
    return this.once(type, () => this.rebuildValue(type));
  }

  func(type: FuncType): FuncType {
    return this.once(type, () => {
      const params = this.labelled(type.params);
      const result = type.result && this.value(type.result);
      if (params === type.params && result === type.result) return type;
      const made: FuncType = { ...type, params, ...(result && { result }) };
      return this.budget.made(made, [...params.map((p) => p.type), result]);
    });
  }

  instance(type: InstanceType): InstanceType {
    return this.once(type, () => {
      const exports = this.externs(type.exports);
      if (exports === type.exports) return type;
      return this.budget.made<InstanceType>({ kind: 'instance', exports }, externParts(exports));
    });
  }

  component(type: ComponentType): ComponentType {
    return this.once(type, () => {
      const imports = this.externs(type.imports);
      const exports = this.externs(type.exports);
      if (imports === type.imports && exports === type.exports) return type;
      const made: ComponentType = { kind: 'component', imports, exports };
      return this.budget.made(made, [...externParts(imports), ...externParts(exports)]);
    });
  }

  externs(externs: ReadonlyMap<string, ExternType>): ReadonlyMap<string, ExternType> {
    const mapped = new Map<string, ExternType>();
    let changed = false;
    for (const [name, extern] of externs) {
      const replaced = this.extern(extern);
      changed ||= replaced !== extern;
      mapped.set(name, replaced);
    }
    return changed ? mapped : externs;
  }

  private once<T extends object>(type: T, make: () => T): T {
    const known = this.done.get(type);
    // Each kind of type maps to its own kind.
    if (known) return known as T;
    this.budget.substituted();
    const made = make();
    this.done.set(type, made);
    return made;
  }

  private wrap<E extends Exclude<ExternType, { kind: 'core-module' }>>(extern: E, type: E['type']): E {
    return type === extern.type ? extern : { ...extern, type };
  }

  private labelled(fields: readonly Field[]): readonly Field[] {
    const mapped = fields.map((field) => {
      const type = this.value(field.type);
      return type === field.type ? field : { ...field, type };
    });
    return mapped.every((field, at) => field === fields[at]) ? fields : mapped;
  }

  private rebuildValue(type: ValueType): ValueType {
    const made = this.mapParts(type);
    return made === type ? type : this.budget.made(made, valueParts(made));
  }

  private mapParts(type: ValueType): ValueType {
    switch (type.kind) {
      case 'primitive':
      case 'flags':
      case 'enum':
        return type;
      case 'record': {
        const fields = this.labelled(type.fields);
        return fields === type.fields ? type : { ...type, fields };
      }
      case 'variant': {
        const cases = type.cases.map((c) => {
          const payload = c.type && this.value(c.type);
          return payload === c.type ? c : { name: c.name, ...(payload && { type: payload }) };
        });
        return cases.every((c, at) => c === type.cases[at]) ? type : { ...type, cases };
      }
      case 'tuple': {
        const elements = type.elements.map((element) => this.value(element));
        return elements.every((element, at) => element === type.elements[at]) ? type : { ...type, elements };
      }
      case 'list':
      case 'fixed-list': {
        const element = this.value(type.element);
        return element === type.element ? type : { ...type, element };
      }
      case 'map': {
        const key = this.value(type.key);
        const value = this.value(type.value);
        return key === type.key && value === type.value ? type : { ...type, key, value };
      }
      case 'option': {
        const value = this.value(type.value);
        return value === type.value ? type : { ...type, value };
      }
      case 'result': {
        const ok = type.ok && this.value(type.ok);
        const err = type.err && this.value(type.err);
        return ok === type.ok && err === type.err
          ? type
          : { kind: 'result', ...(ok && { ok }), ...(err && { err }) };
      }
      case 'own':
      case 'borrow': {
        const resource = this.resource(type.resource);
        return resource === type.resource ? type : { ...type, resource };
      }
      case 'stream': {
        const element = type.element && this.value(type.element);
        return element === type.element ? type : { kind: 'stream', ...(element && { element }) };
      }
      case 'future': {
        const value = type.value && this.value(type.value);
        return value === type.value ? type : { kind: 'future', ...(value && { value }) };
      }
    }
  }
}

export function isValueType(type: AnyType): type is ValueType {
  return (
    type.kind !== 'resource' && type.kind !== 'func' && type.kind !== 'instance' && type.kind !== 'component'
  );
}

/** The types directly below a value type. */
export function valueParts(type: ValueType): (ValueType | ResourceType | undefined)[] {
  switch (type.kind) {
    case 'primitive':
      return [];
    // A name takes room too: a type of many labels is a large one.
    case 'flags':
    case 'enum':
      return type.names.map(() => undefined);
    case 'record':
      return type.fields.map((field) => field.type);
    case 'variant':
      return type.cases.map((c) => c.type);
    case 'tuple':
      return [...type.elements];
    case 'list':
    case 'fixed-list':
      return [type.element];
    case 'map':
      return [type.key, type.value];
    case 'option':
      return [type.value];
    case 'result':
      return [type.ok, type.err];
    case 'own':
    case 'borrow':
      return [type.resource];
    case 'stream':
      return [type.element];
    case 'future':
      return [type.value];
  }
}

/** The types directly below imports or exports. */
export function externParts(externs: ReadonlyMap<string, ExternType>): (AnyType | undefined)[] {
  return [...externs.values()].map((extern) => (extern.kind === 'core-module' ? undefined : extern.type));
}
