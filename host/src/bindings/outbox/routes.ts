import { ADDRESS_VARIABLES } from '../../plan/message-grants.ts';
import type { PlannedSend } from '../../plan/types.ts';
import { bareAddress } from '../broker-address.ts';
import type { DeferredRoute } from '../config.ts';

/**
 * Which of a unit's messages leave after the commit. A topic to which both kinds of delivery lead is kept.
 *
 * @param variables the app's, resolved: `mqtt_address` and `redis_address` are where a send names no address
 */
export function deferredRoutes(
  sends: readonly PlannedSend[],
  variables: Readonly<Record<string, string>>,
): readonly DeferredRoute[] {
  const routes = new Map<string, DeferredRoute>();
  for (const { kind, topic, delivery, address: named } of sends) {
    if (delivery === 'direct') continue;
    const variable = ADDRESS_VARIABLES[kind];
    const address = named ?? variables[variable];
    // Without an address nothing can be sent there, and the service is told so when it tries.
    if (address === undefined) continue;
    const route = { kind, address: bareAddress(address), topic, delivery };
    const key = JSON.stringify([kind, route.address, topic]);
    if (routes.get(key)?.delivery === 'outbox') continue;
    routes.set(key, named === undefined ? { ...route, variable } : route);
  }
  return [...routes.values()];
}
