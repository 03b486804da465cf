import type { ExternType, FuncType, InstanceType, ResourceType } from '../component/types.ts';
import { resourcesIn } from './closure.ts';
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
 * The root's exports, each behind those whose resources it uses. A resource that a provider inside makes must
 * be exported too before an export may mention it (Explainer.md, "External Visibility"), so the provider's
 * interface is added.
 */
export function planExports(
  nodes: readonly LinkNode[],
  imports: readonly MergedImport[],
  instances: ReadonlyMap<string, InstanceType>,
  hide: (name: string, extern: ExternType) => boolean,
): ExportPlan {
  const root = nodes.at(-1);
  const rootExports = (root && instances.get(root.name)?.exports) ?? new Map<string, ExternType>();
  const visible = new Set(imports.flatMap((merged) => [...resourcesIn(merged.extern)]));
  const owners = resourceOwners(nodes.toReversed(), instances);

  const hidden: string[] = [];
  const planned = new Map<string, PlannedExport>();
  const added: PlannedExport[] = [];
  const add = (instance: string, name: string, extern: ExternType): void => {
    if (planned.has(name)) return;
    planned.set(name, { instance, name });
    // Set before its owners, so that an interface which owns what it uses ends here; put behind them afterwards.
    for (const resource of resourcesIn(extern)) {
      const owner = visible.has(resource) ? undefined : owners.get(resource);
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

/** Which instance's export shows a resource first; the root's own exports come before those of providers. */
function resourceOwners(
  nodes: readonly LinkNode[],
  instances: ReadonlyMap<string, InstanceType>,
): Map<ResourceType, PlannedExport> {
  const owners = new Map<ResourceType, PlannedExport>();
  for (const node of nodes) {
    for (const [name, extern] of instances.get(node.name)?.exports ?? []) {
      const types = extern.kind === 'instance' ? [...extern.type.exports.values()] : [extern];
      for (const type of types) {
        if (type.kind !== 'type' || type.type.kind !== 'resource' || owners.has(type.type)) continue;
        owners.set(type.type, { instance: node.name, name });
      }
    }
  }
  return owners;
}

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
