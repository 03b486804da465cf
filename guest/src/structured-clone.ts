/**
 * `structuredClone` (HTML §2.7): copies cycles and the engine's own kinds, refuses what cannot be copied. A
 * transferred buffer is copied and then detached, which a script cannot tell from a move.
 */

const ERRORS = { Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError };
const WRAPPERS = /* @__PURE__ */ new Set([
  '[object Boolean]',
  '[object Number]',
  '[object String]',
  '[object BigInt]',
]);

type Memory = Map<object, unknown>;

export function structuredClone<T>(
  value: T,
  options: { readonly transfer?: readonly ArrayBuffer[] } = {},
): T {
  const memory: Memory = new Map();
  const transfer = [...(options?.transfer ?? [])];
  for (const [i, buffer] of transfer.entries()) {
    if (!(buffer instanceof ArrayBuffer) || buffer.detached || transfer.indexOf(buffer) !== i) {
      throw refuse(buffer, 'cannot be transferred');
    }
  }
  // Everything is read before anything is detached, so that a refusal leaves the source as it was.
  const copy = clone(value, memory) as T;
  for (const buffer of transfer) buffer.transfer();
  return copy;
}

function clone(value: unknown, memory: Memory): unknown {
  if (typeof value === 'symbol' || typeof value === 'function') throw refuse(value, 'could not be cloned');
  if (typeof value !== 'object' || value === null) return value;
  const known = memory.get(value);
  if (known !== undefined) return known;
  const remember = <C extends object>(copy: C): C => {
    memory.set(value, copy);
    return copy;
  };

  if (WRAPPERS.has(Object.prototype.toString.call(value))) {
    return remember(Object(value.valueOf()) as object);
  }
  if (value instanceof Date) return remember(new Date(value.getTime()));
  if (value instanceof RegExp) return remember(new RegExp(value.source, value.flags));
  if (value instanceof ArrayBuffer) return remember(cloneBuffer(value));
  if (ArrayBuffer.isView(value)) return remember(cloneView(value, memory));
  if (value instanceof Map) {
    const copy = remember(new Map());
    for (const [key, item] of Array.from(value)) copy.set(clone(key, memory), clone(item, memory));
    return copy;
  }
  if (value instanceof Set) {
    const copy = remember(new Set());
    for (const item of Array.from(value)) copy.add(clone(item, memory));
    return copy;
  }
  if (value instanceof Error && !(value instanceof DOMException)) return cloneError(value, memory);
  if (Array.isArray(value)) return cloneProperties(value, remember(holes(value.length)), memory);
  if (isPlain(value)) return cloneProperties(value, remember({}), memory);
  throw refuse(value, 'could not be cloned');
}

function cloneProperties(source: object, copy: object, memory: Memory): object {
  for (const key of Object.keys(source)) {
    if (!Object.hasOwn(source, key)) continue; // A getter may have deleted it.
    const value = clone((source as Record<string, unknown>)[key], memory);
    Object.defineProperty(copy, key, { value, writable: true, enumerable: true, configurable: true });
  }
  return copy;
}

/** Nothing but holes, of which some may stay. */
function holes(length: number): unknown[] {
  const array: unknown[] = [];
  array.length = length;
  return array;
}

function cloneBuffer(buffer: ArrayBuffer): ArrayBuffer {
  if (buffer.detached) throw refuse(buffer, 'is detached and could not be cloned');
  return buffer.slice(0);
}

function cloneView(view: ArrayBufferView, memory: Memory): ArrayBufferView {
  const buffer = clone(view.buffer, memory) as ArrayBuffer;
  const constructor = view instanceof DataView ? DataView : typedArrayOf(view);
  const length = view instanceof DataView ? view.byteLength : (view as Uint8Array).length;
  return new constructor(buffer, view.byteOffset, length);
}

type ViewConstructor = new (buffer: ArrayBuffer, offset: number, length: number) => ArrayBufferView;

function typedArrayOf(view: ArrayBufferView): ViewConstructor {
  return (globalThis as unknown as Record<string, ViewConstructor>)[
    (view as Uint8Array)[Symbol.toStringTag]
  ]!;
}

function cloneError(error: Error, memory: Memory): Error {
  const constructor = Object.hasOwn(ERRORS, error.name) ? ERRORS[error.name as keyof typeof ERRORS] : Error;
  const copy = new constructor();
  memory.set(error, copy);
  const message = Object.getOwnPropertyDescriptor(error, 'message');
  if (message && 'value' in message) define(copy, 'message', `${message.value as string}`);
  define(copy, 'stack', error.stack);
  if (Object.hasOwn(error, 'cause')) define(copy, 'cause', clone(error.cause, memory));
  return copy;
}

function define(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, writable: true, enumerable: false, configurable: true });
}

/** Objects of plain shape; instances of user classes are copied as plain objects, as the standard says. */
function isPlain(value: object): boolean {
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  return !REFUSED.has(tag);
}

const REFUSED = /* @__PURE__ */ new Set([
  'Promise',
  'WeakMap',
  'WeakSet',
  'WeakRef',
  'Generator',
  'AsyncGenerator',
  'FinalizationRegistry',
  'Iterator',
  'Headers',
  'Request',
  'Response',
  'URL',
  'URLSearchParams',
  'TextEncoder',
  'TextDecoder',
  'AbortSignal',
  'AbortController',
  'Event',
  'EventTarget',
  'DOMException',
]);

function refuse(value: unknown, why: string): DOMException {
  const what = typeof value === 'function' ? String(value) : Object.prototype.toString.call(value);
  return new DOMException(`${typeof value === 'symbol' ? value.toString() : what} ${why}.`, 'DataCloneError');
}
