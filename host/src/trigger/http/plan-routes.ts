import type { Plan } from '../../plan/types.ts';
import type { HttpRoute } from './routes.ts';

/** The HTTP routes of a plan with the units that answer them, in the manifest's order. */
export function httpRoutes(plan: Plan): HttpRoute[] {
  return plan.triggers.flatMap((trigger) => {
    if (trigger.kind !== 'http') return [];
    const unit = plan.units.find(({ triggers }) =>
      triggers.some(
        (other) =>
          other.kind === 'http' && other.route === trigger.route && other.service === trigger.service,
      ),
    );
    return unit ? [{ route: trigger.route, unit: unit.name, service: trigger.service }] : [];
  });
}
