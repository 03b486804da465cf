import { percentEncode, SETS } from '../url/percent.ts';

const ORDINARY =
  /^(https?):\/\/([a-z\d._-]+|\[[\da-f:.]+\])(?::(\d*))?(?:[/\\]([^?#]*))?(?:\?([^#]*))?(?:#(.*))?$/is;
/** Hosts that the URL parser would read as another way to write an IPv4 address. */
const ODD_NUMBER = /(?:^|\.)(?:0x[\da-f]*|\d+)\.?$/i;
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;
const CANONICAL_IPV6 = /^\[(?:::|(?:[1-9a-f][\da-f]{0,3}:){7}[1-9a-f][\da-f]{0,3}|::[1-9a-f][\da-f]{0,3})\]$/;

/**
 * An absolute http or https URL in the form that `new URL(text).href` would give it; undefined for what is not
 * one, or is written in a way that only the whole URL parser understands (credentials, hosts beyond ASCII, IPv4
 * in other notations): requests come without such, and the parser would be a third of a small service. Labels
 * in Punycode are taken as they are.
 */
export function absoluteUrl(text: string): string | undefined {
  const match = ORDINARY.exec(text.replace(/^[\0-\x20]+|[\0-\x20]+$|[\t\n\r]+/g, ''));
  if (match === null) return undefined;
  const [, scheme, name, digits, path, query, hash] = match as unknown as [
    string,
    string,
    string,
    ...(string | undefined)[],
  ];
  const protocol = scheme.toLowerCase();
  const host = name.toLowerCase();
  if (host.startsWith('[') ? !CANONICAL_IPV6.test(host) : ODD_NUMBER.test(host) && !IPV4.test(host)) {
    return undefined;
  }
  const port = digits ? Number(digits) : undefined;
  if (port !== undefined && port > 65_535) return undefined;
  const isDefault = port === undefined || port === (protocol === 'https' ? 443 : 80);
  return (
    `${protocol}://${host}${isDefault ? '' : `:${port}`}/${normalizePath(path ?? '')}` +
    (query === undefined ? '' : `?${percentEncode(query, SETS.SPECIAL_QUERY)}`) +
    (hash === undefined ? '' : `#${percentEncode(hash, SETS.FRAGMENT)}`)
  );
}

function normalizePath(path: string): string {
  const segments: string[] = [];
  const all = path.split(/[/\\]/);
  for (const [i, segment] of all.entries()) {
    const isLast = i === all.length - 1;
    if (/^(?:\.|%2e){2}$/i.test(segment)) segments.pop();
    else if (!/^(?:\.|%2e)$/i.test(segment)) {
      segments.push(percentEncode(segment, SETS.PATH));
      continue;
    }
    if (isLast) segments.push('');
  }
  return segments.join('/');
}
