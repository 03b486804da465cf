import { parseForm, serializeForm } from './form.ts';
import { parseInto, parseUrl } from './parse.ts';
import { percentEncode, SETS } from './percent.ts';
import { isSpecial, serializePath, serializeUrl, SPECIAL, type UrlRecord } from './record.ts';
import { ON_CHANGE, PAIRS, URLSearchParams } from './search-params.ts';

const STATE: unique symbol = Symbol('url');

/** `URL` (URL Standard §6.1). */
export class URL {
  declare private [STATE]: { record: UrlRecord; params: URLSearchParams | undefined };

  constructor(url: string, base?: string) {
    const record = parse(url, base);
    if (record === undefined) throw new TypeError('Invalid URL', { cause: { input: `${url}`, base } });
    Object.defineProperty(this, STATE, { value: { record, params: undefined } });
  }

  static parse(url: string, base?: string): URL | null {
    return URL.canParse(url, base) ? new URL(url, base) : null;
  }

  static canParse(url: string, base?: string): boolean {
    return parse(url, base) !== undefined;
  }

  get href(): string {
    return serializeUrl(this[STATE].record);
  }

  set href(value: string) {
    const record = parseUrl(`${value}`);
    if (record === undefined) throw new TypeError('Invalid URL', { cause: { input: `${value}` } });
    this[STATE].record = record;
    refreshParams(this[STATE]);
  }

  get origin(): string {
    const { record } = this[STATE];
    if (record.scheme === 'blob') {
      const inner = typeof record.path === 'string' ? parseUrl(record.path) : undefined;
      return inner?.scheme === 'http' || inner?.scheme === 'https' ? originOf(inner) : 'null';
    }
    return isSpecial(record) && record.scheme !== 'file' ? originOf(record) : 'null';
  }

  get protocol(): string {
    return `${this[STATE].record.scheme}:`;
  }

  set protocol(value: string) {
    parseInto(`${value}:`, this[STATE].record, 'scheme start');
  }

  get username(): string {
    return this[STATE].record.username;
  }

  set username(value: string) {
    const { record } = this[STATE];
    if (canHaveCredentials(record)) record.username = percentEncode(`${value}`.toWellFormed(), SETS.USERINFO);
  }

  get password(): string {
    return this[STATE].record.password;
  }

  set password(value: string) {
    const { record } = this[STATE];
    if (canHaveCredentials(record)) record.password = percentEncode(`${value}`.toWellFormed(), SETS.USERINFO);
  }

  get host(): string {
    const { host, port } = this[STATE].record;
    return port === null ? (host ?? '') : `${host}:${port}`;
  }

  set host(value: string) {
    const { record } = this[STATE];
    if (typeof record.path !== 'string') parseInto(`${value}`, record, 'host');
  }

  get hostname(): string {
    return this[STATE].record.host ?? '';
  }

  set hostname(value: string) {
    const { record } = this[STATE];
    if (typeof record.path !== 'string') parseInto(`${value}`, record, 'hostname');
  }

  get port(): string {
    const { port } = this[STATE].record;
    return port === null ? '' : String(port);
  }

  set port(value: string) {
    const { record } = this[STATE];
    if (!canHaveCredentials(record)) return;
    if (`${value}` === '') record.port = null;
    else parseInto(`${value}`, record, 'port');
  }

  get pathname(): string {
    return serializePath(this[STATE].record);
  }

  set pathname(value: string) {
    const { record } = this[STATE];
    if (typeof record.path === 'string') return;
    record.path = [];
    parseInto(`${value}`, record, 'path start');
  }

  get search(): string {
    const { query } = this[STATE].record;
    return query ? `?${query}` : '';
  }

  set search(value: string) {
    const { record } = this[STATE];
    const text = `${value}`;
    if (text === '') record.query = null;
    else {
      record.query = '';
      parseInto(text.startsWith('?') ? text.slice(1) : text, record, 'query');
    }
    refreshParams(this[STATE]);
  }

  get searchParams(): URLSearchParams {
    const state = this[STATE];
    if (state.params === undefined) {
      const params = new URLSearchParams(state.record.query ?? '');
      params[PAIRS] = parseForm(state.record.query ?? '');
      params[ON_CHANGE] = () => {
        state.record.query = params.size === 0 ? null : serializeForm(params[PAIRS]);
      };
      state.params = params;
    }
    return state.params;
  }

  get hash(): string {
    const { fragment } = this[STATE].record;
    return fragment ? `#${fragment}` : '';
  }

  set hash(value: string) {
    const { record } = this[STATE];
    const text = `${value}`;
    if (text === '') record.fragment = null;
    else {
      record.fragment = '';
      parseInto(text.startsWith('#') ? text.slice(1) : text, record, 'fragment');
    }
  }

  toString(): string {
    return this.href;
  }

  toJSON(): string {
    return this.href;
  }

  get [Symbol.toStringTag](): string {
    return 'URL';
  }
}

function parse(url: string, base: string | undefined): UrlRecord | undefined {
  if (base === undefined) return parseUrl(`${url}`);
  const baseRecord = parseUrl(`${base}`);
  return baseRecord && parseUrl(`${url}`, baseRecord);
}

function refreshParams({ record, params }: { record: UrlRecord; params: URLSearchParams | undefined }): void {
  if (params) params[PAIRS] = parseForm(record.query ?? '');
}

function originOf({ scheme, host, port }: UrlRecord): string {
  return `${scheme}://${host}${port === null || port === SPECIAL[scheme] ? '' : `:${port}`}`;
}

function canHaveCredentials({ host, scheme }: UrlRecord): boolean {
  return host !== null && host !== '' && scheme !== 'file';
}
