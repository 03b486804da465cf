import { serveChannel, type ChannelServer } from '../bindings/channel/serve.ts';
import type { HttpService } from '../bindings/http/proxy.ts';
import type { Brokers } from '../broker/brokers.ts';
import type { PlannedUnit } from '../plan/types.ts';
import { usesRedis, type UnitStores } from './stores.ts';

export interface NetworkSettings {
  /** All resolved variables of the app. */
  readonly variables: Readonly<Record<string, string>>;
  /** The app's own address, once it listens: for relative URLs. */
  readonly origin: () => string | undefined;
  /** The app's connections to brokers; absent where no unit may use one. */
  readonly brokers: Brokers | undefined;
}

/** What the main thread does for a unit's workers; nothing where none of its services may call out. */
export async function networkFor(
  unit: PlannedUnit,
  stores: UnitStores,
  settings: NetworkSettings,
): Promise<ChannelServer | undefined> {
  const http = await httpFor(unit, settings);
  const brokers = usesBrokers(unit) || usesRedis(stores) ? settings.brokers : undefined;
  if (!http && !brokers) return undefined;
  for (const kind of ['redis', 'mqtt'] as const) {
    const stored = kind === 'redis' && usesRedis(stores);
    if (stored || unit.grants.some((grant) => grant.kind === kind)) await brokers?.load(kind);
  }
  const server = serveChannel({
    ...(http && { http: http.answer }),
    ...(brokers && { redis: brokers.redis, mqtt: brokers.mqtt }),
  });
  return {
    address: server.address,
    get pending() {
      return server.pending;
    },
    [Symbol.dispose]() {
      server[Symbol.dispose]();
      http?.[Symbol.dispose]();
    },
  };
}

/** Whether a unit's services may connect to brokers. */
export function usesBrokers({ grants }: PlannedUnit): boolean {
  return grants.some(({ kind }) => kind === 'redis' || kind === 'mqtt');
}

/** Outbound HTTP is loaded only where a service may use it. */
async function httpFor(unit: PlannedUnit, settings: NetworkSettings): Promise<HttpService | undefined> {
  if (!unit.grants.some(({ kind }) => kind === 'http')) return undefined;
  const { createHttpService } = await import('../bindings/http/proxy.ts');
  const { allowedHttpHosts } = await import('../bindings/http/grants.ts');
  return createHttpService({
    allowed: allowedHttpHosts(unit.grants, settings.variables),
    origin: settings.origin,
  });
}
