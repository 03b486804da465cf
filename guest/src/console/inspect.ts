import { peek } from '../async/promise.ts';
import { errorText } from './error-text.ts';

/** Values as text, close to Node's `util.inspect`: enough to read a log by. */

const MAX_DEPTH = 3;
const MAX_ITEMS = 100;
/** Entries of one object go on one line up to this width. */
const MAX_WIDTH = 76;

const WRAPPERS = /* @__PURE__ */ new Set(['[object Number]', '[object String]', '[object Boolean]']);

/** An argument of console.log: strings stay as they are. */
export function display(value: unknown): string {
  return typeof value === 'string' ? value : inspect(value);
}

export function inspect(value: unknown, depth = 0, seen: readonly object[] = []): string {
  switch (typeof value) {
    case 'string':
      return quote(value);
    case 'bigint':
      return `${value}n`;
    case 'symbol':
      return value.toString();
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value);
    case 'object':
      return value === null ? 'null' : inspectObject(value, depth, seen);
    case 'function':
      return inspectObject(value, depth, seen);
    default:
      return String(value);
  }
}

function inspectObject(value: object, depth: number, seen: readonly object[]): string {
  if (seen.includes(value)) return '[Circular]';
  const inner = (item: unknown): string => inspect(item, depth + 1, [...seen, value]);
  const properties = (): string[] => propertiesOf(value, inner);
  const deep = depth > MAX_DEPTH;

  if (value instanceof Error) return inspectError(value, properties(), inner);
  if (typeof value === 'function') {
    const kind = /^class\b/.test(Function.prototype.toString.call(value)) ? 'class' : 'Function';
    return wrap(
      `[${kind}${value.name ? `${kind === 'class' ? ' ' : ': '}${value.name}` : ' (anonymous)'}]`,
      properties(),
    );
  }
  if (Array.isArray(value)) {
    if (deep) return '[Array]';
    return list('[', [...limit(Array.from(value, inner), value.length), ...properties()], ']');
  }
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (value instanceof RegExp) return String(value);
  if (value instanceof Map) {
    if (deep) return '[Map]';
    const entries = Array.from(value, ([key, item]) => `${inner(key)} => ${inner(item)}`);
    return `Map(${value.size}) ${list('{', limit(entries, value.size), '}')}`;
  }
  if (value instanceof Set) {
    if (deep) return '[Set]';
    return `Set(${value.size}) ${list('{', limit(Array.from(value, inner), value.size), '}')}`;
  }
  if (value instanceof ArrayBuffer) return `ArrayBuffer { byteLength: ${value.byteLength} }`;
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    const array = value as Uint8Array;
    return `${nameOf(value)}(${array.length}) ${list('[', limit(Array.from(array.subarray(0, MAX_ITEMS), inner), array.length), ']')}`;
  }
  if (WRAPPERS.has(Object.prototype.toString.call(value))) {
    return `[${nameOf(value)}: ${inspect(value.valueOf())}]`;
  }
  const promise = peek(value);
  if (promise) {
    const { state } = promise;
    return `Promise { ${state === 'pending' ? '<pending>' : `${state === 'rejected' ? '<rejected> ' : ''}${inner(promise.value)}`} }`;
  }
  const name = nameOf(value);
  if (deep) return `[${name}]`;
  const prefix = name === 'Object' ? '' : `${name} `;
  const entries = entriesOf(value);
  if (entries)
    return `${prefix}${list(
      '{',
      entries.map(([key, item]) => `${quote(key)} => ${quote(item)}`),
      '}',
    )}`;
  return prefix + list('{', [...properties(), ...accessorsOf(value, inner)], '}');
}

function inspectError(error: Error, properties: string[], inner: (value: unknown) => string): string {
  const cause = Object.hasOwn(error, 'cause') ? [`[cause]: ${inner(error.cause)}`] : [];
  const errors = error instanceof AggregateError ? [`[errors]: ${inner(error.errors)}`] : [];
  return wrap(errorText(error), [...properties, ...cause, ...errors]);
}

/** Own enumerable properties; of arrays and typed arrays only the named ones. */
function propertiesOf(value: object, inner: (value: unknown) => string): string[] {
  const isList = Array.isArray(value);
  return Object.entries(Object.getOwnPropertyDescriptors(value))
    .filter(([key, { enumerable }]) => enumerable && !(isList && /^\d+$/.test(key)))
    .map(([key, descriptor]) => {
      const name = /^[A-Za-z_$][\w$]*$/.test(key) ? key : quote(key);
      if (descriptor.get) return `${name}: [Getter${descriptor.set ? '/Setter' : ''}]`;
      return `${name}: ${descriptor.set ? '[Setter]' : inner(descriptor.value)}`;
    });
}

/** Pairs of what iterates over pairs and has a tag: Headers, URLSearchParams. */
function entriesOf(value: object): [string, string][] | undefined {
  const tag = (value as { [Symbol.toStringTag]?: string })[Symbol.toStringTag];
  return tag === 'Headers' || tag === 'URLSearchParams'
    ? [...(value as Iterable<[string, string]>)]
    : undefined;
}

/** What the web's classes show by accessors, which they have on their prototypes. */
function accessorsOf(value: object, inner: (value: unknown) => string): string[] {
  const tag = (value as { [Symbol.toStringTag]?: string })[Symbol.toStringTag];
  const names = SHOWN[tag ?? ''];
  return names ? names.map((name) => `${name}: ${inner((value as Record<string, unknown>)[name])}`) : [];
}

const SHOWN: Readonly<Record<string, readonly string[]>> = {
  URL: ['href'],
  Request: ['method', 'url', 'headers'],
  Response: ['status', 'statusText', 'headers'],
  AbortSignal: ['aborted'],
};

function nameOf(value: object): string {
  const prototype = Object.getPrototypeOf(value) as { constructor?: { name?: string } } | null;
  if (prototype === null) return '[Object: null prototype]';
  return prototype.constructor?.name || 'Object';
}

function limit(items: string[], length: number): string[] {
  if (length <= MAX_ITEMS) return items;
  return [
    ...items.slice(0, MAX_ITEMS),
    `... ${length - MAX_ITEMS} more item${length - MAX_ITEMS > 1 ? 's' : ''}`,
  ];
}

function list(open: string, items: readonly string[], close: string): string {
  if (items.length === 0) return open + close;
  const line = `${open} ${items.join(', ')} ${close}`;
  if (line.length <= MAX_WIDTH && !line.includes('\n')) return line;
  return `${open}\n${items.map((item) => `  ${item.replaceAll('\n', '\n  ')}`).join(',\n')}\n${close}`;
}

function wrap(text: string, properties: readonly string[]): string {
  return properties.length === 0 ? text : `${text} ${list('{', properties, '}')}`;
}

function quote(text: string): string {
  if (!text.includes("'")) return `'${escape(text)}'`;
  if (!text.includes('"')) return `"${escape(text)}"`;
  return `'${escape(text).replaceAll("'", String.raw`\'`)}'`;
}

function escape(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is escaped
  return text.replace(/[\\\n\r\t\0-\x1f\x7f]/g, (c) => {
    if (c === '\\') return String.raw`\\`;
    return JSON.stringify(c).slice(1, -1);
  });
}
