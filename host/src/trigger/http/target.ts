/** A request target, taken apart but neither decoded nor normalised. */
export interface RequestTarget {
  /** What routes are matched against. */
  readonly path: string;
  readonly pathAndQuery: string;
  /** Of an absolute target, `GET http://host/path`. */
  readonly authority?: string;
}

/** As the crates `http` and `hyper` allow, on which Spin builds. */
const PATH = /^(?:\/[!"$-;=@-_a-~\u0080-\uffff]*|\*)$/u;
const QUERY = /^[!$-;=?-~\u0080-\uffff]*$/u;
const ABSOLUTE = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]+)(.*)$/i;

/** Takes a request target apart; nothing for one that is no valid URI. */
export function parseTarget(sent: string): RequestTarget | undefined {
  const text = decodeUtf8(sent);
  const absolute = text === undefined ? null : ABSOLUTE.exec(text);
  const relative = absolute ? absolute[2] : text;
  if (relative === undefined) return undefined;
  const [beforeFragment = ''] = relative.split('#', 1);
  const question = beforeFragment.indexOf('?');
  const written = question === -1 ? beforeFragment : beforeFragment.slice(0, question);
  const query = question === -1 ? '' : beforeFragment.slice(question);
  const path = written === '' && absolute ? '/' : written;
  if (!PATH.test(path) || (query !== '' && !QUERY.test(query.slice(1)))) return undefined;
  const authority = absolute?.[1];
  return { path, pathAndQuery: path + query, ...(authority !== undefined && { authority }) };
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** Node hands on bytes as Latin-1; Spin takes them as UTF-8. Nothing for bytes that are not. */
export function decodeUtf8(latin1: string): string | undefined {
  if (!/[\u0080-\u00ff]/.test(latin1)) return latin1;
  try {
    return UTF8.decode(Buffer.from(latin1, 'latin1'));
  } catch {
    return undefined;
  }
}

/** Whether a text is a host with an optional port, as in a Host header. */
export function isAuthority(text: string): boolean {
  return /^(?:[\w.~!$&'()*+,;=%-]*@)?(?:\[[\da-f:.]+\]|[\w.~!$&'()*+,;=-]+)(?::\d*)?$/i.test(text);
}
