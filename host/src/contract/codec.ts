import type { PrimitiveName, ValueType } from '../component/types.ts';
import { itemsCopy, type Copy } from './copy-members.ts';
import { compile, type Leaves } from './copy-type.ts';
import { mismatch, within } from './mismatch.ts';

/** Checks and copies values of one type. */
export interface Codec {
  /**
   * A copy that shares nothing with the value but resource handles. Throws a Mismatch that names where the
   * value differs from its type, below `path`: `order.lines[2].quantity: expected u32, found -1`.
   */
  readonly copy: (value: unknown, path: string) => unknown;
}

/**
 * The codec of a type, compiled once into closures. It gives a call within one engine the meaning that the
 * canonical ABI gives a call between two: values, not references.
 *
 * - What is accepted and what comes out are as between two QuickJS components (componentize-qjs 0.4.5): a
 *   missing option comes out as null, flags with all their labels, 64-bit integers as numbers, `list<u8>` as
 *   Uint8Array and `list<s8>` as Int8Array; unknown members are dropped. Where those components would quietly
 *   change a value (256 to a u8, 1.5 to a u32), it is refused.
 * - Text with lone surrogates is refused: WIT strings are sequences of Unicode scalar values, and a component
 *   traps on it. Replacing it would let one placement answer where the other fails.
 * - Every member is read once, so that a getter or proxy cannot give two answers. WIT types are not
 *   recursive: a walk along a type ends, whatever cycles the value has.
 * - -0 as an integer is 0. A bigint is taken where a number can hold it.
 *
 * Throws a TypeError for types without values that could be copied: streams, futures, error contexts.
 */
export function codecOf(type: ValueType): Codec {
  const copy = compile(type, VALUES);
  return {
    copy(value, path) {
      try {
        return copy(value);
      } catch (error) {
        throw within(error, path);
      }
    },
  };
}

/** {@link codecOf}'s copy without a name for the whole value: what it throws begins with `.lines` or is bare. */
export function copyOf(type: ValueType): Copy {
  return compile(type, VALUES);
}

/** The values of a primitive type. */
export function primitive(name: PrimitiveName): Copy {
  switch (name) {
    case 'bool':
      return (value) => (typeof value === 'boolean' ? value : mismatch(name, value));
    case 's8':
      return (value) =>
        typeof value === 'number' && (value << 24) >> 24 === value ? value | 0 : mismatch(name, value);
    case 's16':
      return (value) =>
        typeof value === 'number' && (value << 16) >> 16 === value ? value | 0 : mismatch(name, value);
    case 's32':
      return (value) =>
        typeof value === 'number' && (value | 0) === value ? value | 0 : mismatch(name, value);
    case 'u8':
      return (value) =>
        typeof value === 'number' && (value & 0xff) === value ? value | 0 : mismatch(name, value);
    case 'u16':
      return (value) =>
        typeof value === 'number' && (value & 0xffff) === value ? value | 0 : mismatch(name, value);
    case 'u32':
      return (value) =>
        typeof value === 'number' && value >>> 0 === value ? value >>> 0 : mismatch(name, value);
    case 's64':
      return integer64(name, -(2 ** 63), 2 ** 63);
    case 'u64':
      return integer64(name, 0, 2 ** 64);
    case 'f32':
      return (value) => (typeof value === 'number' ? Math.fround(value) : mismatch(name, value));
    case 'f64':
      return (value) => (typeof value === 'number' ? value : mismatch(name, value));
    case 'char':
      return char;
    case 'string':
      return (value) => (typeof value === 'string' && value.isWellFormed() ? value : badText(name, value));
    case 'error-context':
      throw new TypeError('an error-context cannot be copied');
  }
}

/** From `low` up to but not including `high`. */
function integer64(name: string, low: number, high: number): Copy {
  // QuickJS compares bigints with numbers wrongly where both are negative.
  const [from, to] = [BigInt(low), BigInt(high)];
  return (value) => {
    if (typeof value === 'number') {
      return Number.isInteger(value) && value >= low && value < high ? value + 0 : mismatch(name, value);
    }
    if (typeof value !== 'bigint' || value < from || value >= to) return mismatch(name, value);
    const number = Number(value);
    return BigInt(number) === value ? number : mismatch(`a ${name} that a JavaScript number can hold`, value);
  };
}

function char(value: unknown): string {
  if (typeof value !== 'string') return mismatch('char', value);
  const point = value.codePointAt(0);
  const one = point !== undefined && value.length === (point > 0xffff ? 2 : 1);
  return one && value.isWellFormed() ? value : badText('char, one Unicode scalar value', value);
}

function badText(name: string, value: unknown): never {
  return mismatch(
    typeof value === 'string' && !value.isWellFormed() ? `${name} without lone surrogates` : name,
    value,
  );
}

const byteItems = itemsCopy(primitive('u8'));

/** `list<u8>`: a Uint8Array, or an array of bytes. */
export function bytes(value: unknown): Uint8Array {
  // Not `slice`, which a subclass (Buffer) may have turned into a view.
  if (ArrayBuffer.isView(value) && value instanceof Uint8Array) return new Uint8Array(value);
  if (!Array.isArray(value)) return mismatch('bytes, a Uint8Array', value);
  return Uint8Array.from(byteItems(value) as number[]);
}

const signedItems = itemsCopy(primitive('s8'));

/** `list<s8>`: an Int8Array, or an array of such numbers. */
export function signedBytes(value: unknown): Int8Array {
  return Int8Array.from(signedItems(value) as number[]);
}

function map(copyKey: Copy, copyValue: Copy): Copy {
  return (value) => {
    if (!(value instanceof Map)) return mismatch('a map', value);
    const copied = new Map<unknown, unknown>();
    for (const [key, item] of value as Map<unknown, unknown>) {
      try {
        copied.set(copyKey(key), copyValue(item));
      } catch (error) {
        throw within(error, `[${String(key)}]`);
      }
    }
    return copied;
  };
}

const VALUES: Leaves = {
  primitive,
  bytes,
  signedBytes,
  map,
  handle: (resource) => (value) =>
    typeof value === 'object' && value !== null ? value : mismatch(`a handle of ${resource.label}`, value),
};
