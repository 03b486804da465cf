import { percentEncode, SETS } from '../url/percent.ts';

/**
 * Most URLs that requests come with, and only such as are in their usual form already: a host of labels that
 * begin with a letter, or an IPv4 address; no port or one of four digits; a path without dots or escapes.
 */
const USUAL =
  /^https?:\/\/(?:[a-z][a-z\d_-]*(?:\.[a-z][a-z\d_-]*)*|(?:\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])(?:\.(?:\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])){3})(?::[1-9]\d{3})?\/[\w\-~/]*$/;
const TO_CLEAN = /[\0-\x20\\]/;
const HOST = /^[a-z\d._-]+$/;
const CANONICAL_IPV6 = /^\[(?:::|(?:[1-9a-f][\da-f]{0,3}:){7}[1-9a-f][\da-f]{0,3}|::[1-9a-f][\da-f]{0,3})\]$/;
const PLAIN_PATH = /^[\w\-~/]*$/;

/**
 * An absolute http or https URL in the form that `new URL(text).href` would give it; undefined for what is not
 * one, or is written in a way that only the whole URL parser understands (credentials, hosts beyond ASCII, IPv4
 * in other notations): requests come without such, and the parser would be a third of a small service. Labels
 * in Punycode are taken as they are.
 */
export function absoluteUrl(text: string): string | undefined {
  // Every request passes here, hence a look before the parts are taken one by one.
  if (USUAL.test(text)) return text;
  let rest = TO_CLEAN.test(text) ? clean(text) : text;
  const colon = rest.indexOf('://');
  const scheme = rest.slice(0, colon).toLowerCase();
  if (scheme !== 'http' && scheme !== 'https') return undefined;
  rest = rest.slice(colon + 3);
  let end = '';
  const hash = rest.indexOf('#');
  if (hash >= 0) {
    end = `#${percentEncode(rest.slice(hash + 1), SETS.FRAGMENT)}`;
    rest = rest.slice(0, hash);
  }
  const query = rest.indexOf('?');
  if (query >= 0) {
    end = `?${percentEncode(rest.slice(query + 1), SETS.SPECIAL_QUERY)}${end}`;
    rest = rest.slice(0, query);
  }
  const slash = rest.indexOf('/');
  const authority = authorityOf(slash < 0 ? rest : rest.slice(0, slash), scheme);
  if (authority === undefined) return undefined;
  const path = slash < 0 ? '' : rest.slice(slash + 1);
  return `${scheme}://${authority}/${PLAIN_PATH.test(path) ? path : normalizePath(path)}${end}`;
}

/** Without white space around and line breaks within; `\` is `/` up to the query. */
function clean(text: string): string {
  const trimmed = text.replace(/^[\0-\x20]+|[\0-\x20]+$|[\t\n\r]+/g, '');
  return trimmed.replace(/^[^?#]*/, (start) => start.replaceAll('\\', '/'));
}

function authorityOf(authority: string, scheme: string): string | undefined {
  const colon = authority.indexOf(':', authority.indexOf(']') + 1);
  const host = (colon < 0 ? authority : authority.slice(0, colon)).toLowerCase();
  if (!(host.startsWith('[') ? CANONICAL_IPV6.test(host) : HOST.test(host) && !isOddNumber(host)))
    return undefined;
  const digits = colon < 0 ? '' : authority.slice(colon + 1);
  if (digits === '') return host;
  if (!/^\d+$/.test(digits)) return undefined;
  const port = Number(digits);
  if (port > 65_535) return undefined;
  return port === (scheme === 'https' ? 443 : 80) ? host : `${host}:${port}`;
}

/** Whether the URL parser would read the host as an IPv4 address in a notation other than the usual. */
function isOddNumber(host: string): boolean {
  const labels = host.split('.');
  const last = labels.at(-1) === '' ? labels.at(-2) : labels.at(-1);
  if (last === undefined || !/^(?:0x[\da-f]*|\d+)$/.test(last)) return false;
  return (
    labels.length !== 4 || !labels.every((label) => /^(?:0|[1-9]\d{0,2})$/.test(label) && Number(label) < 256)
  );
}

function normalizePath(path: string): string {
  const segments: string[] = [];
  const all = path.split('/');
  for (let i = 0; i < all.length; i++) {
    const segment = all[i]!;
    if (/^(?:\.|%2e){2}$/i.test(segment)) segments.pop();
    else if (!/^(?:\.|%2e)$/i.test(segment)) {
      segments.push(percentEncode(segment, SETS.PATH));
      continue;
    }
    if (i === all.length - 1) segments.push('');
  }
  return segments.join('/');
}
