import { interfaceName } from '../contract/names.ts';
import { componentNames, componentsOf } from './components.ts';
import { isBrokered } from './travel.ts';
import type { Plan, PlannedEdge, PlannedTrigger, PlannedUnit } from './types.ts';

/**
 * A component of generated modules alone, beside one whose bundle cannot have them: a prebuilt component, or a
 * service of another engine. No service has such a name.
 */
export type PlannedAdapter =
  /** Exports contracts that a service imports, and publishes its calls of them. */
  | {
      readonly kind: 'calls';
      /** `receiver_calls` */
      readonly name: string;
      readonly service: string;
      readonly edges: readonly PlannedEdge[];
    }
  /** Exports the handler of a trigger, and calls the service by the messages that arrive. */
  | {
      readonly kind: 'messages';
      /** `fulfilment_messages` */
      readonly name: string;
      readonly service: string;
      /** The service's exports that it imports. */
      readonly contracts: readonly string[];
    };

/** How the components of a unit are joined; as the linker's graph, without bytes. */
export interface UnitGraph {
  readonly instances: readonly string[];
  readonly edges: readonly {
    readonly importer: string;
    readonly import: string;
    readonly provider: string;
    readonly export: string;
  }[];
  readonly root: string;
  /** What the unit exports where that is of its root, an adapter, and of the service behind it. */
  readonly exports?: readonly { readonly instance: string; readonly export: string }[];
  /** The exports of its root that the unit has; absent for all. */
  readonly shown?: ReadonlySet<string>;
}

/** Edges whose import is replaced by a generated module, beside the fused ones. */
export function isGenerated(edge: PlannedEdge): boolean {
  return isBrokered(edge) || edge.settings.tee !== undefined;
}

/** Triggers that were made for edges, of one service. */
export function carriedTriggers(
  { triggers }: Pick<Plan, 'triggers'>,
  service: string,
): readonly Exclude<PlannedTrigger, { kind: 'http' }>[] {
  return triggers.flatMap((trigger) =>
    trigger.kind !== 'http' && trigger.carries && trigger.service === service ? [trigger] : [],
  );
}

/** Exports of a service that its generated triggers call. */
export function carriedContracts(plan: Pick<Plan, 'triggers'>, service: string): ReadonlySet<string> {
  return new Set(
    carriedTriggers(plan, service).flatMap(({ carries = [] }) => carries.map(({ contract }) => contract)),
  );
}

/** The adapters that a unit needs, by name. */
export function adaptersOf(plan: Plan, unit: PlannedUnit): readonly PlannedAdapter[] {
  const calls = unit.services
    .filter((service) => !hasOwnBundle(plan, service))
    .flatMap((service) =>
      callAdapters(
        service,
        unit.edges.filter((edge) => edge.importer === service),
      ),
    );
  const contracts = [...carriedContracts(plan, unit.root)];
  if (contracts.length === 0 || hasOwnBundle(plan, unit.root)) return calls;
  const name = `${unit.root}_messages`;
  return [...calls, { kind: 'messages', name, service: unit.root, contracts }];
}

/** All adapters of an app, by name: those of a service are the same in every unit. */
export function allAdapters(plan: Plan): readonly PlannedAdapter[] {
  const found = plan.units.flatMap((unit) => adaptersOf(plan, unit));
  return [...new Map(found.map((adapter) => [adapter.name, adapter])).values()];
}

/** How a unit's components and adapters are joined. */
export function graphOf(plan: Plan, unit: PlannedUnit): UnitGraph {
  const nameOf = componentNames(unit);
  const adapters = adaptersOf(plan, unit);
  const calls = new Map(
    adapters.flatMap((adapter) =>
      adapter.kind === 'calls' ? adapter.edges.map((edge) => [edge, adapter.name] as const) : [],
    ),
  );
  const edges = unit.edges.flatMap((edge) => {
    const { importer, contract, provider, provided } = edge;
    const direct = { import: contract, provider: nameOf.get(provider)!, export: provided };
    const adapter = calls.get(edge);
    const linked =
      edge.placement === 'linked' ? [{ importer: adapter ?? nameOf.get(importer)!, ...direct }] : [];
    if (adapter === undefined) return linked;
    return [
      ...linked,
      { importer: nameOf.get(importer)!, import: contract, provider: adapter, export: contract },
    ];
  });
  const messages = adapters.find(({ kind }) => kind === 'messages');
  const service = nameOf.get(unit.root)!;
  const arriving = messages?.kind === 'messages' ? messages.contracts : [];
  return {
    instances: [...componentsOf(unit).map(({ name }) => name), ...adapters.map(({ name }) => name)],
    edges: [
      // Services of one component may import the same.
      ...new Map(edges.map((edge) => [JSON.stringify(edge), edge])).values(),
      ...arriving.map((contract) => ({
        importer: messages!.name,
        import: contract,
        provider: service,
        export: contract,
      })),
    ],
    root: messages?.name ?? service,
    ...exportsOf(plan, unit, service, messages?.name),
  };
}

/** What a unit's component exports, where that is not all that its root's component does. */
function exportsOf(
  plan: Plan,
  unit: PlannedUnit,
  component: string,
  messages: string | undefined,
): Pick<UnitGraph, 'exports' | 'shown'> {
  const handlers = carriedTriggers(plan, unit.root).map(({ kind }) =>
    kind === 'mqtt' ? 'handle-message' : 'fermyon:spin/inbound-redis',
  );
  if (component === unit.root && handlers.length === 0) return {};
  const { world } = plan.services.find(({ name }) => name === unit.root)!;
  // What other units want of services that share the root's component is not this unit's.
  if (messages === undefined) return { shown: new Set([...world.exports.keys(), ...handlers]) };
  const carried = carriedContracts(plan, unit.root);
  const own = [...world.exports].flatMap(([name, { kind }]) =>
    carried.has(name) || kind === 'type' ? [] : [{ instance: component, export: name }],
  );
  if (own.length === 0) return {};
  return {
    exports: [...own, ...[...new Set(handlers)].map((name) => ({ instance: messages, export: name }))],
  };
}

function hasOwnBundle({ services }: Plan, service: string): boolean {
  return services.find(({ name }) => name === service)?.toolchain === 'quickjs';
}

/** One for all contracts, unless two have the same name in JavaScript. */
function callAdapters(service: string, edges: readonly PlannedEdge[]): readonly PlannedAdapter[] {
  const groups: PlannedEdge[][] = [];
  for (const edge of edges.filter(isGenerated)) {
    const name = interfaceName(edge.contract);
    const group = groups.find((one) => one.every((other) => interfaceName(other.contract) !== name));
    if (group) group.push(edge);
    else groups.push([edge]);
  }
  return groups.map((group, at) => ({
    kind: 'calls',
    name: `${service}_calls${at === 0 ? '' : at + 1}`,
    service,
    edges: group,
  }));
}
