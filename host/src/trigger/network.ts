import { serveChannel, type ChannelServer } from '../bindings/channel/serve.ts';
import type { PlannedUnit } from '../plan/types.ts';

export interface NetworkSettings {
  /** All resolved variables of the app. */
  readonly variables: Readonly<Record<string, string>>;
  /** The app's own address, once it listens: for relative URLs. */
  readonly origin: () => string | undefined;
}

/** What the main thread does for a unit's workers; nothing where none of its services may call out. */
export async function networkFor(
  unit: PlannedUnit,
  settings: NetworkSettings,
): Promise<ChannelServer | undefined> {
  const calls = (kind: 'http' | 'redis' | 'mqtt'): boolean =>
    unit.grants.some((grant) => grant.kind === kind);
  if (!calls('http')) return undefined;
  const { createHttpService } = await import('../bindings/http/proxy.ts');
  const { allowedHttpHosts } = await import('../bindings/http/grants.ts');
  const http = createHttpService({
    allowed: allowedHttpHosts(unit.grants, settings.variables),
    origin: settings.origin,
  });
  const server = serveChannel({ http: http.answer });
  return {
    address: server.address,
    get pending() {
      return server.pending;
    },
    [Symbol.dispose]() {
      server[Symbol.dispose]();
      http[Symbol.dispose]();
    },
  };
}
