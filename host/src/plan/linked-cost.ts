import { componentNames } from './components.ts';
import { fusableEdges } from './fused.ts';
import type { Plan, PlannedUnit, Toolchain } from './types.ts';

/** What a linked edge costs a host that makes everything anew for each event, as Spin does. */
export interface LinkedCost {
  readonly unit: string;
  readonly importer: string;
  readonly provider: string;
  readonly contract: string;
  /** The component that is made for each event because of this edge; none where another edge has it already. */
  readonly makes?: { readonly component: string; readonly toolchain: Toolchain };
  /** Whether the edge could be fused, which would save that. */
  readonly fusable: boolean;
}

/** The linked edges of all units, importers before what they reach. */
export function linkedCosts(plan: Plan): readonly LinkedCost[] {
  const fusable = new Set(fusableEdges(plan));
  return plan.units.flatMap((unit) => costsOf(plan, unit, fusable));
}

function costsOf(plan: Plan, unit: PlannedUnit, fusable: ReadonlySet<string>): readonly LinkedCost[] {
  const nameOf = componentNames(unit);
  const toolchains = new Map(plan.services.map(({ name, toolchain }) => [name, toolchain]));
  const made = new Set([nameOf.get(unit.root)]);
  const fromRoot = unit.services.toReversed();
  return fromRoot.flatMap((service) =>
    unit.edges
      .filter(({ importer, placement }) => importer === service && placement === 'linked')
      .map(({ importer, provider, contract }): LinkedCost => {
        const component = nameOf.get(provider) ?? provider;
        const isNew = !made.has(component);
        made.add(component);
        return {
          unit: unit.name,
          importer,
          provider,
          contract,
          ...(isNew && { makes: { component, toolchain: toolchains.get(provider) ?? 'prebuilt' } }),
          fusable: fusable.has(`${importer}.${provider}`),
        };
      }),
  );
}
