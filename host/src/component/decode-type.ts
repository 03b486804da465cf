import { Malformed } from '../binary/malformed.ts';
import type { Reader } from '../binary/reader.ts';
import { skipCoreType } from './decode-core-type.ts';
import { LIMITS } from './limits.ts';
import { PRIMITIVE_OPCODE, SORT_BYTES } from './opcodes.ts';
import type {
  Alias,
  Declaration,
  ExternDesc,
  ExternName,
  LabelledRef,
  Sort,
  TypeDef,
  ValueRef,
} from './syntax.ts';
import type { PrimitiveName } from './types.ts';

const PRIMITIVES: ReadonlyMap<number, PrimitiveName> = new Map(
  Object.entries(PRIMITIVE_OPCODE).map(([name, opcode]) => [opcode, name as PrimitiveName]),
);

const [CORE_SORTS, SORTS] = [true, false].map((core): ReadonlyMap<number, Sort> => {
  const sorts = Object.entries(SORT_BYTES).filter(([, bytes]) => bytes.length === (core ? 2 : 1));
  return new Map(sorts.map(([sort, bytes]) => [bytes.at(-1)!, sort as Sort]));
}) as [ReadonlyMap<number, Sort>, ReadonlyMap<number, Sort>];

export function readSort(reader: Reader): Sort {
  const opcode = reader.byte();
  if (opcode === 0x00) return readCoreSort(reader);
  const sort = SORTS.get(opcode);
  if (!sort) throw reader.unknown('sort', opcode);
  return sort;
}

export function readCoreSort(reader: Reader): Sort {
  const opcode = reader.byte();
  const sort = CORE_SORTS.get(opcode);
  if (!sort) throw reader.unknown('core sort', opcode);
  return sort;
}

export function readAlias(reader: Reader): Alias {
  const sort = readSort(reader);
  const opcode = reader.byte();
  switch (opcode) {
    case 0x00:
      return { kind: 'export', sort, instance: reader.u32(), name: reader.text() };
    case 0x01:
      return { kind: 'core-export', sort, instance: reader.u32(), name: reader.text() };
    case 0x02:
      return { kind: 'outer', sort, count: reader.u32(), index: reader.u32() };
    default:
      throw reader.unknown('alias target', opcode);
  }
}

/** A name with the attributes that newer tools add; the forms 0x00 and 0x01 mean the same. */
export function readExternName(reader: Reader): ExternName {
  const form = reader.byte();
  if (form > 0x02) throw reader.unknown('form of name', form);
  const name = reader.text();
  if (form < 0x02) return { name };
  const attributes = reader.vector((r): Partial<ExternName> => {
    const opcode = r.byte();
    switch (opcode) {
      case 0x00:
        return { implements: r.text() };
      case 0x01:
        return { versionSuffix: r.text() };
      case 0x02:
        return { externalId: r.text() };
      default:
        throw r.unknown('name attribute', opcode);
    }
  });
  return Object.assign({ name }, ...attributes);
}

export function readExternDesc(reader: Reader): ExternDesc {
  const opcode = reader.byte();
  switch (opcode) {
    case 0x00:
      if (reader.byte() !== 0x11)
        throw new Malformed('malformed', 'not a core module type', reader.offset - 1);
      return { kind: 'core-module', type: reader.u32() };
    case 0x01:
      return { kind: 'func', type: reader.u32() };
    case 0x02: {
      const bound = reader.byte();
      if (bound === 0x00) return { kind: 'value-eq', value: reader.u32() };
      if (bound === 0x01) return { kind: 'value', type: readValueRef(reader) };
      throw reader.unknown('bound of a value', bound);
    }
    case 0x03: {
      const bound = reader.byte();
      if (bound === 0x00) return { kind: 'type-eq', type: reader.u32() };
      if (bound === 0x01) return { kind: 'sub-resource' };
      throw reader.unknown('bound of a type', bound);
    }
    case 0x04:
      return { kind: 'component', type: reader.u32() };
    case 0x05:
      return { kind: 'instance', type: reader.u32() };
    default:
      throw reader.unknown('external type', opcode);
  }
}

export function readValueRef(reader: Reader): ValueRef {
  const start = reader.offset;
  const value = reader.s33();
  if (value >= 0) return value;
  const primitive = PRIMITIVES.get(value + 0x80);
  if (!primitive) throw new Malformed('unknown-opcode', 'unknown value type', start, { found: `${value}` });
  return primitive;
}

function optional<T>(reader: Reader, read: (reader: Reader) => T): T | undefined {
  const present = reader.byte();
  if (present === 0x00) return undefined;
  if (present === 0x01) return read(reader);
  throw reader.unknown('option', present);
}

function labelled(reader: Reader): LabelledRef {
  return { name: reader.text(), type: readValueRef(reader) };
}

/** `0x00 t` is a result, `0x01 0x00` none. */
export function readResultList(reader: Reader): ValueRef | undefined {
  const form = reader.byte();
  if (form === 0x00) return readValueRef(reader);
  if (form === 0x01 && reader.byte() === 0x00) return undefined;
  throw reader.unknown('list of results', form);
}

/** One `deftype`; bodies of component and instance types count towards the nesting. */
export function readType(reader: Reader, nesting = 0): TypeDef {
  const opcode = reader.byte();
  const primitive = PRIMITIVES.get(opcode);
  if (primitive) return { kind: 'primitive', name: primitive };
  switch (opcode) {
    case 0x72:
      return { kind: 'record', fields: reader.vector(labelled) };
    case 0x71:
      return { kind: 'variant', cases: reader.vector(readCase) };
    case 0x70:
      return { kind: 'list', element: readValueRef(reader) };
    case 0x67:
      return { kind: 'fixed-list', element: readValueRef(reader), length: reader.u32() };
    case 0x63:
      return { kind: 'map', key: readValueRef(reader), value: readValueRef(reader) };
    case 0x6f:
      return { kind: 'tuple', elements: reader.vector(readValueRef) };
    case 0x6e:
      return { kind: 'flags', names: reader.vector((r) => r.text()) };
    case 0x6d:
      return { kind: 'enum', names: reader.vector((r) => r.text()) };
    case 0x6b:
      return { kind: 'option', element: readValueRef(reader) };
    case 0x6a: {
      const ok = optional(reader, readValueRef);
      const err = optional(reader, readValueRef);
      return { kind: 'result', ...(ok !== undefined && { ok }), ...(err !== undefined && { err }) };
    }
    case 0x69:
      return { kind: 'own', resource: reader.u32() };
    case 0x68:
      return { kind: 'borrow', resource: reader.u32() };
    case 0x66:
    case 0x65: {
      const element = optional(reader, readValueRef);
      return { kind: opcode === 0x66 ? 'stream' : 'future', ...(element !== undefined && { element }) };
    }
    case 0x40:
    case 0x43: {
      const params = reader.vector(labelled);
      const result = readResultList(reader);
      return { kind: 'func', async: opcode === 0x43, params, ...(result !== undefined && { result }) };
    }
    case 0x3f:
    case 0x3e:
      readResource(reader, opcode);
      return { kind: 'resource' };
    case 0x41:
    case 0x42: {
      if (nesting >= LIMITS.nesting) throw new Malformed('limit', 'types nest too deep', reader.offset - 1);
      const component = opcode === 0x41;
      return {
        kind: component ? 'component' : 'instance',
        body: reader.vector((r) => readDeclaration(r, component, nesting + 1)),
      };
    }
    default:
      throw reader.unknown('type', opcode);
  }
}

/** A resource's representation and destructor; 0x3e is the form whose destructor is async. */
function readResource(reader: Reader, opcode: number): void {
  skipRepresentation(reader);
  if (opcode === 0x3e) {
    reader.u32();
    optional(reader, (r) => r.u32());
  } else {
    optional(reader, (r) => r.u32());
  }
}

function skipRepresentation(reader: Reader): void {
  const opcode = reader.byte();
  if (opcode !== 0x7f && opcode !== 0x7e) throw reader.unknown('representation of a resource', opcode);
}

function readCase(reader: Reader): { name: string; type?: ValueRef } {
  const name = reader.text();
  const type = optional(reader, readValueRef);
  // A `refines` index stood here in older drafts.
  const refines = reader.byte();
  if (refines !== 0x00) throw reader.unknown('end of a case', refines);
  return { name, ...(type !== undefined && { type }) };
}

function readDeclaration(reader: Reader, component: boolean, nesting: number): Declaration {
  const offset = reader.offset;
  const opcode = reader.byte();
  switch (opcode) {
    case 0x00:
      skipCoreType(reader);
      return { offset, is: 'core-type' };
    case 0x01:
      return { offset, is: 'type', type: readType(reader, nesting) };
    case 0x02:
      return { offset, is: 'alias', alias: readAlias(reader) };
    case 0x03:
      if (!component) break;
      return { offset, is: 'import', name: readExternName(reader), desc: readExternDesc(reader) };
    case 0x04:
      return { offset, is: 'export', name: readExternName(reader), desc: readExternDesc(reader) };
  }
  throw reader.unknown('declaration in a type', opcode);
}
