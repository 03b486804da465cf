import type { EdgeSettings, Limits, Manifest, StoreSettings } from '../manifest/types.ts';
import { componentsOf } from './components.ts';
import { compareText } from './context.ts';
import { grantText } from './grants.ts';
import type { Plan, PlannedEdge, PlannedSend, PlannedTrigger, Placement, Toolchain } from './types.ts';

/** plan.json: what the runtime and whoever looks at a built app need to know of the plan. */
export interface PlanJson {
  readonly plan: 1;
  readonly name: string;
  readonly version: string;
  readonly description?: string;
  readonly profile?: string;
  readonly limits: Limits;
  readonly variables: Manifest['variables'];
  readonly stores: Readonly<Record<string, StoreSettings>>;
  readonly triggers: readonly PlannedTrigger[];
  readonly services: readonly ServiceJson[];
  readonly edges: readonly EdgeJson[];
  readonly units: readonly UnitJson[];
}

export interface ServiceJson {
  readonly name: string;
  readonly toolchain: Toolchain;
  readonly world?: string;
  readonly imports: readonly string[];
  readonly exports: readonly string[];
  /** As the manifest writes them. */
  readonly grants: readonly string[];
}

export interface EdgeJson {
  readonly importer: string;
  readonly provider: string;
  readonly contract: string;
  readonly provided: string;
  readonly placement: Placement;
  readonly settings: EdgeSettings;
}

export interface UnitJson {
  readonly name: string;
  readonly root: string;
  readonly services: readonly string[];
  /** What its component is linked of; those of several services have one engine, and the grants of all. */
  readonly components: readonly { readonly name: string; readonly services: readonly string[] }[];
  readonly edges: readonly EdgeJson[];
  readonly triggers: readonly PlannedTrigger[];
  readonly sends: readonly PlannedSend[];
  readonly grants: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly instance: 'fresh' | 'shared';
}

/** The plan as data for plan.json: without paths, and the same whatever the order of the manifest. */
export function planToJson(plan: Plan): PlanJson {
  const { name, version, description, profile, limits, variables, stores, triggers } = plan;
  return {
    plan: 1,
    name,
    version,
    ...(description !== undefined && { description }),
    ...(profile !== undefined && { profile }),
    limits,
    variables: inOrder(variables),
    stores: inOrder(stores),
    triggers,
    services: plan.services.map((service) => ({
      name: service.name,
      toolchain: service.toolchain,
      ...(service.worldId !== undefined && { world: service.worldId }),
      imports: [...service.world.imports.keys()].toSorted(compareText),
      exports: [...service.world.exports.keys()].toSorted(compareText),
      grants: service.grants.map(grantText),
    })),
    edges: plan.edges.map(edgeToJson),
    units: plan.units.map((unit) => ({
      ...unit,
      components: componentsOf(unit).map((component) => ({
        name: component.name,
        services: component.services,
      })),
      edges: unit.edges.map(edgeToJson),
      grants: unit.grants.map(grantText),
      environment: inOrder(unit.environment),
    })),
  };
}

function edgeToJson({ importer, provider, contract, provided, placement, settings }: PlannedEdge): EdgeJson {
  return { importer, provider, contract, provided, placement, settings };
}

/** A table whose keys the user chose, in their order. */
function inOrder<T>(table: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(table).toSorted(([a], [b]) => compareText(a, b)));
}
