import { Writer } from '../binary/writer.ts';
import { PRIMITIVE_OPCODE } from '../component/opcodes.ts';
import type { AnyType } from '../component/substitute.ts';
import type { ExternType, FuncType, InstanceType, ResourceType, ValueType } from '../component/types.ts';

/** Where type definitions go: the outer component, or the body of an instance type. */
export interface TypeSink {
  /** Appends one definition and gives its index. */
  define(encoded: Writer): number;
  /** The index of a type that is known here by name, or undefined. */
  named(type: AnyType): number | undefined;
}

/** Writes types by index, each once; what has a name is referred to by it. */
export class TypeEncoder {
  private readonly indices = new Map<AnyType, number>();
  private readonly exported = new Set<AnyType>();
  private readonly sink: TypeSink;

  constructor(sink: TypeSink) {
    this.sink = sink;
  }

  /**
   * From now on, this type goes by that index: it was exported or imported under a name. Its first name is the
   * one that stays: `[constructor]fields` makes a `fields`, not the `trailers` that is an alias of it.
   */
  name(type: AnyType, index: number): void {
    if (this.exported.has(type)) return;
    this.exported.add(type);
    this.indices.set(type, index);
  }

  known(type: AnyType): number | undefined {
    const index = this.indices.get(type) ?? this.sink.named(type);
    if (index !== undefined) this.indices.set(type, index);
    return index;
  }

  /** The index of a type's definition, made if need be. */
  index(type: ValueType | FuncType): number {
    const known = this.known(type);
    if (known !== undefined) return known;
    const index = this.sink.define(type.kind === 'func' ? this.func(type) : this.value(type));
    this.indices.set(type, index);
    return index;
  }

  resource(type: ResourceType): number {
    const known = this.known(type);
    // mergeImports has checked that every resource has its owner among the imports.
    if (known === undefined) throw new Error(`no import owns the resource ${type.label}`);
    return known;
  }

  /** A value type in place: a primitive, or an index. */
  private ref(out: Writer, type: ValueType): Writer {
    const known = this.known(type);
    if (known === undefined && type.kind === 'primitive') return out.byte(PRIMITIVE_OPCODE[type.name]);
    return out.typeIndex(known ?? this.index(type));
  }

  private optionalRef(out: Writer, type: ValueType | undefined): Writer {
    return type ? this.ref(out.byte(0x01), type) : out.byte(0x00);
  }

  private func(type: FuncType): Writer {
    const out = new Writer().byte(type.async ? 0x43 : 0x40).u32(type.params.length);
    for (const param of type.params) this.ref(out.text(param.name), param.type);
    return type.result ? this.ref(out.byte(0x00), type.result) : out.byte(0x01, 0x00);
  }

  private value(type: ValueType): Writer {
    const out = new Writer();
    switch (type.kind) {
      case 'primitive':
        return out.byte(PRIMITIVE_OPCODE[type.name]);
      case 'record':
        out.byte(0x72).u32(type.fields.length);
        for (const field of type.fields) this.ref(out.text(field.name), field.type);
        return out;
      case 'variant':
        out.byte(0x71).u32(type.cases.length);
        for (const c of type.cases) this.optionalRef(out.text(c.name), c.type).byte(0x00);
        return out;
      case 'list':
        return this.ref(out.byte(0x70), type.element);
      case 'fixed-list':
        return this.ref(out.byte(0x67), type.element).u32(type.length);
      case 'map':
        return this.ref(this.ref(out.byte(0x63), type.key), type.value);
      case 'tuple':
        out.byte(0x6f).u32(type.elements.length);
        for (const element of type.elements) this.ref(out, element);
        return out;
      case 'flags':
      case 'enum':
        out.byte(type.kind === 'flags' ? 0x6e : 0x6d).u32(type.names.length);
        for (const name of type.names) out.text(name);
        return out;
      case 'option':
        return this.ref(out.byte(0x6b), type.value);
      case 'result':
        return this.optionalRef(this.optionalRef(out.byte(0x6a), type.ok), type.err);
      case 'own':
        return out.byte(0x69).u32(this.resource(type.resource));
      case 'borrow':
        return out.byte(0x68).u32(this.resource(type.resource));
      case 'stream':
        return this.optionalRef(out.byte(0x66), type.element);
      case 'future':
        return this.optionalRef(out.byte(0x65), type.value);
    }
  }
}

/** The external type of a function, or of a type that is equal to one known. */
export function funcExtern(out: Writer, index: number): Writer {
  return out.byte(0x01).u32(index);
}

export function typeEqExtern(out: Writer, index: number): Writer {
  return out.byte(0x03, 0x00).u32(index);
}

export function subResourceExtern(out: Writer): Writer {
  return out.byte(0x03, 0x01);
}

/**
 * The definition of an instance type whose own resources are made by it; types that the outer component knows
 * by name come in by outer alias.
 */
export function encodeInstanceType(type: InstanceType, outer: (type: AnyType) => number | undefined): Writer {
  const body = new Writer();
  let declarations = 0;
  let types = 0;
  const define = (encoded: Writer): number => {
    body.byte(0x01).append(encoded);
    declarations++;
    return types++;
  };
  const encoder = new TypeEncoder({
    define,
    named: (wanted) => {
      const index = outer(wanted);
      if (index === undefined) return undefined;
      body.byte(0x02, 0x03, 0x02).u32(1).u32(index);
      declarations++;
      return types++;
    },
  });
  for (const [name, extern] of type.exports) {
    const desc = new Writer();
    const exported = encodeExport(extern, encoder, desc);
    body.byte(0x04, 0x00).text(name).append(desc);
    declarations++;
    if (exported) encoder.name(exported, types++);
  }
  return new Writer().byte(0x42).u32(declarations).append(body);
}

/** Writes what an export is; gives the type that it names, if it names one. */
export function encodeExport(extern: ExternType, encoder: TypeEncoder, desc: Writer): AnyType | undefined {
  if (extern.kind === 'func') {
    funcExtern(desc, encoder.index(extern.type));
    return undefined;
  }
  if (extern.kind !== 'type')
    throw new Error(`an interface that exports a ${extern.kind} cannot be imported`);
  const { type } = extern;
  switch (type.kind) {
    case 'resource': {
      const known = encoder.known(type);
      if (known === undefined) subResourceExtern(desc);
      else typeEqExtern(desc, known);
      return type;
    }
    case 'func':
    case 'instance':
    case 'component':
      throw new Error(`an interface that exports a ${type.kind} type cannot be imported`);
    default:
      typeEqExtern(desc, encoder.index(type));
      return type;
  }
}
