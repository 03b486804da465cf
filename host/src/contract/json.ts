import type { PrimitiveName, ValueType } from '../component/types.ts';
import { bytes, primitive, signedBytes } from './codec.ts';
import { itemsCopy, type Copy } from './copy-members.ts';
import { compile, type Leaves } from './copy-type.ts';
import { mismatch, within } from './mismatch.ts';

/** Values of one type as JSON and back. */
export interface JsonMapping {
  /** What `JSON.stringify` writes down; throws a Mismatch for a value that is not of the type. */
  readonly toJson: (value: unknown, path: string) => unknown;
  /** A value from what `JSON.parse` read; throws a Mismatch, members that the type lacks are ignored. */
  readonly fromJson: (json: unknown, path: string) => unknown;
}

export interface JsonOptions {
  /**
   * What fromJson makes of 64-bit integers: numbers as QuickJS services have them (the default; one that no
   * number can hold is refused), or bigints as jco's host side has them. toJson takes both.
   */
  readonly integers?: 'number' | 'bigint';
}

/**
 * The JSON mapping of a type. It is what `JSON.stringify` makes of the value that a service has, but for:
 *
 * | WIT | JSON |
 * |---|---|
 * | `u64`, `s64` | a number up to 2^53 - 1, beyond it a string of decimal digits |
 * | `f32`, `f64` | a number; `"NaN"`, `"Infinity"`, `"-Infinity"`; -0 is 0 |
 * | `list<u8>` | base64 with padding |
 * | `option` | null where there is none; when read, a missing member is none as well |
 * | `map` | an array of `[key, value]` |
 *
 * So records and flags are objects with camelCase members, variants and results `{"tag": …, "val": …}`,
 * enums strings, lists and tuples arrays. Throws a TypeError for types without values that could be written
 * down: handles, streams, futures, error contexts.
 */
export function jsonOf(type: ValueType, { integers = 'number' }: JsonOptions = {}): JsonMapping {
  return {
    toJson: toJsonOf(type),
    fromJson: integers === 'bigint' ? rooted(compile(type, FROM_JSON_BIGINT)) : fromJsonOf(type),
  };
}

/** One half of {@link jsonOf}, for bundles that only send. */
export function toJsonOf(type: ValueType): JsonMapping['toJson'] {
  return rooted(compile(type, TO_JSON));
}

/** The other half, for bundles that only receive. */
export function fromJsonOf(type: ValueType): JsonMapping['fromJson'] {
  return rooted(compile(type, FROM_JSON));
}

function rooted(copy: Copy): (value: unknown, path: string) => unknown {
  return (value, path) => {
    try {
      return copy(value);
    } catch (error) {
      throw within(error, path);
    }
  };
}

const TO_JSON: Leaves = {
  primitive: (name) => {
    if (isInteger64(name)) return integerToJson(name);
    if (name === 'f32' || name === 'f64') return floatToJson(primitive(name));
    return primitive(name);
  },
  bytes: (value) => toBase64(bytes(value)),
  signedBytes: (value) => [...signedBytes(value)],
  map: (copyKey, copyValue) => {
    const entry = entryCopy(copyKey, copyValue);
    return (value) => (value instanceof Map ? entry([...value]) : mismatch('a map', value));
  },
};

const FROM_JSON: Leaves = {
  primitive: (name) => {
    if (isInteger64(name)) return integerFromJson(name, primitive(name));
    if (name === 'f32' || name === 'f64') return floatFromJson(primitive(name));
    return primitive(name);
  },
  bytes: fromBase64,
  signedBytes,
  map: (copyKey, copyValue) => {
    const entry = entryCopy(copyKey, copyValue);
    return (value) => new Map(entry(value) as [unknown, unknown][]);
  },
};

const FROM_JSON_BIGINT: Leaves = {
  ...FROM_JSON,
  primitive: (name) =>
    isInteger64(name) ? integerFromJson(name, (value) => inRange(name, value)) : FROM_JSON.primitive(name),
};

type Integer64 = 's64' | 'u64';

function isInteger64(name: PrimitiveName): name is Integer64 {
  return name === 's64' || name === 'u64';
}

const RANGE: Record<Integer64, readonly [bigint, bigint]> = {
  s64: [BigInt(-(2 ** 63)), BigInt(2 ** 63) - BigInt(1)],
  u64: [BigInt(0), BigInt(2 ** 64) - BigInt(1)],
};

function inRange(name: Integer64, value: unknown): bigint {
  const [low, high] = RANGE[name];
  if (typeof value === 'number' && !Number.isInteger(value)) return mismatch(name, value);
  if (typeof value !== 'number' && typeof value !== 'bigint') return mismatch(name, value);
  const integer = BigInt(value);
  return integer >= low && integer <= high ? integer : mismatch(name, value);
}

function integerToJson(name: Integer64): Copy {
  return (value) => {
    const integer = inRange(name, value);
    const number = Number(integer);
    return Number.isSafeInteger(number) ? number : String(integer);
  };
}

const DECIMAL = /^(?:0|-?[1-9]\d{0,19})$/;

function integerFromJson(name: Integer64, take: Copy): Copy {
  return (json) => {
    if (typeof json === 'number') {
      // JSON.parse has rounded what lies beyond, so that nobody knows what was written.
      return Number.isSafeInteger(json) || !Number.isInteger(json)
        ? take(json)
        : mismatch(`a ${name}, beyond 2^53 as a string of digits`, json);
    }
    if (typeof json !== 'string' || !DECIMAL.test(json)) return mismatch(name, json);
    const integer = BigInt(json);
    const [low, high] = RANGE[name];
    return integer >= low && integer <= high ? take(integer) : mismatch(name, json);
  };
}

const NOT_FINITE: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};

function floatToJson(check: Copy): Copy {
  return (value) => {
    const number = check(value) as number;
    return Number.isFinite(number) ? number + 0 : String(number);
  };
}

function floatFromJson(check: Copy): Copy {
  return (json) =>
    check(typeof json === 'string' && Object.hasOwn(NOT_FINITE, json) ? NOT_FINITE[json] : json);
}

/** `btoa` and `atob` are in Node and in QuickJS; both speak text of bytes. */
function toBase64(value: Uint8Array): string {
  let text = '';
  for (let at = 0; at < value.length; at += 4096)
    text += String.fromCharCode(...value.subarray(at, at + 4096));
  return btoa(text);
}

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

function fromBase64(json: unknown): Uint8Array {
  if (typeof json !== 'string' || json.length % 4 !== 0 || !BASE64.test(json))
    return mismatch('base64', json);
  const text = atob(json);
  const copied = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) copied[at] = text.charCodeAt(at);
  return copied;
}

function entryCopy(copyKey: Copy, copyValue: Copy): Copy {
  return itemsCopy((entry) => {
    if (!Array.isArray(entry) || entry.length !== 2) return mismatch('[key, value]', entry);
    return [step(copyKey, entry[0], '[0]'), step(copyValue, entry[1], '[1]')];
  });
}

function step(copy: Copy, value: unknown, name: string): unknown {
  try {
    return copy(value);
  } catch (error) {
    throw within(error, name);
  }
}
