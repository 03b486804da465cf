import type { RouteMatch } from './routes.ts';

export type Header = [name: string, value: string];

const FIXED = new Set([
  'spin-path-info',
  'spin-full-url',
  'spin-matched-route',
  'spin-base-path',
  'spin-raw-component-route',
  'spin-component-route',
  'spin-client-addr',
]);

/** A service may trust these headers: what a client sends under such a name is dropped. */
export function isHostHeader(name: string): boolean {
  return FIXED.has(name) || name.startsWith('spin-path-match-');
}

/** What the `spin-*` headers of a request are made from. */
export interface RequestPlace {
  readonly match: RouteMatch;
  /** The Host header as sent. */
  readonly host: string;
  /** Path and query as sent. */
  readonly pathAndQuery: string;
  readonly clientAddress: string;
}

/**
 * The headers that tell a service where it was reached, as Spin 3.6.3 sets them
 * (crates/trigger-http/src/headers.rs).
 */
export function spinHeaders({ match, host, pathAndQuery, clientAddress }: RequestPlace): Header[] {
  const raw = match.route.route;
  const headers: Header[] = [
    ['spin-path-info', match.pathInfo],
    ['spin-full-url', `http://${host}${pathAndQuery}`],
    ['spin-matched-route', match.basedRoute],
    ['spin-base-path', '/'],
    ['spin-raw-component-route', raw],
    ['spin-component-route', raw.endsWith('/...') ? raw.slice(0, -4) : raw],
    ['spin-client-addr', clientAddress],
  ];
  for (const [name, value] of match.params) {
    headers.push([`spin-path-match-${name.toLowerCase().replaceAll('_', '-')}`, value]);
  }
  return headers;
}

/** `127.0.0.1:8000` or `[::1]:8000`. */
export function clientAddress(address: string | undefined, port: number | undefined): string {
  if (address === undefined || port === undefined) return '0.0.0.0:0';
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
