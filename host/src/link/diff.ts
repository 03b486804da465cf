import { guarded } from '../component/guarded.ts';
import { instantiate } from '../component/instantiate.ts';
import { compareNames, matchName } from '../component/names.ts';
import { printExtern } from '../component/print.ts';
import { componentTypeOf } from '../component/signature.ts';
import { mismatches } from '../component/subtype.ts';
import { TypeBudget } from '../component/substitute.ts';
import type { ComponentType, ExternType, ResourceType } from '../component/types.ts';
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { failure, success, type Result } from '../diagnostics/result.ts';
import { resourcesIn, typeOwners } from './closure.ts';
import { isStrayInit } from './exports.ts';

/** One thing in which two components differ. */
export interface Difference {
  readonly side: 'import' | 'export';
  /** The import's or export's name: the old component's where both have it. */
  readonly name: string;
  /** Where in its type: `submit(order).lines`; empty for the whole. */
  readonly path: string;
  readonly change: 'added' | 'removed' | 'changed' | 'version';
  /** Whether it keeps the new component from taking the old one's place. */
  readonly breaking: boolean;
  /** What the old component has there, and what the new one. */
  readonly old?: string;
  readonly new?: string;
}

export interface Comparison {
  /** Whether whoever imports from the old component can import from the new one. */
  readonly asProvider: boolean;
  /** Whether whoever provides to the old component provides all that the new one needs. */
  readonly asImporter: boolean;
  readonly compatible: boolean;
  readonly differences: readonly Difference[];
}

/**
 * Whether a component can replace another: its exports must do for those of the old one, and the old one's
 * imports must do for its own. Names match exactly or on one semver track, types structurally, resources by
 * who makes them. Diagnostics: those of decodeComponent, with `old` or `new` in `where`.
 */
export function diff(old: Uint8Array, next: Uint8Array): Result<Comparison> {
  return guarded(() => {
    const [a, b] = [named('old', componentTypeOf(old)), named('new', componentTypeOf(next))];
    if (!a.ok || !b.ok) return failure(...(a.ok ? [] : a.diagnostics), ...(b.ok ? [] : b.diagnostics));
    return success(compareTypes(a.value, b.value));
  });
}

function named(name: string, result: Result<ComponentType>): Result<ComponentType> {
  if (result.ok) return result;
  return failure(
    ...result.diagnostics.map((d) => ({ ...d, where: d.where === undefined ? name : `${name}, ${d.where}` })),
  );
}

/** As diff, of types that are decoded already. Throws Malformed when they exceed the budget. */
export function compareTypes(a: ComponentType, b: ComponentType): Comparison {
  const imports = compareImports(a, b);
  const exports = compareExports(a, b, imports.given);
  const differences = [...exports, ...imports.differences];
  const fine = (side: Difference['side']): boolean =>
    !differences.some((difference) => difference.breaking && difference.side === side);
  const [asProvider, asImporter] = [fine('export'), fine('import')];
  return { asProvider, asImporter, compatible: asProvider && asImporter, differences };
}

function compareImports(
  a: ComponentType,
  b: ComponentType,
): { differences: Difference[]; given: ReadonlyMap<string, ExternType> } {
  const side = 'import';
  const differences: Difference[] = [];
  const given = new Map<string, ExternType>();
  const matched = new Set<string>();
  const resources = new Map<ResourceType, ResourceType>();
  for (const [name, wanted] of ownImports(b)) {
    const match = bestMatch(name, a.imports);
    const known = match === undefined ? undefined : a.imports.get(match);
    if (match === undefined || !known) {
      const breaking = needsProvider(wanted);
      differences.push({ side, name, path: '', change: 'added', breaking, new: printExtern(wanted) });
      continue;
    }
    matched.add(match);
    given.set(name, known);
    if (match !== name) differences.push(version(side, match, name));
    for (const { path, expected, found } of mismatches(known, wanted, '', { resources })) {
      const more = wanted.kind === 'instance' ? wanted.type.exports.get(path) : undefined;
      const breaking = found !== NOTHING || !more || needsProvider(more);
      differences.push({ side, name: match, path, ...changeOf(found, expected), breaking });
    }
    differences.push(
      ...onlyIn(known, wanted).map(([path, extern]) => removed(side, match, path, extern, false)),
    );
  }
  for (const [name, extern] of ownImports(a)) {
    if (!matched.has(name)) differences.push(removed(side, name, '', extern, false));
  }
  return { differences, given };
}

/** All but a world's own names for types that it uses of an interface: those come with the interface. */
function ownImports(component: ComponentType): [string, ExternType][] {
  const owners = typeOwners(component);
  return [...component.imports].filter(
    ([name, extern]) => extern.kind !== 'type' || owners.get(extern.type)?.import === name,
  );
}

function compareExports(
  a: ComponentType,
  b: ComponentType,
  given: ReadonlyMap<string, ExternType>,
): Difference[] {
  const side = 'export';
  const differences: Difference[] = [];
  // The new component's exports as they are with the old one's imports: so both speak of the same resources.
  const offered = instantiate(b, given, new TypeBudget()).exports;
  const imported = new Set([...a.imports.values()].flatMap(resourcesIn));
  const resources = new Map<ResourceType, ResourceType>();
  const open = (resource: ResourceType): boolean => !imported.has(resource);
  const matched = new Set<string>();
  for (const [name, promised] of a.exports) {
    if (isStrayInit(name, promised)) continue;
    const match = bestMatch(name, offered);
    const found = match === undefined ? undefined : offered.get(match);
    if (match === undefined || !found) {
      differences.push(removed(side, name, '', promised, true));
      continue;
    }
    matched.add(match);
    if (match !== name) differences.push(version(side, name, match));
    for (const mismatch of mismatches(found, promised, '', { resources, open })) {
      const change = changeOf(mismatch.expected, mismatch.found);
      differences.push({ side, name, path: mismatch.path, ...change, breaking: true });
    }
    differences.push(
      ...onlyIn(found, promised).map(([path, extern]): Difference => ({
        side,
        name,
        path,
        change: 'added',
        breaking: false,
        new: printExtern(extern),
      })),
    );
  }
  for (const [name, extern] of offered) {
    if (matched.has(name) || isStrayInit(name, extern)) continue;
    differences.push({ side, name, path: '', change: 'added', breaking: false, new: printExtern(extern) });
  }
  return differences;
}

/** The name itself, else the highest on its track. */
function bestMatch(name: string, externs: ReadonlyMap<string, ExternType>): string | undefined {
  return matchName(name, externs.keys()).toSorted(compareNames).at(-1);
}

/** Whether somebody must give it: value types alone are equal wherever they come from. */
function needsProvider(extern: ExternType): boolean {
  if (extern.kind === 'type') return extern.type.kind === 'resource';
  return extern.kind !== 'instance' || [...extern.type.exports.values()].some(needsProvider);
}

/** What an interface has and the other lacks. */
function onlyIn(one: ExternType, other: ExternType): [string, ExternType][] {
  if (one.kind !== 'instance' || other.kind !== 'instance') return [];
  return [...one.type.exports].filter(([name]) => !other.type.exports.has(name));
}

function removed(
  side: Difference['side'],
  name: string,
  path: string,
  extern: ExternType,
  breaking: boolean,
): Difference {
  return { side, name, path, change: 'removed', breaking, old: printExtern(extern) };
}

function version(side: Difference['side'], old: string, next: string): Difference {
  return { side, name: old, path: '', change: 'version', breaking: false, old, new: next };
}

function changeOf(old: string, next: string): Pick<Difference, 'change' | 'old' | 'new'> {
  if (old === NOTHING) return { change: 'added', new: next };
  if (next === NOTHING) return { change: 'removed', old };
  return { change: 'changed', old, new: next };
}

const NOTHING = 'nothing';

/** Each breaking difference as a diagnostic, `link/breaking-change`. */
export function breakingChanges({ differences }: Comparison): Diagnostic[] {
  return differences.flatMap((difference) => {
    if (!difference.breaking) return [];
    const { side, name, path, old = NOTHING, new: next = NOTHING } = difference;
    const place = path === '' ? name : `${name}: ${path}`;
    const exported = side === 'export';
    return diagnose('link/breaking-change', messageOf(difference), {
      where: `${side} ${place}`,
      expected: exported ? old : next,
      found: exported ? next : old,
      next: exported
        ? 'Keep it for those who import it, or export it under a new version beside the old one.'
        : 'Provide it wherever the component is used before it is replaced, or do without it.',
    });
  });
}

function messageOf({ side, name, path, change }: Difference): string {
  const what = path === '' ? name : `${path} of ${name}`;
  if (side === 'export') {
    return change === 'removed'
      ? `the new component does not export ${what}`
      : `the new component exports ${what} as another type`;
  }
  return change === 'added'
    ? `the new component needs ${what}, which the old one does not`
    : `the new component imports ${what} as another type`;
}
