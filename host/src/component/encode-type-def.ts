import type { Writer } from '../binary/writer.ts';
import { PRIMITIVE_OPCODE, SORT_BYTES } from './opcodes.ts';
import type { Alias, Declaration, ExternDesc, ExternName, LabelledRef, TypeDef, ValueRef } from './syntax.ts';

/** The index that a type is written with in place of the one that the syntax has. */
export type IndexOf = (index: number) => number;

const AS_IS: IndexOf = (index) => index;

/**
 * Writes a type as it was decoded, but for the indices of the types around it: those of value types, of resources, and of
 * outer aliases that leave a body. What stands in a body keeps its indices there. Not for resources, which name a core
 * function, nor for bodies with core types, which the syntax does not hold.
 *
 * Source: component-model, design/mvp/Binary.md, "Type Definitions".
 */
export function writeTypeDef(out: Writer, type: TypeDef, indexOf: IndexOf): void {
  write(out, type, { local: indexOf, outermost: indexOf, depth: 0 });
}

/** What an import or export is, types by their new indices. A core module's type is left as it is. */
export function writeExternDesc(out: Writer, desc: ExternDesc, indexOf: IndexOf): void {
  switch (desc.kind) {
    case 'core-module':
      out.byte(0x00, 0x11).u32(desc.type);
      return;
    case 'func':
      out.byte(0x01).u32(indexOf(desc.type));
      return;
    case 'value-eq':
      out.byte(0x02, 0x00).u32(desc.value);
      return;
    case 'value':
      value(out.byte(0x02, 0x01), desc.type, indexOf);
      return;
    case 'type-eq':
      out.byte(0x03, 0x00).u32(indexOf(desc.type));
      return;
    case 'sub-resource':
      out.byte(0x03, 0x01);
      return;
    case 'component':
      out.byte(0x04).u32(indexOf(desc.type));
      return;
    case 'instance':
      out.byte(0x05).u32(indexOf(desc.type));
      return;
  }
}

/** Whether `writeTypeDef` can write it. */
export function isWritable(type: TypeDef): boolean {
  if (type.kind === 'resource') return false;
  if (type.kind !== 'component' && type.kind !== 'instance') return true;
  return type.body.every(
    (declaration) =>
      declaration.is !== 'core-type' && (declaration.is !== 'type' || isWritable(declaration.type)),
  );
}

interface Place {
  /** For indices of the body that is being written. */
  readonly local: IndexOf;
  /** For those of what is around all bodies. */
  readonly outermost: IndexOf;
  /** How many bodies are around. */
  readonly depth: number;
}

function write(out: Writer, type: TypeDef, place: Place): void {
  const { local } = place;
  switch (type.kind) {
    case 'primitive':
      out.byte(PRIMITIVE_OPCODE[type.name]);
      return;
    case 'record':
      out.byte(0x72).u32(type.fields.length);
      for (const field of type.fields) labelled(out, field, local);
      return;
    case 'variant':
      out.byte(0x71).u32(type.cases.length);
      for (const one of type.cases) {
        optional(out.text(one.name), one.type, local);
        out.byte(0x00);
      }
      return;
    case 'list':
    case 'option':
      value(out.byte(type.kind === 'list' ? 0x70 : 0x6b), type.element, local);
      return;
    case 'fixed-list':
      value(out.byte(0x67), type.element, local);
      out.u32(type.length);
      return;
    case 'map':
      value(out.byte(0x63), type.key, local);
      value(out, type.value, local);
      return;
    case 'tuple':
      out.byte(0x6f).u32(type.elements.length);
      for (const element of type.elements) value(out, element, local);
      return;
    case 'flags':
    case 'enum':
      out.byte(type.kind === 'flags' ? 0x6e : 0x6d).u32(type.names.length);
      for (const name of type.names) out.text(name);
      return;
    case 'result':
      optional(out.byte(0x6a), type.ok, local);
      optional(out, type.err, local);
      return;
    case 'own':
    case 'borrow':
      out.byte(type.kind === 'own' ? 0x69 : 0x68).u32(local(type.resource));
      return;
    case 'stream':
    case 'future':
      optional(out.byte(type.kind === 'stream' ? 0x66 : 0x65), type.element, local);
      return;
    case 'func':
      out.byte(type.async ? 0x43 : 0x40).u32(type.params.length);
      for (const parameter of type.params) labelled(out, parameter, local);
      if (type.result === undefined) out.byte(0x01, 0x00);
      else value(out.byte(0x00), type.result, local);
      return;
    case 'component':
    case 'instance':
      out.byte(type.kind === 'component' ? 0x41 : 0x42).u32(type.body.length);
      for (const one of type.body) declaration(out, one, { ...place, local: AS_IS, depth: place.depth + 1 });
      return;
    case 'resource':
      throw new Error('a resource is written by whoever knows its destructor');
  }
}

function declaration(out: Writer, one: Declaration, place: Place): void {
  switch (one.is) {
    case 'type':
      write(out.byte(0x01), one.type, place);
      return;
    case 'alias':
      alias(out.byte(0x02), one.alias, place);
      return;
    case 'import':
    case 'export':
      externName(out.byte(one.is === 'import' ? 0x03 : 0x04), one.name);
      writeExternDesc(out, one.desc, place.local);
      return;
    case 'core-type':
      throw new Error('a core type is not held by the syntax');
  }
}

function alias(out: Writer, one: Alias, { outermost, depth }: Place): void {
  out.byte(...SORT_BYTES[one.sort]);
  if (one.kind !== 'outer') {
    out
      .byte(one.kind === 'export' ? 0x00 : 0x01)
      .u32(one.instance)
      .text(one.name);
    return;
  }
  const leaves = one.sort === 'type' && one.count === depth;
  out
    .byte(0x02)
    .u32(one.count)
    .u32(leaves ? outermost(one.index) : one.index);
}

function externName(
  out: Writer,
  { name, implements: implemented, versionSuffix, externalId }: ExternName,
): void {
  const attributes = [implemented, versionSuffix, externalId];
  const present = attributes.filter((one) => one !== undefined).length;
  out.byte(present > 0 ? 0x02 : 0x00).text(name);
  if (present === 0) return;
  out.u32(present);
  for (const [opcode, text] of attributes.entries()) if (text !== undefined) out.byte(opcode).text(text);
}

function labelled(out: Writer, { name, type }: LabelledRef, local: IndexOf): void {
  value(out.text(name), type, local);
}

function optional(out: Writer, type: ValueRef | undefined, local: IndexOf): void {
  if (type === undefined) out.byte(0x00);
  else value(out.byte(0x01), type, local);
}

function value(out: Writer, type: ValueRef, local: IndexOf): void {
  if (typeof type === 'number') out.typeIndex(local(type));
  else out.byte(PRIMITIVE_OPCODE[type]);
}
