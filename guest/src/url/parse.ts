import { parseHost } from './host.ts';
import { percentEncode, SETS } from './percent.ts';
import { isSpecial, SPECIAL, type UrlRecord } from './record.ts';

/**
 * The basic URL parser (URL Standard §4.4), state by state. Setters run it with a record and a state to start
 * from; `'failed'` then means that the record stays as it is.
 */

export type State =
  | 'scheme start'
  | 'scheme'
  | 'no scheme'
  | 'special relative or authority'
  | 'path or authority'
  | 'relative'
  | 'relative slash'
  | 'special authority slashes'
  | 'special authority ignore slashes'
  | 'authority'
  | 'host'
  | 'hostname'
  | 'port'
  | 'file'
  | 'file slash'
  | 'file host'
  | 'path start'
  | 'path'
  | 'opaque path'
  | 'query'
  | 'fragment';

const LETTER = /[a-zA-Z]/;
const SCHEME = /[a-zA-Z0-9+\-.]/;
const SINGLE_DOT = /^(?:\.|%2e)$/i;
const DOUBLE_DOT = /^(?:\.|%2e){2}$/i;
const DRIVE_LETTER = /^[a-zA-Z][:|]$/;
const NORMAL_DRIVE_LETTER = /^[a-zA-Z]:$/;

/** The record of an absolute URL, or of one relative to `base`; undefined for failure. */
export function parseUrl(input: string, base?: UrlRecord): UrlRecord | undefined {
  const url: UrlRecord = {
    scheme: '',
    username: '',
    password: '',
    host: null,
    port: null,
    path: [],
    query: null,
    fragment: null,
  };
  const trimmed = input.replace(/^[\0-\x20]+/, '').replace(/[\0-\x20]+$/, '');
  return run(trimmed, url, base, undefined) === 'failed' ? undefined : url;
}

/** Parses a part into `url`, as the setters of `URL` do. */
export function parseInto(input: string, url: UrlRecord, state: State): 'done' | 'failed' {
  return run(input, url, undefined, state);
}

function run(
  raw: string,
  url: UrlRecord,
  base: UrlRecord | undefined,
  override: State | undefined,
): 'done' | 'failed' {
  const input = Array.from(raw.replace(/[\t\n\r]/g, '').toWellFormed());
  let state: State = override ?? 'scheme start';
  let buffer = '';
  let atSeen = false;
  let inBrackets = false;
  let passwordSeen = false;

  for (let at = 0; ; at++) {
    /** The empty string stands for the end of the input. */
    const c = input[at] ?? '';
    const rest = (from = 1): string => input.slice(at + from, at + from + 2).join('');
    const back = (): void => {
      at -= 1;
    };
    const endsAuthority = c === '' || c === '/' || c === '?' || c === '#' || (c === '\\' && isSpecial(url));

    switch (state) {
      case 'scheme start':
        if (LETTER.test(c)) {
          buffer += c.toLowerCase();
          state = 'scheme';
        } else if (override === undefined) {
          state = 'no scheme';
          back();
        } else return 'failed';
        break;

      case 'scheme':
        if (c !== '' && SCHEME.test(c)) buffer += c.toLowerCase();
        else if (c === ':') {
          if (override !== undefined) {
            if (isSpecial(url) !== buffer in SPECIAL) return 'done';
            if ((hasCredentials(url) || url.port !== null) && buffer === 'file') return 'done';
            if (url.scheme === 'file' && url.host === '') return 'done';
          }
          url.scheme = buffer;
          if (override !== undefined) {
            if (url.port === SPECIAL[url.scheme]) url.port = null;
            return 'done';
          }
          buffer = '';
          if (url.scheme === 'file') state = 'file';
          else if (isSpecial(url) && base?.scheme === url.scheme) state = 'special relative or authority';
          else if (isSpecial(url)) state = 'special authority slashes';
          else if (input[at + 1] === '/') {
            state = 'path or authority';
            at += 1;
          } else {
            url.path = '';
            state = 'opaque path';
          }
        } else if (override === undefined) {
          buffer = '';
          state = 'no scheme';
          at = -1;
        } else return 'failed';
        break;

      case 'no scheme':
        if (base === undefined || (typeof base.path === 'string' && c !== '#')) return 'failed';
        if (typeof base.path === 'string') {
          copy(url, base, 'scheme', 'path', 'query');
          url.fragment = '';
          state = 'fragment';
        } else {
          state = base.scheme === 'file' ? 'file' : 'relative';
          back();
        }
        break;

      case 'special relative or authority':
        if (c === '/' && input[at + 1] === '/') {
          state = 'special authority ignore slashes';
          at += 1;
        } else {
          state = 'relative';
          back();
        }
        break;

      case 'path or authority':
        if (c === '/') state = 'authority';
        else {
          state = 'path';
          back();
        }
        break;

      case 'relative': {
        const from = base!;
        url.scheme = from.scheme;
        if (c === '/') state = 'relative slash';
        else if (isSpecial(url) && c === '\\') state = 'relative slash';
        else {
          copy(url, from, 'username', 'password', 'host', 'port', 'path', 'query');
          if (c === '?') {
            url.query = '';
            state = 'query';
          } else if (c === '#') {
            url.fragment = '';
            state = 'fragment';
          } else if (c !== '') {
            url.query = null;
            shorten(url);
            state = 'path';
            back();
          }
        }
        break;
      }

      case 'relative slash':
        if (isSpecial(url) && (c === '/' || c === '\\')) state = 'special authority ignore slashes';
        else if (c === '/') state = 'authority';
        else {
          copy(url, base!, 'username', 'password', 'host', 'port');
          state = 'path';
          back();
        }
        break;

      case 'special authority slashes':
        state = 'special authority ignore slashes';
        if (c === '/' && input[at + 1] === '/') at += 1;
        else back();
        break;

      case 'special authority ignore slashes':
        if (c !== '/' && c !== '\\') {
          state = 'authority';
          back();
        }
        break;

      case 'authority':
        if (c === '@') {
          if (atSeen) buffer = `%40${buffer}`;
          atSeen = true;
          for (const character of buffer) {
            if (character === ':' && !passwordSeen) passwordSeen = true;
            else {
              const encoded = percentEncode(character, SETS.USERINFO);
              if (passwordSeen) url.password += encoded;
              else url.username += encoded;
            }
          }
          buffer = '';
        } else if (endsAuthority) {
          if (atSeen && buffer === '') return 'failed';
          at -= Array.from(buffer).length + 1;
          buffer = '';
          state = 'host';
        } else buffer += c;
        break;

      case 'host':
      case 'hostname':
        if (override !== undefined && url.scheme === 'file') {
          back();
          state = 'file host';
        } else if (c === ':' && !inBrackets) {
          if (buffer === '' || override === 'hostname') return 'failed';
          const host = parseHost(buffer, isSpecial(url));
          if (host === undefined) return 'failed';
          url.host = host;
          buffer = '';
          state = 'port';
        } else if (endsAuthority) {
          back();
          if (isSpecial(url) && buffer === '') return 'failed';
          if (override !== undefined && buffer === '' && (hasCredentials(url) || url.port !== null))
            return 'failed';
          const host = buffer === '' ? '' : parseHost(buffer, isSpecial(url));
          if (host === undefined) return 'failed';
          url.host = host;
          buffer = '';
          state = 'path start';
          if (override !== undefined) return 'done';
        } else {
          if (c === '[') inBrackets = true;
          else if (c === ']') inBrackets = false;
          buffer += c;
        }
        break;

      case 'port':
        if (c >= '0' && c <= '9' && c.length === 1) buffer += c;
        else if (endsAuthority || override !== undefined) {
          if (buffer !== '') {
            const port = Number(buffer);
            if (port > 65_535) return 'failed';
            url.port = port === SPECIAL[url.scheme] ? null : port;
            buffer = '';
            if (override !== undefined) return 'done';
          }
          if (override !== undefined) return 'failed';
          state = 'path start';
          back();
        } else return 'failed';
        break;

      case 'file':
        url.scheme = 'file';
        url.host = '';
        if (c === '/' || c === '\\') state = 'file slash';
        else if (base?.scheme === 'file') {
          copy(url, base, 'host', 'path', 'query');
          if (c === '?') {
            url.query = '';
            state = 'query';
          } else if (c === '#') {
            url.fragment = '';
            state = 'fragment';
          } else if (c !== '') {
            url.query = null;
            if (startsWithDriveLetter(input, at)) url.path = [];
            else shorten(url);
            state = 'path';
            back();
          }
        } else {
          state = 'path';
          back();
        }
        break;

      case 'file slash':
        if (c === '/' || c === '\\') state = 'file host';
        else {
          if (base?.scheme === 'file') {
            url.host = base.host;
            const [drive] = base.path;
            if (!startsWithDriveLetter(input, at) && drive !== undefined && NORMAL_DRIVE_LETTER.test(drive)) {
              (url.path as string[]).push(drive);
            }
          }
          state = 'path';
          back();
        }
        break;

      case 'file host':
        if (c === '' || c === '/' || c === '\\' || c === '?' || c === '#') {
          back();
          if (override === undefined && DRIVE_LETTER.test(buffer)) state = 'path';
          else if (buffer === '') {
            url.host = '';
            if (override !== undefined) return 'done';
            state = 'path start';
          } else {
            const host = parseHost(buffer, isSpecial(url));
            if (host === undefined) return 'failed';
            url.host = host === 'localhost' ? '' : host;
            if (override !== undefined) return 'done';
            buffer = '';
            state = 'path start';
          }
        } else buffer += c;
        break;

      case 'path start':
        if (isSpecial(url)) {
          state = 'path';
          if (c !== '/' && c !== '\\') back();
        } else if (override === undefined && c === '?') {
          url.query = '';
          state = 'query';
        } else if (override === undefined && c === '#') {
          url.fragment = '';
          state = 'fragment';
        } else if (c !== '') {
          state = 'path';
          if (c !== '/') back();
        } else if (override !== undefined && url.host === null) (url.path as string[]).push('');
        break;

      case 'path': {
        const isSlash = c === '/' || (isSpecial(url) && c === '\\');
        if (c === '' || isSlash || (override === undefined && (c === '?' || c === '#'))) {
          const path = url.path as string[];
          if (DOUBLE_DOT.test(buffer)) {
            shorten(url);
            if (!isSlash) path.push('');
          } else if (SINGLE_DOT.test(buffer)) {
            if (!isSlash) path.push('');
          } else {
            if (url.scheme === 'file' && path.length === 0 && DRIVE_LETTER.test(buffer))
              buffer = `${buffer[0]}:`;
            path.push(buffer);
          }
          buffer = '';
          if (c === '?') {
            url.query = '';
            state = 'query';
          }
          if (c === '#') {
            url.fragment = '';
            state = 'fragment';
          }
        } else buffer += percentEncode(c, SETS.PATH);
        break;
      }

      case 'opaque path':
        if (c === '?') {
          url.query = '';
          state = 'query';
        } else if (c === '#') {
          url.fragment = '';
          state = 'fragment';
        } else if (c === ' ') url.path += rest().startsWith('?') || rest().startsWith('#') ? '%20' : ' ';
        else if (c !== '') url.path += percentEncode(c, SETS.C0);
        break;

      case 'query':
        if (c === '' || (override === undefined && c === '#')) {
          url.query += percentEncode(buffer, isSpecial(url) ? SETS.SPECIAL_QUERY : SETS.QUERY);
          buffer = '';
          if (c === '#') {
            url.fragment = '';
            state = 'fragment';
          }
        } else buffer += c;
        break;

      case 'fragment':
        if (c !== '') url.fragment += percentEncode(c, SETS.FRAGMENT);
        break;
    }
    if (c === '' && at >= input.length) return 'done';
  }
}

export function hasCredentials({ username, password }: UrlRecord): boolean {
  return username !== '' || password !== '';
}

function copy(url: UrlRecord, base: UrlRecord, ...parts: (keyof UrlRecord)[]): void {
  for (const part of parts) {
    const value = base[part];
    Object.assign(url, { [part]: Array.isArray(value) ? [...value] : value });
  }
}

/** Removes the last segment, but never the drive letter of a file. */
function shorten(url: UrlRecord): void {
  const path = url.path as string[];
  if (url.scheme === 'file' && path.length === 1 && NORMAL_DRIVE_LETTER.test(path[0]!)) return;
  path.pop();
}

function startsWithDriveLetter(input: readonly string[], at: number): boolean {
  if (!DRIVE_LETTER.test(`${input[at] ?? ''}${input[at + 1] ?? ''}`)) return false;
  const next = input[at + 2];
  return next === undefined || next === '/' || next === '\\' || next === '?' || next === '#';
}
