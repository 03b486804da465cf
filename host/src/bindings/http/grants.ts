import type { Grant } from '../../plan/types.ts';

/**
 * The grants `http:<host>` as entries of Spin's `allowed_outbound_hosts`: without a scheme the host is allowed
 * over http and https, each with its own default port; `{{ name }}` is replaced by the variable's value.
 */
export function allowedHttpHosts(
  grants: readonly Grant[],
  variables: Readonly<Record<string, string>>,
): string[] {
  return grants.flatMap((grant) => {
    if (grant.kind !== 'http') return [];
    const host = grant.host.replace(
      /\{\{\s*([a-z0-9_]+)\s*\}\}/g,
      (_, name: string) => variables[name] ?? '',
    );
    return host.includes('://') ? [host] : [`http://${host}`, `https://${host}`];
  });
}
