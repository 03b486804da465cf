import { Malformed } from '../binary/malformed.ts';
import { success, type Result } from '../diagnostics/result.ts';
import { readComponent } from './decode.ts';
import { guarded } from './guarded.ts';
import { LIMITS } from './limits.ts';
import { Scope } from './scope.ts';
import { instantiate, bindTypes } from './instantiate.ts';
import { Substitution, TypeBudget, type AnyType } from './substitute.ts';
import type { Alias, ComponentSyntax, Definition } from './syntax.ts';
import { declare, typeOf, lookUp, outer } from './type-body.ts';
import type { ComponentType, ExternType, InstanceType, ResourceType } from './types.ts';

/**
 * What a component imports and exports. Exports are typed by instantiating what is nested, because toolchains
 * export interfaces through a component within; a resource is the same object wherever it is the same
 * resource. Diagnostics as decodeComponent's, and `component/invalid`.
 *
 * Source: component-model, Explainer.md, "Type Checking".
 */
export function componentTypeOf(bytes: Uint8Array): Result<ComponentType> {
  return guarded(() => success(signatureOf(readComponent(bytes))));
}

/** As componentTypeOf, of a decoded component; throws Malformed. */
export function signatureOf(component: ComponentSyntax, budget = new TypeBudget()): ComponentType {
  const type = typeComponent(component, undefined, budget);
  if (type.imports.size > LIMITS.externs || type.exports.size > LIMITS.externs) {
    throw new Malformed('limit', 'the component has too many imports or exports', component.start, {
      expected: `at most ${LIMITS.externs} of each`,
      found: `${type.imports.size} and ${type.exports.size}`,
    });
  }
  return labelExports(type, budget);
}

function typeComponent(
  component: ComponentSyntax,
  parent: Scope | undefined,
  budget: TypeBudget,
): ComponentType {
  const scope = new Scope(parent, budget);
  const imports = new Map<string, ExternType>();
  const exports = new Map<string, ExternType>();
  for (const section of component.sections) {
    for (const definition of section.definitions) define(definition, scope, imports, exports);
  }
  return { kind: 'component', imports, exports };
}

function define(
  definition: Definition,
  scope: Scope,
  imports: Map<string, ExternType>,
  exports: Map<string, ExternType>,
): void {
  const { offset } = definition;
  switch (definition.is) {
    case 'type':
      scope.types.push(typeOf(definition.type, scope, offset));
      return;
    case 'component':
      scope.components.push(typeComponent(definition.component, scope, scope.budget));
      return;
    case 'instance':
      scope.instances.push(typeInstance(definition, scope));
      return;
    case 'alias':
      alias(definition.alias, scope, offset);
      return;
    case 'canon':
      if (definition.canon.defines === 'func')
        scope.funcs.push(scope.typed('func', definition.canon.type ?? 0, offset));
      return;
    case 'import': {
      const { name } = definition.name;
      unique(imports, name, 'imports', offset);
      imports.set(name, declare(definition.desc, name, scope, [], offset));
      return;
    }
    case 'export': {
      const { name } = definition.name;
      unique(exports, name, 'exports', offset);
      const actual = lookUp(definition.index, scope, offset);
      const extern = definition.desc
        ? ascribe(actual, declare(definition.desc, name, scope, [], offset, false), scope.budget)
        : actual;
      exports.set(name, extern);
      scope.push(extern);
      return;
    }
    case 'value':
      scope.values.push(scope.value(definition.type, offset));
      return;
    case 'start': {
      const func = scope.get('func', definition.func, offset);
      if (func.result) scope.values.push(func.result);
      return;
    }
    case 'core-module':
    case 'core-instance':
    case 'core-type':
    case 'custom':
  }
}

function unique(names: ReadonlyMap<string, ExternType>, name: string, what: string, offset: number): void {
  if (names.has(name)) throw new Malformed('invalid', `two ${what} are named ${name}`, offset);
}

function typeInstance(definition: Definition & { is: 'instance' }, scope: Scope): InstanceType {
  const { offset } = definition;
  const args = new Map<string, ExternType>();
  for (const arg of definition.args) args.set(arg.name, lookUp(arg.index, scope, offset));
  if (definition.component === undefined) {
    return scope.budget.made<InstanceType>({ kind: 'instance', exports: args }, [], offset);
  }
  const component = scope.get('component', definition.component, offset);
  for (const name of component.imports.keys()) {
    if (!args.has(name)) throw new Malformed('invalid', `an instance is not given ${name}`, offset);
  }
  return instantiate(component, args, scope.budget);
}

function alias(target: Alias, scope: Scope, offset: number): void {
  if (target.kind === 'outer') return outer(target, scope, offset);
  if (target.kind === 'core-export') return;
  const instance = scope.get('instance', target.instance, offset);
  const extern = instance.exports.get(target.name);
  if (!extern)
    throw new Malformed(
      'invalid',
      `an alias names ${target.name}, which its instance does not export`,
      offset,
    );
  scope.push(extern);
}

/** An export's declared type, in terms of the resources that it really has. */
function ascribe(actual: ExternType, declared: ExternType, budget: TypeBudget): ExternType {
  if (declared.kind === 'type') return actual;
  if (declared.kind !== 'instance') return declared;
  const replace = new Map<AnyType, AnyType>();
  bindTypes(declared, actual, replace);
  return new Substitution(replace, budget).extern(declared);
}

/** Names the resources that a component makes after the export that shows them. */
function labelExports(component: ComponentType, budget: TypeBudget): ComponentType {
  const imported = new Set<ResourceType>();
  for (const [, resource] of resources(component.imports, '')) imported.add(resource);
  const replace = new Map<AnyType, AnyType>();
  for (const [label, resource] of resources(component.exports, '')) {
    if (!imported.has(resource) && !replace.has(resource) && resource.label !== label) {
      replace.set(resource, { kind: 'resource', label });
    }
  }
  if (replace.size === 0) return component;
  return { ...component, exports: new Substitution(replace, budget).externs(component.exports) };
}

function* resources(
  externs: ReadonlyMap<string, ExternType>,
  path: string,
): Generator<[string, ResourceType]> {
  for (const [name, extern] of externs) {
    if (extern.kind === 'type' && extern.type.kind === 'resource') yield [path + name, extern.type];
    if (extern.kind === 'instance') yield* resources(extern.type.exports, `${path}${name}#`);
  }
}
