/** A URL as the standard keeps it (URL Standard §4.1); host in its serialised form. */
export interface UrlRecord {
  scheme: string;
  username: string;
  password: string;
  /** null for none, which is not the same as the empty host of `file:///`. */
  host: string | null;
  port: number | null;
  /** A string for an opaque path, as `mailto:` has. */
  path: string[] | string;
  query: string | null;
  fragment: string | null;
}

/** The default ports of the special schemes; null for `file`. */
export const SPECIAL: Readonly<Record<string, number | null>> = {
  __proto__: null as never,
  ftp: 21,
  file: null,
  http: 80,
  https: 443,
  ws: 80,
  wss: 443,
};

export function isSpecial({ scheme }: UrlRecord): boolean {
  return scheme in SPECIAL;
}

export function serializePath({ path }: UrlRecord): string {
  if (typeof path === 'string') return path;
  return path.map((segment) => `/${segment}`).join('');
}

export function serializeUrl(url: UrlRecord, withoutFragment = false): string {
  let text = `${url.scheme}:`;
  if (url.host !== null) {
    text += '//';
    if (url.username !== '' || url.password !== '') {
      text += url.username + (url.password === '' ? '' : `:${url.password}`);
      text += '@';
    }
    text += url.host + (url.port === null ? '' : `:${url.port}`);
  } else if (typeof url.path !== 'string' && url.path.length > 1 && url.path[0] === '') text += '/.';
  text += serializePath(url);
  if (url.query !== null) text += `?${url.query}`;
  if (!withoutFragment && url.fragment !== null) text += `#${url.fragment}`;
  return text;
}
