/** `Headers` (Fetch Standard §5.1). Without the guards of browsers, as in Node: every name may be set. */

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const LIST: unique symbol = Symbol('headers');
const IMMUTABLE: unique symbol = Symbol('immutable');

export type HeadersInit = Headers | Iterable<Iterable<string>> | Readonly<Record<string, string>>;

/** Names in lower case, values as given, in the order of adding. */
export type HeaderList = [name: string, value: string][];

export class Headers {
  declare [LIST]: HeaderList;
  declare [IMMUTABLE]: boolean;

  constructor(init?: HeadersInit) {
    this[LIST] = [];
    this[IMMUTABLE] = false;
    if (init === undefined) return;
    for (const [name, value] of pairsOf(init)) this.append(name, value);
  }

  append(name: string, value: string): void {
    need(arguments.length, 2, 'append');
    const pair = checkPair(name, value);
    writable(this, 'append').push(pair);
  }

  delete(name: string): void {
    need(arguments.length, 1, 'delete');
    const wanted = checkName(name);
    writable(this, 'delete');
    this[LIST] = this[LIST].filter(([n]) => n !== wanted);
  }

  get(name: string): string | null {
    need(arguments.length, 1, 'get');
    const wanted = checkName(name);
    let joined: string | null = null;
    for (const pair of this[LIST]) {
      if (pair[0] === wanted) joined = joined === null ? pair[1] : `${joined}, ${pair[1]}`;
    }
    return joined;
  }

  getSetCookie(): string[] {
    return this[LIST].filter(([name]) => name === 'set-cookie').map(([, value]) => value);
  }

  has(name: string): boolean {
    need(arguments.length, 1, 'has');
    const wanted = checkName(name);
    return this[LIST].some((pair) => pair[0] === wanted);
  }

  set(name: string, value: string): void {
    need(arguments.length, 2, 'set');
    const pair = checkPair(name, value);
    const list = writable(this, 'set');
    const at = list.findIndex((old) => old[0] === pair[0]);
    if (at < 0) list.push(pair);
    else this[LIST] = list.flatMap((old, i) => (i === at ? [pair] : old[0] === pair[0] ? [] : [old]));
  }

  forEach(visit: (value: string, name: string, headers: Headers) => void, thisArg?: unknown): void {
    if (typeof visit !== 'function') throw new TypeError('Headers.forEach: expected a function');
    for (const [name, value] of this) visit.call(thisArg, value, name, this);
  }

  /** Sorted by name, values of one name joined, but each Set-Cookie by itself; looks again at every step. */
  *entries(): Generator<[string, string], undefined> {
    for (let i = 0; ; i++) {
      const pair = sortAndCombine(this[LIST])[i];
      if (pair === undefined) return undefined;
      yield pair;
    }
  }

  *keys(): Generator<string, undefined> {
    for (const [name] of this.entries()) yield name;
    return undefined;
  }

  *values(): Generator<string, undefined> {
    for (const [, value] of this.entries()) yield value;
    return undefined;
  }

  [Symbol.iterator](): Generator<[string, string], undefined> {
    return this.entries();
  }

  get [Symbol.toStringTag](): string {
    return 'Headers';
  }
}

/** The raw list, for the adapters: what is sent keeps its order and its repeats. */
export function headerList(headers: Headers): Readonly<HeaderList> {
  return headers[LIST];
}

/** Headers of a list of the caller's that nobody else changes: names in lower case, unchecked. */
export function headersFrom(list: HeaderList): Headers {
  const headers = new Headers();
  headers[LIST] = list;
  return headers;
}

/** Headers of what came from outside, unchecked. */
export function receivedHeaders(pairs: readonly (readonly [name: string, value: string])[]): Headers {
  return headersFrom(pairs.map((pair) => [pair[0].toLowerCase(), pair[1]]));
}

/** Sets a header, whose name is in lower case and whose value is known to be good, unless it is there. */
export function setDefault(headers: Headers, name: string, value: string): void {
  const list = headers[LIST];
  for (const pair of list) if (pair[0] === name) return;
  list.push([name, value]);
}

export function makeImmutable(headers: Headers): Headers {
  headers[IMMUTABLE] = true;
  return headers;
}

function writable(headers: Headers, method: string): HeaderList {
  if (headers[IMMUTABLE]) throw new TypeError(`Headers.${method}: these headers are immutable`);
  return headers[LIST];
}

function sortAndCombine(list: HeaderList): HeaderList {
  const combined: HeaderList = [];
  const at = new Map<string, number>();
  for (const [name, value] of list) {
    const index = at.get(name);
    if (name === 'set-cookie' || index === undefined) at.set(name, combined.push([name, value]) - 1);
    else combined[index]![1] += `, ${value}`;
  }
  return combined.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

function pairsOf(init: unknown): [string, string][] {
  if ((typeof init !== 'object' && typeof init !== 'function') || init === null) {
    throw new TypeError('Headers: expected an object, pairs or Headers');
  }
  if (init instanceof Headers) return init[LIST];
  const method = (init as Partial<Iterable<Iterable<unknown>>>)[Symbol.iterator];
  if (method === undefined || method === null) {
    return Reflect.ownKeys(init)
      .filter((key) => Object.getOwnPropertyDescriptor(init, key)?.enumerable)
      .map((key) => [byteString(key), byteString((init as Record<PropertyKey, unknown>)[key])]);
  }
  if (typeof method !== 'function') throw new TypeError('Headers: the initial value is not iterable');
  return Array.from({ [Symbol.iterator]: () => method.call(init) }, (item) => {
    if ((typeof item !== 'object' && typeof item !== 'function') || item === null) {
      throw new TypeError('Headers: each item must be a pair of name and value');
    }
    const pair = [...(item as Iterable<unknown>)];
    if (pair.length !== 2) throw new TypeError('Headers: each item must be a pair of name and value');
    return [byteString(pair[0]), byteString(pair[1])];
  });
}

function checkPair(name: string, value: string): [string, string] {
  const text = byteString(name);
  const content = trim(byteString(value));
  if (/[\0\n\r]/.test(content))
    throw new TypeError(`Headers: invalid value of ${text}: ${JSON.stringify(content)}`);
  return [checkName(text), content];
}

/** Without HTTP white space around; most values have none. */
function trim(value: string): string {
  if (value.charCodeAt(0) > 0x20 && value.charCodeAt(value.length - 1) > 0x20) return value;
  return value.replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, '');
}

function checkName(name: string): string {
  const text = byteString(name);
  if (!TOKEN.test(text)) throw new TypeError(`Headers: invalid header name ${JSON.stringify(text)}`);
  return text.toLowerCase();
}

/** Web IDL's ByteString. */
function byteString(value: unknown): string {
  if (typeof value === 'symbol') throw new TypeError('Cannot convert a Symbol value to a string');
  const text = `${value as string}`;
  if (/[^\0-\xff]/.test(text))
    throw new TypeError(`Headers: ${JSON.stringify(text)} has characters above U+00FF`);
  return text;
}

function need(found: number, wanted: number, method: string): void {
  if (found >= wanted) return;
  throw new TypeError(`Headers.${method}: ${wanted} arguments required, but only ${found} present`);
}
