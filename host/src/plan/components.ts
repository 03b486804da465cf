import { compareText } from './context.ts';
import type { PlannedEdge, PlannedUnit } from './types.ts';

/** What is made into one component: a service alone, or the services that fused edges join in one engine. */
export interface PlannedComponent {
  /** The service's name; of several, their names joined by `--`, importers first. No service has such a name. */
  readonly name: string;
  /** Providers before importers. */
  readonly services: readonly string[];
  /** The fused edges between its services. */
  readonly fused: readonly PlannedEdge[];
  /** What components beside it import of it, in any unit. */
  readonly provides: readonly { readonly service: string; readonly name: string }[];
}

/** The components of a unit, in the order of their first services. */
export function componentsOf(unit: Pick<PlannedUnit, 'services' | 'edges'>): readonly PlannedComponent[] {
  const fused = unit.edges.filter(({ placement }) => placement === 'fused');
  const groups = new Map(unit.services.map((service) => [service, new Set([service])]));
  for (const { importer, provider } of fused) {
    const joined = new Set([...(groups.get(importer) ?? []), ...(groups.get(provider) ?? [])]);
    for (const service of joined) groups.set(service, joined);
  }
  return [...new Set(groups.values())].map((group) => {
    const inside = fused.filter(({ importer }) => group.has(importer));
    const services = providersFirst([...group], inside);
    const provides = unit.edges
      .filter((edge) => edge.placement === 'linked' && group.has(edge.provider) && !group.has(edge.importer))
      .map(({ provider, provided }) => ({ service: provider, name: provided }));
    return {
      name: services.toReversed().join('--'),
      services,
      fused: inside,
      provides: unique(provides),
    };
  });
}

/** All components of an app, by name; one that several units have provides what any of them wants. */
export function allComponents(units: readonly PlannedUnit[]): readonly PlannedComponent[] {
  const found = new Map<string, PlannedComponent>();
  for (const component of units.flatMap(componentsOf)) {
    const before = found.get(component.name);
    const provides = unique([...(before?.provides ?? []), ...component.provides]);
    found.set(component.name, { ...component, provides });
  }
  return [...found.values()].toSorted((a, b) => compareText(a.name, b.name));
}

/** The name of the component that each service of a unit is in. */
export function componentNames(unit: Pick<PlannedUnit, 'services' | 'edges'>): ReadonlyMap<string, string> {
  return new Map(
    componentsOf(unit).flatMap(({ name, services }) => services.map((service) => [service, name])),
  );
}

/** In an order that depends on the services and edges only, not on the unit that they are in. */
function providersFirst(services: readonly string[], fused: readonly PlannedEdge[]): readonly string[] {
  const order = new Set<string>();
  const seen = new Set<string>();
  const visit = (service: string): void => {
    if (seen.has(service)) return;
    seen.add(service);
    const providers = fused.filter(({ importer }) => importer === service).map(({ provider }) => provider);
    providers.toSorted(compareText).forEach(visit);
    order.add(service);
  };
  services.toSorted(compareText).forEach(visit);
  return [...order];
}

function unique(provides: PlannedComponent['provides']): PlannedComponent['provides'] {
  const byText = new Map(provides.map((one) => [`${one.service} ${one.name}`, one]));
  return [...byText].toSorted(([a], [b]) => compareText(a, b)).map(([, one]) => one);
}
