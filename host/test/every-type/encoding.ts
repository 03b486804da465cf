/**
 * JSON for every value that a contract can carry, exact to the bit and to the class: what JSON would change or
 * drop stands in an object with the one member `$`. Runs in Node and in services alike.
 *
 * NaN, -0, infinities and all numbers that are no safe integers are written by their bits, so that neither
 * engine's way of printing numbers is part of what is compared.
 */
export function encode(value: unknown): string {
  return JSON.stringify(toJson(value));
}

/** Throws an Error where the text is none of {@link encode}'s. */
export function decode(text: string): unknown {
  return fromJson(JSON.parse(text));
}

const TYPED_ARRAYS = {
  Int8Array,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
} as const;

function toJson(value: unknown): unknown {
  switch (typeof value) {
    case 'undefined':
      return { $: 'undefined' };
    case 'number':
      return Number.isSafeInteger(value) && !Object.is(value, -0)
        ? value
        : { $: 'number', bits: bitsOf(value) };
    case 'bigint':
      return { $: 'bigint', text: String(value) };
    case 'string':
      return isWellFormed(value) ? value : { $: 'units', units: unitsOf(value) };
    case 'object':
      return value === null ? null : objectToJson(value);
    case 'boolean':
      return value;
    default:
      return { $: typeof value };
  }
}

function objectToJson(value: object): unknown {
  if (Array.isArray(value)) return Array.from(value, toJson);
  if (value instanceof Uint8Array) return { $: 'bytes', hex: hexOf(value) };
  for (const [name, type] of Object.entries(TYPED_ARRAYS)) {
    if (value instanceof type) return { $: name, items: Array.from<unknown>(value).map(toJson) };
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  const members = Object.entries(value).map(([key, member]) => [toJson(key), toJson(member)]);
  if (prototype === Object.prototype) return { $: 'object', members };
  return { $: 'instance', of: value.constructor?.name ?? 'nothing', members };
}

function fromJson(json: unknown): unknown {
  if (typeof json !== 'object' || json === null) return json;
  if (Array.isArray(json)) return json.map(fromJson);
  const tagged = json as Record<string, never>;
  const kind: string = tagged['$']!;
  switch (kind) {
    case 'undefined':
      return undefined;
    case 'number':
      return numberOf(tagged['bits']!);
    case 'bigint':
      return BigInt(tagged['text']!);
    case 'units':
      return String.fromCharCode(...(tagged['units']! as number[]));
    case 'bytes':
      return bytesOf(tagged['hex']!);
    case 'object':
      return Object.fromEntries(
        (tagged['members']! as [unknown, unknown][]).map(([key, member]) => [
          fromJson(key),
          fromJson(member),
        ]),
      );
    case 'symbol':
      return Symbol('any');
    case 'function':
      return () => {};
  }
  const type = Object.entries(TYPED_ARRAYS).find(([name]) => name === kind)?.[1];
  if (!type) throw new Error(`unknown: ${JSON.stringify(json)}`);
  return Reflect.construct(type, [(tagged['items']! as unknown[]).map(fromJson)]);
}

function bitsOf(value: number): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return Number.isNaN(value) ? 'NaN' : hexOf(new Uint8Array(view.buffer));
}

function numberOf(bits: string): number {
  return bits === 'NaN' ? Number.NaN : new DataView(bytesOf(bits).buffer).getFloat64(0);
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function bytesOf(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: hex.length / 2 }, (_, at) => parseInt(hex.slice(2 * at, 2 * at + 2), 16));
}

function unitsOf(text: string): number[] {
  return Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));
}

/** Without the method of that name, whose result is one of the things that are tested. */
function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}
