import { problem } from '../../diagnostics/error.ts';

/** One entry of `allowed_outbound_hosts`, read. */
export interface AllowedHost {
  /** Absent: any. */
  readonly scheme: string | undefined;
  readonly host: HostPattern;
  /** Absent: any; `last` is included. */
  readonly ports: { readonly first: number; readonly last: number } | undefined;
}

export type HostPattern =
  | { readonly kind: 'any' }
  /** The application itself, for relative URLs. */
  | { readonly kind: 'self' }
  /** With its dot: `.example.com`. */
  | { readonly kind: 'subdomain'; readonly suffix: string }
  | { readonly kind: 'literal'; readonly host: string };

/** Source: Spin, crates/outbound-networking-config/src/allowed_hosts.rs. */
const WELL_KNOWN_PORTS: Readonly<Record<string, number>> = {
  postgres: 5432,
  mysql: 3306,
  redis: 6379,
  mqtt: 1883,
  http: 80,
  https: 443,
};

/**
 * Reads `scheme://host[:port]`, where scheme, host and port may be `*`, the host `*.domain` or `self`, the
 * port a range `8000..9000` whose end is not included.
 *
 * @throws TenonError `bindings/allowed-host`
 */
export function parseAllowedHost(text: string): AllowedHost {
  const refuse = (found: string): never => {
    throw problem('bindings/allowed-host', `\`${text}\` is no host that can be allowed`, {
      where: text,
      expected: 'scheme://host[:port], with * for any',
      found,
    });
  };
  const match = /^([^:/]*):\/\/(\[[^\]]*\]|[^:/]*)(?::([^/]*))?(\/?)$/.exec(text.trim());
  if (!match) return refuse('another form, or a path');
  const [, scheme = '', host = '', port = ''] = match;
  if (scheme !== '*' && !/^\p{Alphabetic}+$/u.test(scheme))
    return refuse(`the scheme ${JSON.stringify(scheme)}`);
  return {
    scheme: scheme === '*' ? undefined : scheme,
    host: parseHost(host.trim()) ?? refuse(`the host ${JSON.stringify(host)}`),
    ports:
      parsePorts(port, scheme) ?? (port === '*' ? undefined : refuse(`the port ${JSON.stringify(port)}`)),
  };
}

/**
 * Whether a request may go to a URL. Relative URLs (`/path`) are for the application itself, which `self` or
 * any host allows.
 */
export function isAllowed(url: string, allowed: readonly AllowedHost[]): boolean {
  if (url.startsWith('/')) {
    return allowed.some(
      ({ scheme, host }) => isHttp(scheme) && (host.kind === 'self' || host.kind === 'any'),
    );
  }
  const parsed = URL.parse(url);
  if (!parsed || parsed.hostname === '') return false;
  const scheme = parsed.protocol.slice(0, -1);
  const port = parsed.port === '' ? WELL_KNOWN_PORTS[scheme] : Number(parsed.port);
  return allowed.some(
    (one) =>
      (one.scheme === undefined || one.scheme === scheme) &&
      hostMatches(one.host, parsed.hostname.toLowerCase()) &&
      (one.ports === undefined || (port !== undefined && one.ports.first <= port && port <= one.ports.last)),
  );
}

function isHttp(scheme: string | undefined): boolean {
  return scheme === undefined || scheme === 'http' || scheme === 'https';
}

function hostMatches(pattern: HostPattern, host: string): boolean {
  switch (pattern.kind) {
    case 'any':
      return true;
    case 'self':
      return false;
    case 'subdomain':
      return host.endsWith(pattern.suffix);
    case 'literal':
      return host === pattern.host;
  }
}

function parseHost(host: string): HostPattern | undefined {
  if (host === '*') return { kind: 'any' };
  if (host === 'self' || host === 'self.alt') return { kind: 'self' };
  const subdomain = host.startsWith('*.');
  const name = canonical(subdomain ? host.slice(2) : host);
  if (name === undefined) return undefined;
  if (!subdomain) return { kind: 'literal', host: name };
  return isAddress(name) ? undefined : { kind: 'subdomain', suffix: `.${name}` };
}

/** The host as URLs write it: lower case, punycode, addresses in their short form; undefined if it is none. */
function canonical(host: string): string | undefined {
  if (host === '' || /[*@?#\\\s]/.test(host)) return undefined;
  const url = URL.parse(`http://${host}/`);
  return url === null || url.hostname === '' || url.port !== '' ? undefined : url.hostname;
}

function isAddress(host: string): boolean {
  return host.startsWith('[') || /^\d+(\.\d+){3}$/.test(host);
}

function parsePorts(port: string, scheme: string): { first: number; last: number } | undefined {
  if (port === '') {
    const known = WELL_KNOWN_PORTS[scheme];
    return known === undefined ? undefined : { first: known, last: known };
  }
  const match = /^(\d+)(?:\.\.(\d+))?$/.exec(port);
  if (!match) return undefined;
  const first = Number(match[1]);
  const end = match[2] === undefined ? first + 1 : Number(match[2]);
  return first > 65_535 || end > 65_536 ? undefined : { first, last: end - 1 };
}
