import { listWords, nearest } from '../diagnostics/nearest.ts';
import type { Grant } from './types.ts';

const SCHEMES = { http: ['http', 'https'], mqtt: ['mqtt', 'mqtts'], redis: ['redis', 'rediss'] } as const;
const FORMS: Record<Grant['kind'], string> = {
  'key-value': '`key-value` or `key-value:<label>`',
  variables: '`variables:<name>`',
  http: '`http:<host>`, such as `http:api.example.com` or `http:*.example.com:8080`',
  mqtt: '`mqtt:<address>`, such as `mqtt:broker.example.com:1883`',
  redis: '`redis:<address>`, such as `redis:cache.example.com:6379`',
  clocks: '`clocks`',
  random: '`random`',
  stdio: '`stdio`',
  environment: '`environment`',
};
const KINDS = Object.keys(FORMS) as Grant['kind'][];

/** What every service has unless `grants_default = false`. */
export const DEFAULT_GRANTS: readonly Grant[] = [{ kind: 'clocks' }, { kind: 'random' }, { kind: 'stdio' }];

/** Why a text is no grant. */
export interface GrantProblem {
  readonly unknown: boolean;
  readonly expected: string;
  readonly next?: string;
}

/** Reads one grant of the manifest: `key-value:cache`, `http:api.example.com`, `clocks`. */
export function parseGrant(text: string): Grant | GrantProblem {
  const colon = text.indexOf(':');
  const name = colon === -1 ? text : text.slice(0, colon);
  const rest = colon === -1 ? undefined : text.slice(colon + 1);
  const kind = KINDS.find((known) => known === name);
  if (!kind) return unknownGrant(text, name, rest);
  const grant = grantOf(kind, rest);
  return grant ?? { unknown: false, expected: FORMS[kind] };
}

export function isGrantProblem(parsed: Grant | GrantProblem): parsed is GrantProblem {
  return 'expected' in parsed;
}

/** A grant as the manifest writes it. */
export function grantText(grant: Grant): string {
  if ('label' in grant) return grant.label === 'default' ? 'key-value' : `key-value:${grant.label}`;
  if ('name' in grant) return `variables:${grant.name}`;
  return 'host' in grant ? `${grant.kind}:${grant.host}` : grant.kind;
}

/** What to write into `grants` for an import that needs this kind. */
export function grantForm(kind: Grant['kind']): string {
  return FORMS[kind];
}

/** Each grant once, in the order of their texts. */
export function uniteGrants(grants: readonly Grant[]): readonly Grant[] {
  const byText = new Map(grants.map((grant) => [grantText(grant), grant]));
  return [...byText].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, grant]) => grant);
}

function grantOf(kind: Grant['kind'], rest: string | undefined): Grant | undefined {
  switch (kind) {
    case 'key-value':
      return rest === undefined || /^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(rest)
        ? { kind, label: rest ?? 'default' }
        : undefined;
    case 'variables':
      return rest !== undefined && /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(rest)
        ? { kind, name: rest }
        : undefined;
    case 'http':
    case 'mqtt':
    case 'redis': {
      const host = rest === undefined ? undefined : spinHost(rest, kind);
      return host === undefined ? undefined : { kind, host };
    }
    default:
      return rest === undefined ? { kind } : undefined;
  }
}

const VARIABLE = '\\{\\{\\s*[a-z0-9_]+\\s*\\}\\}';
const HOST = new RegExp(
  `^(?:([a-z]+|\\*)://)?((?:${VARIABLE}|[A-Za-z0-9.*_-])+|\\[[0-9A-Fa-f:.]+\\])(?::(\\*|\\d+(?:\\.\\.\\d+)?|${VARIABLE}))?/?$`,
);

/**
 * Reads `[scheme://]host[:port]`, with `*` for any host, `*.` before it for any subdomain, `*` or `a..b` for
 * ports, and `{{ variable }}`; one variable alone stands as it is. Gives it as Spin writes it, which demands a scheme: https for HTTP without a
 * port, any scheme where a port says enough, and the kind itself for brokers.
 *
 * Source: Spin, crates/outbound-networking-config, allowed_hosts.rs.
 */
function spinHost(text: string, kind: keyof typeof SCHEMES): string | undefined {
  // A variable alone may hold a whole address, scheme included.
  if (new RegExp(`^${VARIABLE}$`).test(text)) return text;
  const match = HOST.exec(text);
  if (!match) return undefined;
  const [, scheme, host = '', port] = match;
  const schemes: readonly string[] = SCHEMES[kind];
  if (scheme !== undefined && scheme !== '*' && !schemes.includes(scheme)) return undefined;
  if (host.includes('*') && host !== '*' && !/^\*\.[^*]+$/.test(host)) return undefined;
  if (port !== undefined && !isPort(port)) return undefined;
  if (host === '*' && scheme === undefined && port === undefined)
    return kind === 'http' ? '*://*:*' : `${kind}://*`;
  // Spin knows no default port for any scheme.
  if (scheme === '*' && port === undefined) return undefined;
  const usual = kind === 'http' ? (port === undefined ? 'https' : '*') : kind;
  return `${scheme ?? usual}://${host}${port === undefined ? '' : `:${port}`}`;
}

function isPort(port: string): boolean {
  return (
    !/^\d/.test(port) || port.split('..').every((number) => Number(number) >= 1 && Number(number) <= 65_535)
  );
}

function unknownGrant(text: string, name: string, rest: string | undefined): GrantProblem {
  const expected = listWords(KINDS);
  const scheme = (Object.keys(SCHEMES) as (keyof typeof SCHEMES)[]).find((kind) =>
    (SCHEMES[kind] as readonly string[]).includes(name),
  );
  if (scheme) return { unknown: true, expected, next: `Did you mean \`${scheme}:${text}\`?` };
  const guess = nearest(name, KINDS);
  if (guess === undefined) return { unknown: true, expected };
  const written = guess === name || rest === undefined ? guess : `${guess}:${rest}`;
  return { unknown: true, expected, next: `Did you mean \`${written}\`?` };
}
