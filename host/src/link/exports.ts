import type { AnyType } from '../component/substitute.ts';
import type { ExternType, FuncType, InstanceType } from '../component/types.ts';
import { typesIn } from './closure.ts';
import type { LinkNode } from './graph.ts';
import type { MergedImport } from './merge.ts';

/** One export of the result: an export of one of its instances under the same name. */
export interface PlannedExport {
  readonly instance: string;
  readonly name: string;
}

export interface ExportPlan {
  readonly exports: readonly PlannedExport[];
  readonly hidden: readonly string[];
  /** Exports of providers that the root's exports cannot do without. */
  readonly owners: readonly PlannedExport[];
}

/**
 * The root's exports, each behind those whose types it uses. A resource, record, variant, enum or flags that an
 * export mentions must have a name in an import, an earlier export or the export itself (Explainer.md,
 * "External Visibility"); where only a provider inside names it, the provider's interface is exported too.
 */
export function planExports(
  nodes: readonly LinkNode[],
  imports: readonly MergedImport[],
  instances: ReadonlyMap<string, InstanceType>,
  hide: (name: string, extern: ExternType) => boolean,
): ExportPlan {
  const root = nodes.at(-1);
  const rootExports = (root && instances.get(root.name)?.exports) ?? new Map<string, ExternType>();
  const visible = new Set(imports.flatMap((merged) => namedTypes(merged.extern)));
  const owners = namedOwners(nodes.toReversed(), instances);

  const hidden: string[] = [];
  const planned = new Map<string, PlannedExport>();
  const added: PlannedExport[] = [];
  const add = (instance: string, name: string, extern: ExternType): void => {
    if (planned.has(name)) return;
    planned.set(name, { instance, name });
    // Set before its owners, so that an interface which owns what it uses ends here; put behind them afterwards.
    const own = new Set(namedTypes(extern));
    for (const type of typesIn(extern)) {
      const owner = visible.has(type) || own.has(type) ? undefined : owners.get(type);
      if (!owner || owner.name === name || planned.has(owner.name)) continue;
      const ownerExtern = instances.get(owner.instance)?.exports.get(owner.name);
      if (!ownerExtern) continue;
      if (owner.instance !== root?.name) added.push(owner);
      planned.delete(name);
      add(owner.instance, owner.name, ownerExtern);
      planned.set(name, { instance, name });
    }
  };
  for (const [name, extern] of rootExports) {
    if (hide(name, extern)) hidden.push(name);
    else add(root?.name ?? '', name, extern);
  }
  return { exports: [...planned.values()], hidden, owners: added };
}

/** The types that must be named to be mentioned: those that a component exports or imports under a name. */
function namedTypes(extern: ExternType): AnyType[] {
  if (extern.kind === 'type') return [extern.type];
  return extern.kind === 'instance' ? [...extern.type.exports.values()].flatMap(namedTypes) : [];
}

/** Which instance's export names a type first; the root's own exports come before those of providers. */
function namedOwners(
  nodes: readonly LinkNode[],
  instances: ReadonlyMap<string, InstanceType>,
): Map<AnyType, PlannedExport> {
  const owners = new Map<AnyType, PlannedExport>();
  for (const node of nodes) {
    for (const [name, extern] of instances.get(node.name)?.exports ?? []) {
      for (const type of namedTypes(extern)) {
        if (NAMED.has(type.kind) && !owners.has(type)) owners.set(type, { instance: node.name, name });
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
