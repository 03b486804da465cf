import type { Plan, PlannedUnit } from './types.ts';

/** What some of a plan's units amount to, with the edges that lead to them and from them. */
export function partOfPlan(plan: Plan, units: readonly PlannedUnit[]): Plan {
  const roots = new Set(units.map(({ root }) => root));
  const here = new Set(units.flatMap(({ services }) => services));
  return {
    ...plan,
    units,
    services: plan.services.filter(({ name }) => here.has(name)),
    triggers: plan.triggers.filter(({ service }) => roots.has(service)),
    edges: plan.edges.filter(({ importer, provider }) => here.has(importer) || here.has(provider)),
  };
}
