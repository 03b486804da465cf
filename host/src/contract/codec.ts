import type { Case, PrimitiveName, ValueType } from '../component/types.ts';
import { itemsCopy, membersCopy, type Copy } from './copy-members.ts';
import { describe, Mismatch, mismatch, within } from './mismatch.ts';
import { camelCase } from './names.ts';

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
 *   Uint8Array; unknown members are dropped. Where those components would quietly change a value (256 to a
 *   u8, 1.5 to a u32), it is refused.
 * - Text with lone surrogates is refused: WIT strings are sequences of Unicode scalar values, and a component
 *   traps on it. Replacing it would let one placement answer where the other fails.
 * - Every member is read once, so that a getter or proxy cannot give two answers. WIT types are not
 *   recursive: a walk along a type ends, whatever cycles the value has.
 * - -0 as an integer is 0. A bigint is taken where a number can hold it.
 *
 * Throws a TypeError for types without values that could be copied: streams, futures, error contexts.
 */
export function codecOf(type: ValueType): Codec {
  const copy = copyOf(type);
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

function copyOf(type: ValueType): Copy {
  switch (type.kind) {
    case 'primitive':
      return primitive(type.name);
    case 'record':
      return membersCopy(
        type.fields.map(({ name }) => camelCase(name)),
        type.fields.map((field) => copyOf(field.type)),
      );
    case 'variant':
      return variant(type.cases, 'a variant');
    case 'list':
      return isByte(type.element) ? bytes : itemsCopy(copyOf(type.element));
    case 'fixed-list':
      return fixedList(type.element, type.length);
    case 'map':
      return map(copyOf(type.key), copyOf(type.value));
    case 'tuple':
      return tuple(type.elements.map(copyOf));
    case 'flags':
      return flags(type.names.map(camelCase));
    case 'enum':
      return enumeration(type.names);
    case 'option':
      return option(type.value);
    case 'result':
      return variant([caseOf('ok', type.ok), caseOf('err', type.err)], 'a result');
    case 'own':
    case 'borrow':
      return (value) => (isObject(value) ? value : mismatch(`a handle of ${type.resource.label}`, value));
    case 'stream':
    case 'future':
      throw new TypeError(`a ${type.kind} cannot be copied`);
  }
}

function primitive(name: PrimitiveName): Copy {
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
  return (value) => {
    if (typeof value === 'number') {
      return Number.isInteger(value) && value >= low && value < high ? value + 0 : mismatch(name, value);
    }
    if (typeof value !== 'bigint' || value < low || value >= high) return mismatch(name, value);
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

function variant(cases: readonly Case[], what: string): Copy {
  const copies = new Map(cases.map(({ name, type }) => [name, type && copyOf(type)]));
  const tags = oneOf(cases.map(({ name }) => name));
  return (value) => {
    if (typeof value !== 'object' || value === null) return mismatch(`${what}, { tag: ${tags} }`, value);
    const { tag } = value as { tag?: unknown };
    if (typeof tag !== 'string' || !copies.has(tag)) throw new Mismatch(tags, describe(tag)).within('.tag');
    const copy = copies.get(tag);
    if (!copy) return { tag };
    try {
      return { tag, val: copy((value as { val?: unknown }).val) };
    } catch (error) {
      throw within(error, '.val');
    }
  };
}

function option(type: ValueType): Copy {
  if (type.kind === 'option')
    return variant([{ name: 'none' }, { name: 'some', type }], 'an option in an option');
  const copy = copyOf(type);
  return (value) => (value === undefined || value === null ? null : copy(value));
}

function enumeration(names: readonly string[]): Copy {
  const known = new Set<unknown>(names);
  const expected = oneOf(names);
  return (value) => (known.has(value) ? value : mismatch(expected, value));
}

function flags(names: readonly string[]): Copy {
  return (value) => {
    if (typeof value !== 'object' || value === null) return mismatch('flags, an object of booleans', value);
    const copied: Record<string, boolean> = {};
    for (const name of names) {
      const set = (value as Record<string, unknown>)[name];
      if (set !== undefined && typeof set !== 'boolean')
        throw new Mismatch('bool', describe(set)).within(`.${name}`);
      copied[name] = set === true;
    }
    return copied;
  };
}

const byteItems = itemsCopy(primitive('u8'));

function bytes(value: unknown): Uint8Array {
  // Not `slice`, which a subclass (Buffer) may have turned into a view.
  if (ArrayBuffer.isView(value) && value instanceof Uint8Array) return new Uint8Array(value);
  if (!Array.isArray(value)) return mismatch('bytes, a Uint8Array', value);
  return Uint8Array.from(byteItems(value) as number[]);
}

function fixedList(element: ValueType, length: number): Copy {
  const copy = isByte(element) ? bytes : itemsCopy(copyOf(element));
  return (value) => {
    const copied = copy(value) as ArrayLike<unknown>;
    return copied.length === length ? copied : mismatch(`a list of ${length}`, value);
  };
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

function tuple(copies: readonly Copy[]): Copy {
  return (value) => {
    if (!Array.isArray(value) || value.length !== copies.length) {
      return mismatch(`a tuple of ${copies.length}`, value);
    }
    const copied: unknown[] = [];
    let at = 0;
    try {
      for (; at < copies.length; at++) copied[at] = (copies[at] as Copy)(value[at]);
    } catch (error) {
      throw within(error, `[${at}]`);
    }
    return copied;
  };
}

function caseOf(name: string, type: ValueType | undefined): Case {
  return type ? { name, type } : { name };
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function isByte(type: ValueType): boolean {
  return type.kind === 'primitive' && type.name === 'u8';
}

const MOST_NAMES = 8;

function oneOf(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).map((name) => `"${name}"`);
  return shown.join(' | ') + (names.length > MOST_NAMES ? ' | …' : '');
}
