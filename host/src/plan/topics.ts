import { parseInterfaceId } from '../component/names.ts';
import type { PlanInput } from './context.ts';
import { providedFunctions } from './travel.ts';
import type { PlannedEdge } from './types.ts';

/** Where the calls of one function of a broker edge travel. */
export interface Route {
  /** Topic or channel. */
  readonly topic: string;
  /** Whether other functions travel there too, so that messages name theirs. */
  readonly shared: boolean;
}

/**
 * The topic or channel of a function of a broker edge: the same for every importer, as it comes from the
 * provider's contract, or is written in the manifest.
 *
 * | | one function in the contract | several |
 * |---|---|---|
 * | MQTT | `<namespace>/<package>/<interface>/<function>` | the same |
 * | MQTT with `topic` | `<topic>` | `<topic>/<function>` |
 * | Redis | `<namespace>/<package>/<interface>/<function>` | `<namespace>/<package>/<interface>` |
 * | Redis with `channel` | `<channel>` | `<channel>` |
 */
export function routeOf(input: PlanInput, edge: PlannedEdge, func: string): Route {
  const { topic, channel } = edge.settings;
  const several = providedFunctions(input, edge).length > 1;
  const path = contractPath(edge.provided);
  if (edge.placement === 'mqtt') {
    const base = topic ?? path;
    return { topic: topic !== undefined && !several ? base : `${base}/${func}`, shared: false };
  }
  return { topic: channel ?? (several ? path : `${path}/${func}`), shared: several };
}

/** `orders:fulfilment/fulfilment@0.1.0` → `orders/fulfilment/fulfilment`: versions share a topic. */
function contractPath(contract: string): string {
  return (parseInterfaceId(contract)?.path ?? contract).replaceAll(':', '/');
}
