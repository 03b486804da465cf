import { parseForm, serializeForm, type Pair } from './form.ts';

/** Where a URL and its `searchParams` meet, hidden from scripts. */
export const PAIRS: unique symbol = Symbol('pairs');
export const ON_CHANGE: unique symbol = Symbol('on change');

export type SearchParamsInit = string | Iterable<Iterable<string>> | Readonly<Record<string, string>>;

/** `URLSearchParams` (URL Standard §6.2). */
export class URLSearchParams {
  declare [PAIRS]: Pair[];
  declare [ON_CHANGE]: (() => void) | undefined;

  constructor(init: SearchParamsInit | URLSearchParams = '') {
    Object.defineProperty(this, ON_CHANGE, { value: undefined, writable: true });
    Object.defineProperty(this, PAIRS, { value: pairsOf(init), writable: true });
  }

  get size(): number {
    return this[PAIRS].length;
  }

  append(name: string, value: string): void {
    need(arguments.length, 2, 'append');
    this[PAIRS].push([usv(name), usv(value)]);
    this[ON_CHANGE]?.();
  }

  delete(name: string, value?: string): void {
    need(arguments.length, 1, 'delete');
    const wanted = usv(name);
    const wantedValue = value === undefined ? undefined : usv(value);
    const kept = this[PAIRS].filter(
      ([n, v]) => n !== wanted || (wantedValue !== undefined && v !== wantedValue),
    );
    this[PAIRS] = kept;
    this[ON_CHANGE]?.();
  }

  get(name: string): string | null {
    need(arguments.length, 1, 'get');
    const wanted = usv(name);
    return this[PAIRS].find(([n]) => n === wanted)?.[1] ?? null;
  }

  getAll(name: string): string[] {
    need(arguments.length, 1, 'getAll');
    const wanted = usv(name);
    return this[PAIRS].filter(([n]) => n === wanted).map(([, value]) => value);
  }

  has(name: string, value?: string): boolean {
    need(arguments.length, 1, 'has');
    const wanted = usv(name);
    const wantedValue = value === undefined ? undefined : usv(value);
    return this[PAIRS].some(([n, v]) => n === wanted && (wantedValue === undefined || v === wantedValue));
  }

  set(name: string, value: string): void {
    need(arguments.length, 2, 'set');
    const wanted = usv(name);
    const pair: Pair = [wanted, usv(value)];
    const at = this[PAIRS].findIndex(([n]) => n === wanted);
    if (at < 0) this[PAIRS].push(pair);
    else this[PAIRS] = this[PAIRS].flatMap((old, i) => (i === at ? [pair] : old[0] === wanted ? [] : [old]));
    this[ON_CHANGE]?.();
  }

  sort(): void {
    // By UTF-16 code units, as JavaScript compares, and stable.
    this[PAIRS].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    this[ON_CHANGE]?.();
  }

  forEach(visit: (value: string, name: string, params: URLSearchParams) => void, thisArg?: unknown): void {
    if (typeof visit !== 'function') throw new TypeError('URLSearchParams.forEach: expected a function');
    for (const [name, value] of this) visit.call(thisArg, value, name, this);
  }

  /** Reads on while pairs are added, as the standard's iterators do. */
  *entries(): Generator<Pair, undefined> {
    for (let i = 0; i < this[PAIRS].length; i++) {
      const [name, value] = this[PAIRS][i]!;
      yield [name, value];
    }
    return undefined;
  }

  *keys(): Generator<string, undefined> {
    for (const [name] of this.entries()) yield name;
    return undefined;
  }

  *values(): Generator<string, undefined> {
    for (const [, value] of this.entries()) yield value;
    return undefined;
  }

  [Symbol.iterator](): Generator<Pair, undefined> {
    return this.entries();
  }

  toString(): string {
    return serializeForm(this[PAIRS]);
  }

  get [Symbol.toStringTag](): string {
    return 'URLSearchParams';
  }
}

function pairsOf(init: unknown): Pair[] {
  if ((typeof init !== 'object' && typeof init !== 'function') || init === null) {
    const text = usv(init);
    return parseForm(text.startsWith('?') ? text.slice(1) : text);
  }
  const method = (init as Partial<Iterable<Iterable<unknown>>>)[Symbol.iterator];
  if (method === undefined || method === null) {
    const pairs = new Map<string, string>();
    for (const key of Reflect.ownKeys(init)) {
      if (!Object.getOwnPropertyDescriptor(init, key)?.enumerable) continue;
      if (typeof key === 'symbol') throw new TypeError('URLSearchParams: a name cannot be a symbol');
      pairs.set(usv(key), usv((init as Record<string, unknown>)[key]));
    }
    return [...pairs];
  }
  if (typeof method !== 'function') throw new TypeError('URLSearchParams: the initial value is not iterable');
  return Array.from({ [Symbol.iterator]: () => method.call(init) }, (item): Pair => {
    if ((typeof item !== 'object' && typeof item !== 'function') || item === null) {
      throw new TypeError('URLSearchParams: each item must be a pair of name and value');
    }
    const pair = [...(item as Iterable<unknown>)];
    if (pair.length !== 2) throw new TypeError('URLSearchParams: each item must be a pair of name and value');
    return [usv(pair[0]), usv(pair[1])];
  });
}

/** Web IDL's USVString. */
function usv(value: unknown): string {
  if (typeof value === 'symbol') throw new TypeError('Cannot convert a Symbol value to a string');
  return `${value as string}`.toWellFormed();
}

function need(found: number, wanted: number, method: string): void {
  if (found >= wanted) return;
  throw new TypeError(`URLSearchParams.${method}: ${wanted} arguments required, but only ${found} present`);
}
