import { printType } from '../component/print.ts';
import type { AnyType } from '../component/substitute.ts';
import type { ExternType, FuncType, InstanceType } from '../component/types.ts';
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { failure, success, type Result } from '../diagnostics/result.ts';
import { typesIn } from './closure.ts';
import type { LinkGraph, LinkNode } from './graph.ts';
import type { MergedImport } from './merge.ts';

/** One export of the result: an export of one of its instances. */
export interface PlannedExport {
  readonly instance: string;
  /** Its name in the instance. */
  readonly name: string;
  /** Its name in the result. */
  readonly as: string;
}

export interface ExportPlan {
  readonly exports: readonly PlannedExport[];
  /** Exports of the root that are left out. */
  readonly hidden: readonly string[];
  /** Exports of providers that those that are wanted cannot do without. */
  readonly owners: readonly PlannedExport[];
}

/** What the result is to export, and what is left out of the root's exports. */
export interface WantedExports {
  readonly exports: readonly PlannedExport[];
  readonly hidden: readonly string[];
}

/** What the graph says, else all exports of the root but those that are hidden. */
export function wantedExports(
  { root, exports, hide }: LinkGraph,
  instances: ReadonlyMap<string, InstanceType>,
): WantedExports {
  if (exports) {
    const wanted = exports.map((one) => ({
      instance: one.instance,
      name: one.export,
      as: one.as ?? one.export,
    }));
    // Interfaces that share types stand in the order of their names.
    return { exports: wanted.toSorted((a, b) => (a.as < b.as ? -1 : 1)), hidden: [] };
  }
  const all = [...(instances.get(root)?.exports ?? [])];
  const hidden = new Set(
    all.flatMap(([name, extern]) => ((hide ? hide(name, root) : isStrayInit(name, extern)) ? [name] : [])),
  );
  return {
    exports: all.flatMap(([name]) => (hidden.has(name) ? [] : [{ instance: root, name, as: name }])),
    hidden: [...hidden],
  };
}

/**
 * The exports that are wanted, each behind those whose types it uses. A resource, record, variant, enum or flags
 * that an export mentions must have a name in an import, an earlier export or the export itself (Explainer.md,
 * "External Visibility"); where only a provider inside names it, the provider's interface is exported too.
 * Diagnostics: `link/unnamed-type`, where another thing is exported under that name.
 */
export function planExports(
  nodes: readonly LinkNode[],
  imports: readonly MergedImport[],
  instances: ReadonlyMap<string, InstanceType>,
  { exports: wanted, hidden }: WantedExports,
): Result<ExportPlan> {
  const visible = new Set(imports.flatMap((merged) => namedTypes(merged.extern)));
  const owners = namedOwners(nodes, instances);
  const ownersBeside = new Map(nodes.map((node) => [node.name, namedOwners([node], instances)]));
  const wantedAs = new Map(wanted.map((one) => [one.as, one]));
  const entered = new Map<string, string>();
  /** Owners before users. */
  const planned: PlannedExport[] = [];
  const problems: Diagnostic[] = [];

  const add = (one: PlannedExport): void => {
    const { instance, name, as } = one;
    const extern = instances.get(instance)?.exports.get(name);
    if (!extern || entered.has(as)) return;
    entered.set(as, instance);
    // What an interface uses may come to it by an interface beside it; a plain function sees only what was imported.
    const beside = extern.kind === 'instance' ? ownersBeside.get(instance) : undefined;
    for (const type of neededNames(extern)) {
      if (visible.has(type)) continue;
      for (const owner of new Set([beside?.get(type), owners.get(type)])) {
        if (!owner || (owner.instance === instance && owner.name === name)) continue;
        // It may be wanted under another name; under its own, something else may be.
        const meant = wanted.find((other) => other.instance === owner.instance && other.name === owner.name);
        const taken = meant ? undefined : wantedAs.get(owner.name);
        if (!taken) add(meant ?? owner);
        const found = taken?.instance ?? entered.get(meant?.as ?? owner.as);
        if (found !== owner.instance) problems.push(unnamed(one, type, owner, found ?? 'nothing'));
      }
    }
    planned.push(one);
  };
  wanted.forEach(add);
  if (problems.length > 0) return failure(...problems);
  const asked = new Set(wanted);
  return success({ exports: planned, hidden, owners: planned.filter((one) => !asked.has(one)) });
}

function unnamed(
  { instance, as }: PlannedExport,
  type: AnyType,
  owner: PlannedExport,
  found: string,
): Diagnostic {
  return diagnose('link/unnamed-type', `the export ${as} mentions a type that only ${owner.instance} names`, {
    where: `export ${as} of ${instance}`,
    expected: `${owner.name} of ${owner.instance} exported too`,
    found: `${owner.name} of ${found}; the type is ${printType(type)}`,
  });
}

/** The types that must be named to be mentioned: those that a component exports or imports under a name. */
function namedTypes(extern: ExternType): AnyType[] {
  if (extern.kind === 'type') return [extern.type];
  return extern.kind === 'instance' ? [...extern.type.exports.values()].flatMap(namedTypes) : [];
}

/**
 * The types of an export that must have a name before it. What its functions mention may have it in the export
 * itself, but what it names is made of types by the names that they had.
 */
function neededNames(extern: ExternType): AnyType[] {
  const own = new Set(namedTypes(extern));
  const parts = new Set<AnyType>();
  for (const type of own) {
    for (const mentioned of typesIn({ kind: 'type', type })) if (mentioned !== type) parts.add(mentioned);
  }
  return typesIn(extern).filter((type) => !own.has(type) || parts.has(type));
}

/**
 * Which instance's export names a type first, providers before importers: what only passes a type on under a
 * name of its own gives it another name in the validator's sense, which those who know the first cannot use.
 */
function namedOwners(
  nodes: readonly LinkNode[],
  instances: ReadonlyMap<string, InstanceType>,
): Map<AnyType, PlannedExport> {
  const owners = new Map<AnyType, PlannedExport>();
  for (const node of nodes) {
    for (const [name, extern] of instances.get(node.name)?.exports ?? []) {
      for (const type of namedTypes(extern)) {
        if (NAMED.has(type.kind) && !owners.has(type))
          owners.set(type, { instance: node.name, name, as: name });
      }
    }
  }
  return owners;
}

const NAMED: ReadonlySet<string> = new Set(['resource', 'record', 'variant', 'enum', 'flags']);

/**
 * Whether an export is the `init` that componentize-qjs leaves in every component that it builds: it has
 * prepared the snapshot and means nothing to anyone else. A service's own `init` differs in its parameters.
 */
export function isStrayInit(name: string, extern: ExternType): boolean {
  return name === 'init' && extern.kind === 'func' && isInitType(extern.type);
}

function isInitType(type: FuncType): boolean {
  const names = type.params.map((param) => param.name).join(' ');
  return names === 'shim script entry-path disable-gc';
}
