import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { listWords } from '../diagnostics/nearest.ts';
import { unwrap } from '../diagnostics/error.ts';
import { inspect, type Inspection } from '../link/inspect/inspect.ts';
import { fusableEdges } from '../plan/fused.ts';
import type { Plan, PlannedUnit } from '../plan/types.ts';

const WHAT: Readonly<Record<keyof Inspection['pool'], string>> = {
  memories: 'memories',
  tables: 'tables',
  coreInstances: 'core instances',
};

/** Whether Spin's pool of instances can hold one instance of a unit; what to fuse where it cannot. */
export function poolProblems(plan: Plan, unit: PlannedUnit, bytes: Uint8Array): readonly Diagnostic[] {
  return poolProblemsOf(plan, unit, poolOf(bytes));
}

/** What one instance of a component takes of Spin's pool. */
export function poolOf(bytes: Uint8Array): Inspection['pool'] {
  return unwrap(inspect(bytes)).pool;
}

export function poolProblemsOf(
  plan: Plan,
  unit: PlannedUnit,
  pool: Inspection['pool'],
): readonly Diagnostic[] {
  const over = (Object.keys(WHAT) as (keyof typeof WHAT)[]).filter((key) => pool[key].used > pool[key].limit);
  if (over.length === 0) return [];
  const edges = fusableEdges({ ...plan, edges: unit.edges, units: [unit] });
  return [
    diagnose('deploy/pool-limit', `the unit \`${unit.name}\` is more than Spin can hold in one instance`, {
      where: `unit ${unit.name}: ${unit.services.length} services`,
      expected: over.map((key) => `at most ${pool[key].limit} ${WHAT[key]}`).join(', '),
      found: over.map((key) => `${pool[key].used} ${WHAT[key]}`).join(', '),
      next:
        edges.length === 0
          ? 'Give some of its services an edge over a broker, which makes them a unit of their own.'
          : `Fuse services, so that they share an engine: \`placement = "fused"\` for ${listWords(edges, 'and')}, or some of them.`,
    }),
  ];
}
