import type { Grant } from '../plan/types.ts';
import { type AllowedHost, parseAllowedHost } from './http/allowed-hosts.ts';

/**
 * What the grants of a unit allow it to connect to. As in Spin all kinds count together: the scheme of an address,
 * not the interface that is called, says which entry it needs. `{{ name }}` is replaced by the variable's value;
 * where that is a whole address, its scheme, host and port count.
 *
 * @throws TenonError `bindings/allowed-host`
 */
export function allowedBrokers(
  grants: readonly Grant[],
  variables: Readonly<Record<string, string>>,
): AllowedHost[] {
  return grants.flatMap((grant) => {
    if (grant.kind !== 'http' && grant.kind !== 'mqtt' && grant.kind !== 'redis') return [];
    const host = grant.host.replace(
      /\{\{\s*([a-z0-9_]+)\s*\}\}/g,
      (_, name: string) => variables[name] ?? '',
    );
    // A variable without a value allows nothing.
    if (host === '') return [];
    if (host.includes('://')) return [parseAllowedHost(hostOf(host))];
    // HTTP without a scheme is for http and https, and for no broker.
    return grant.kind === 'http' ? [] : [parseAllowedHost(`${grant.kind}://${host}`)];
  });
}

/** `redis://user:secret@cache:6379/1` → `redis://cache:6379`. */
function hostOf(address: string): string {
  const [, scheme = '', authority = address] = /^([^:/]*:\/\/)([^/?#]*)/.exec(address) ?? [];
  return scheme + authority.slice(authority.lastIndexOf('@') + 1);
}
