import { Malformed } from '../binary/malformed.ts';
import { Scope, type TypeEntry } from './scope.ts';
import { externParts, Substitution, valueParts, type AnyType } from './substitute.ts';
import type { Alias, Declaration, ExternDesc, SortIndex, TypeDef, ValueRef } from './syntax.ts';
import type {
  ComponentType,
  ExternType,
  Field,
  FuncType,
  InstanceType,
  ResourceType,
  ValueType,
} from './types.ts';

/** What a type definition means where it stands. Throws Malformed. */
export function typeOf(def: TypeDef, scope: Scope, offset: number): TypeEntry {
  switch (def.kind) {
    case 'resource':
      return { type: { kind: 'resource', label: 'resource' }, bound: [] };
    case 'func': {
      const params = fields(def.params, scope, offset);
      const result = def.result === undefined ? undefined : scope.value(def.result, offset);
      const type: FuncType = { kind: 'func', async: def.async, params, ...(result && { result }) };
      return unbound(scope.budget.made(type, [...params.map((p) => p.type), result], offset));
    }
    case 'instance':
    case 'component':
      return typeBody(def.kind, def.body, scope, offset);
    default: {
      const type = valueType(def, scope, offset);
      return unbound(scope.budget.made(type, valueParts(type), offset));
    }
  }
}

function unbound(type: AnyType): TypeEntry {
  return { type, bound: [] };
}

function fields(refs: readonly { name: string; type: ValueRef }[], scope: Scope, offset: number): Field[] {
  return refs.map((field) => ({ name: field.name, type: scope.value(field.type, offset) }));
}

type ValueDef = Exclude<TypeDef, { kind: 'resource' | 'func' | 'instance' | 'component' }>;

function valueType(def: ValueDef, scope: Scope, offset: number): ValueType {
  const value = (ref: ValueRef): ValueType => scope.value(ref, offset);
  switch (def.kind) {
    // An object of its own: `type duration = u64` is a named type.
    case 'primitive':
      return { kind: 'primitive', name: def.name };
    case 'record':
      return { kind: 'record', fields: fields(def.fields, scope, offset) };
    case 'variant':
      return {
        kind: 'variant',
        cases: def.cases.map((c) => ({ name: c.name, ...(c.type !== undefined && { type: value(c.type) }) })),
      };
    case 'list':
      return { kind: 'list', element: value(def.element) };
    case 'option':
      return { kind: 'option', value: value(def.element) };
    case 'fixed-list':
      return { kind: 'fixed-list', element: value(def.element), length: def.length };
    case 'map':
      return { kind: 'map', key: value(def.key), value: value(def.value) };
    case 'tuple':
      return { kind: 'tuple', elements: def.elements.map(value) };
    case 'flags':
    case 'enum':
      return { kind: def.kind, names: def.names };
    case 'result':
      return {
        kind: 'result',
        ...(def.ok !== undefined && { ok: value(def.ok) }),
        ...(def.err !== undefined && { err: value(def.err) }),
      };
    case 'own':
    case 'borrow':
      return { kind: def.kind, resource: scope.typed('resource', def.resource, offset) };
    case 'stream':
      return { kind: 'stream', ...(def.element !== undefined && { element: value(def.element) }) };
    case 'future':
      return { kind: 'future', ...(def.element !== undefined && { value: value(def.element) }) };
  }
}

function typeBody(
  kind: 'instance' | 'component',
  body: readonly Declaration[],
  parent: Scope,
  offset: number,
): TypeEntry {
  const scope = new Scope(parent, parent.budget);
  const imports = new Map<string, ExternType>();
  const exports = new Map<string, ExternType>();
  const bound: ResourceType[] = [];
  for (const declaration of body) {
    switch (declaration.is) {
      case 'core-type':
        break;
      case 'type':
        scope.types.push(typeOf(declaration.type, scope, declaration.offset));
        break;
      case 'alias':
        declareAlias(declaration.alias, scope, declaration.offset);
        break;
      case 'import':
      case 'export': {
        const { name } = declaration.name;
        const into = declaration.is === 'import' ? imports : exports;
        if (into.has(name)) {
          throw new Malformed(
            'invalid',
            `two ${declaration.is}s of a type are named ${name}`,
            declaration.offset,
          );
        }
        into.set(name, declare(declaration.desc, name, scope, bound, declaration.offset));
      }
    }
  }
  if (kind === 'instance') {
    const type: InstanceType = { kind, exports };
    return { type: scope.budget.made(type, externParts(exports), offset), bound };
  }
  const type: ComponentType = { kind, imports, exports };
  // The resources of a component type are its own until it is instantiated.
  return unbound(scope.budget.made(type, [...externParts(imports), ...externParts(exports)], offset));
}

function declareAlias(alias: Alias, scope: Scope, offset: number): void {
  if (alias.kind === 'outer') return outer(alias, scope, offset);
  const extern =
    alias.kind === 'export'
      ? scope.get('instance', alias.instance, offset).exports.get(alias.name)
      : undefined;
  if (!extern)
    throw new Malformed(
      'invalid',
      `an alias names ${alias.name}, which its instance does not export`,
      offset,
    );
  scope.push(extern);
}

/** An alias of something outside: `count` scopes further out. */
export function outer(alias: Alias & { kind: 'outer' }, scope: Scope, offset: number): void {
  let from: Scope | undefined = scope;
  for (let n = 0; n < alias.count && from; n++) from = from.parent;
  if (!from) throw new Malformed('invalid', 'an outer alias reaches beyond the outermost component', offset);
  if (alias.sort === 'type') scope.types.push(from.entry(alias.index, offset));
  else if (alias.sort === 'component') scope.components.push(from.get('component', alias.index, offset));
  else if (!alias.sort.startsWith('core ')) {
    throw new Malformed('invalid', 'an outer alias is of a sort that it cannot have', offset, {
      expected: 'a type, a component or a core module',
      found: alias.sort,
    });
  }
}

/**
 * What an import or export is, appended to its index space (unless `append` is false: an export has its own
 * index already). An instance's resources are made anew and named `<name>#<resource>`; they and a resource
 * declared here are added to `bound`.
 */
export function declare(
  desc: ExternDesc,
  name: string,
  scope: Scope,
  bound: ResourceType[],
  offset: number,
  append = true,
): ExternType {
  const extern = externOf(desc, name, scope, bound, offset);
  if (append) scope.push(extern);
  return extern;
}

function externOf(
  desc: ExternDesc,
  name: string,
  scope: Scope,
  bound: ResourceType[],
  offset: number,
): ExternType {
  switch (desc.kind) {
    case 'core-module':
      return { kind: 'core-module' };
    case 'func':
      return { kind: 'func', type: scope.typed('func', desc.type, offset) };
    case 'component':
      return { kind: 'component', type: scope.typed('component', desc.type, offset) };
    case 'value':
      return { kind: 'value', type: scope.value(desc.type, offset) };
    case 'value-eq':
      return { kind: 'value', type: scope.get('value', desc.value, offset) };
    case 'type-eq':
      return { kind: 'type', type: scope.entry(desc.type, offset).type };
    case 'sub-resource': {
      const resource: ResourceType = { kind: 'resource', label: name };
      bound.push(resource);
      return { kind: 'type', type: resource };
    }
    case 'instance': {
      const type = scope.typed('instance', desc.type, offset);
      const own = scope.entry(desc.type, offset).bound;
      if (own.length === 0) return { kind: 'instance', type };
      const replace = new Map<AnyType, AnyType>();
      for (const resource of own) {
        const fresh: ResourceType = { kind: 'resource', label: `${name}#${resource.label}` };
        replace.set(resource, fresh);
        bound.push(fresh);
      }
      return { kind: 'instance', type: new Substitution(replace, scope.budget).instance(type) };
    }
  }
}

/** What an index refers to. */
export function lookUp(at: SortIndex, scope: Scope, offset: number): ExternType {
  switch (at.sort) {
    case 'func':
      return { kind: 'func', type: scope.get('func', at.index, offset) };
    case 'value':
      return { kind: 'value', type: scope.get('value', at.index, offset) };
    case 'type':
      return { kind: 'type', type: scope.entry(at.index, offset).type };
    case 'component':
      return { kind: 'component', type: scope.get('component', at.index, offset) };
    case 'instance':
      return { kind: 'instance', type: scope.get('instance', at.index, offset) };
    case 'core module':
      return { kind: 'core-module' };
    default:
      throw new Malformed('invalid', 'only a core module can cross a component as it is', offset, {
        found: at.sort,
      });
  }
}
