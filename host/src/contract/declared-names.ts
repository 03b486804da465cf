import type { ResourceType, ValueType } from '../component/types.ts';
import type { Contract } from './interface.ts';
import { interfaceName, pascalCase } from './names.ts';

export type Named = ValueType | ResourceType;

/** How a name of an interface is declared in TypeScript. */
export interface DeclaredName {
  /** The TypeScript name. */
  readonly name: string;
  /** The WIT name, in the interface `contract`. */
  readonly wit: string;
  readonly contract: string;
  readonly type: Named;
  readonly as:
    | { readonly kind: 'declared' }
    /** Another name of a type that is declared in the same scope, or the very same name once more. */
    | { readonly kind: 'alias'; readonly of: string }
    /** Taken over from another module. */
    | { readonly kind: 'import'; readonly module: string; readonly name: string };
}

/** The names of one TypeScript scope: a module, or the file of all exported interfaces. */
export interface NameScope {
  readonly names: readonly DeclaredName[];
  /** The TypeScript name of a type as an interface of this scope calls it. */
  readonly nameOf: (contract: string, type: Named) => string | undefined;
}

/** Where a type is declared first: imported interfaces in order, then the exports. */
export type Origins = Map<Named, { readonly module: string; readonly name: string }>;

/**
 * The names of an imported interface, which has a module of its own. Types are told apart by object identity;
 * the first module that has one declares it, the others import it from there.
 */
export function moduleScope(contract: Contract, origins: Origins): NameScope {
  const names: DeclaredName[] = [];
  for (const [wit, type] of namedIn(contract)) {
    const name = typeName(wit);
    const origin = originOf(type, contract.id, name, origins);
    const as = placeOf(origin, contract.id, name);
    names.push({ name, wit, contract: contract.id, type, as });
  }
  return scopeOf(names);
}

/**
 * The names of all exported interfaces, which share a file. A name that another interface has taken for
 * another type gets its interface's name in front.
 */
export function exportsScope(
  contracts: readonly Contract[],
  reserved: readonly string[],
  origins: Origins,
): NameScope {
  const taken = new Map<string, Named | undefined>(reserved.map((name) => [name, undefined]));
  const names: DeclaredName[] = [];
  for (const contract of contracts) {
    for (const [wit, type] of namedIn(contract)) {
      let name = typeName(wit);
      if (taken.has(name) && taken.get(name) !== type) name = pascalCase(interfaceName(contract.id)) + name;
      while (taken.has(name) && taken.get(name) !== type) name += '_';
      const repeated = taken.has(name);
      taken.set(name, type);
      const origin = originOf(type, '', name, origins);
      const as = repeated ? { kind: 'alias' as const, of: name } : placeOf(origin, '', name);
      names.push({ name, wit, contract: contract.id, type, as });
    }
  }
  return scopeOf(names);
}

function namedIn(contract: Contract): [string, Named][] {
  return [
    ...contract.resources.map((resource): [string, Named] => [resource.name, resource.type]),
    ...contract.types,
  ];
}

/** Primitive types have no identity: an alias of one is declared wherever it stands. */
function originOf(
  type: Named,
  module: string,
  name: string,
  origins: Origins,
): { module: string; name: string } {
  const known = type.kind === 'primitive' ? undefined : origins.get(type);
  if (known) return known;
  const origin = { module, name };
  if (type.kind !== 'primitive') origins.set(type, origin);
  return origin;
}

function placeOf(origin: { module: string; name: string }, module: string, name: string): DeclaredName['as'] {
  if (origin.module !== module) return { kind: 'import', ...origin };
  return origin.name === name ? { kind: 'declared' } : { kind: 'alias', of: origin.name };
}

function scopeOf(names: readonly DeclaredName[]): NameScope {
  const byContract = new Map<string, Map<Named, string>>();
  const anywhere = new Map<Named, string>();
  for (const { contract, type, name } of names) {
    if (type.kind === 'primitive') continue;
    const own = byContract.get(contract) ?? new Map<Named, string>();
    byContract.set(contract, own);
    if (!own.has(type)) own.set(type, name);
    if (!anywhere.has(type)) anywhere.set(type, name);
  }
  return { names, nameOf: (contract, type) => byContract.get(contract)?.get(type) ?? anywhere.get(type) };
}

/** Global types that declarations refer to: a WIT type of that name must not hide them. */
const GLOBAL_TYPES = new Set(['Uint8Array', 'Int8Array', 'Promise', 'Map', 'Symbol', 'AsyncIterable']);

export function typeName(wit: string): string {
  const name = pascalCase(wit);
  return GLOBAL_TYPES.has(name) ? `${name}_` : name;
}
