import type { Case, PrimitiveName, ResourceType, ValueType } from '../component/types.ts';
import { itemsCopy, membersCopy, type Copy } from './copy-members.ts';
import { describe, Mismatch, mismatch, within } from './mismatch.ts';
import { camelCase } from './names.ts';

/** What a walk along a type does at its leaves; everything between is checked and built anew alike. */
export interface Leaves {
  readonly primitive: (name: PrimitiveName) => Copy;
  /** For `list<u8>`. */
  readonly bytes: Copy;
  /** For `list<s8>`. */
  readonly signedBytes: Copy;
  readonly map: (copyKey: Copy, copyValue: Copy) => Copy;
  /** For owned and borrowed handles; absent where they cannot be. */
  readonly handle?: (resource: ResourceType) => Copy;
}

/** Compiles a type into a closure. Throws a TypeError for types that have no such values. */
export function compile(type: ValueType, leaves: Leaves): Copy {
  const copyOf = (part: ValueType): Copy => compile(part, leaves);
  switch (type.kind) {
    case 'primitive':
      return leaves.primitive(type.name);
    case 'record':
      return membersCopy(
        type.fields.map(({ name }) => camelCase(name)),
        type.fields.map((field) => copyOf(field.type)),
      );
    case 'variant':
      return variant(type.cases, copyOf, 'a variant');
    case 'list':
      if (isPrimitive(type.element, 'u8')) return leaves.bytes;
      if (isPrimitive(type.element, 's8')) return leaves.signedBytes;
      return itemsCopy(copyOf(type.element));
    case 'fixed-list':
      return fixedList(type, leaves);
    case 'map':
      return leaves.map(copyOf(type.key), copyOf(type.value));
    case 'tuple':
      return tuple(type.elements.map(copyOf));
    case 'flags':
      return flags(type.names.map(camelCase));
    case 'enum':
      return enumeration(type.names);
    case 'option':
      return option(type.value, copyOf);
    case 'result':
      return variant([caseOf('ok', type.ok), caseOf('err', type.err)], copyOf, 'a result');
    case 'own':
    case 'borrow':
      if (!leaves.handle) throw new TypeError(`a handle of ${type.resource.label} cannot be written down`);
      return leaves.handle(type.resource);
    case 'stream':
    case 'future':
      throw new TypeError(`a ${type.kind} cannot be copied`);
  }
}

type CopyOf = (type: ValueType) => Copy;

function variant(cases: readonly Case[], copyOf: CopyOf, what: string): Copy {
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

function option(type: ValueType, copyOf: CopyOf): Copy {
  if (type.kind === 'option') {
    return variant([{ name: 'none' }, { name: 'some', type }], copyOf, 'an option in an option');
  }
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

function fixedList({ element, length }: ValueType & { kind: 'fixed-list' }, leaves: Leaves): Copy {
  const copy = compile({ kind: 'list', element }, leaves);
  // Bytes may be written as text, whose length is not theirs: whichever side has them as bytes is counted.
  const lengthOf = (value: unknown, copied: unknown): number =>
    (typeof copied === 'string' ? (value as ArrayLike<unknown>) : (copied as ArrayLike<unknown>)).length;
  return (value) => {
    const copied = copy(value);
    return lengthOf(value, copied) === length ? copied : mismatch(`a list of ${length}`, value);
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

function isPrimitive(type: ValueType, name: PrimitiveName): boolean {
  return type.kind === 'primitive' && type.name === name;
}

const MOST_NAMES = 8;

function oneOf(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).map((name) => `"${name}"`);
  return shown.join(' | ') + (names.length > MOST_NAMES ? ' | …' : '');
}
