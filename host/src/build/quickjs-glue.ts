import { CORE_SECTION, coreImports, coreSections, type CoreImport } from '../binary/core-module.ts';
import { readExpression, type FunctionReference } from '../binary/instructions.ts';
import { Reader } from '../binary/reader.ts';
import { Writer } from '../binary/writer.ts';
import { SECTION } from '../component/syntax.ts';
import { problem, type TenonError } from '../diagnostics/error.ts';

/** Part of the key of what is built: raise it when what is mended changes, or what is added to the snapshot. */
export const GLUE_VERSION = 2;

/** The core module between QuickJS and the canonical ABI calls the engine by functions with this prefix. */
const PREFIX = 'wit_dylib_';
/** Bytes before the first section. */
const PREAMBLE = 8;

/**
 * Mends what componentize-qjs 0.4.5 gets wrong at a component's borders, and quietly:
 *
 * - a u32 from 2^31 leaves as 2^31 - 1 and arrives negative;
 * - a u64 from 2^63 arrives as a wrong number, and traps where it leaves;
 * - a handle of its own that a component is given back (`own<r>` where it defines `r`) is taken for the object
 *   with the handle's number, which may be another one.
 *
 * It adds functions to the glue module that do these right, in terms of the engine's other functions, and has
 * the glue call those. The engine itself stays as it is, so that linked services still share it. Numbers that
 * are no u32 wrap as JavaScript's `>>> 0`; those that are no u64 trap. Throws TenonError `internal/bug` for a
 * component that is not built as expected.
 */
export function mendGlue(component: Uint8Array): Uint8Array {
  const { bytes, mended } = mendComponent(component);
  if (mended !== 1) throw unexpected(`one core module that imports ${PREFIX}push_own`, `${mended}`);
  return bytes;
}

function mendComponent(component: Uint8Array): { bytes: Uint8Array; mended: number } {
  const writer = new Writer().bytes(component.subarray(0, PREAMBLE));
  const reader = new Reader(component, PREAMBLE);
  let mended = 0;
  while (!reader.done) {
    const header = reader.offset;
    const id = reader.byte();
    const { offset, end } = reader.part(reader.u32());
    const contents = component.subarray(offset, end);
    const glue = id === SECTION.coreModule ? glueImports(contents) : undefined;
    if (glue) {
      writer.section(id, new Writer().bytes(mendModule(contents, glue)));
      mended += 1;
    } else if (id === SECTION.component) {
      const inner = mendComponent(contents);
      writer.section(id, new Writer().bytes(inner.bytes));
      mended += inner.mended;
    } else writer.bytes(component.subarray(header, end));
  }
  return { bytes: writer.finish(), mended };
}

function unexpected(expected: string, found: string): TenonError {
  return problem('internal/bug', 'the toolchain made a component of an unknown form', {
    where: 'componentize-qjs',
    expected,
    found,
  });
}

function glueImports(module: Uint8Array): readonly CoreImport[] | undefined {
  const imports = coreImports(module).filter(({ kind }) => kind === 'func');
  return imports.some(({ name }) => name === `${PREFIX}push_own`) ? imports : undefined;
}

/** A function that stands in for an imported one of the same type. */
interface StandIn {
  readonly replaced: number;
  readonly type: number;
  readonly body: Writer;
}

/** Opcodes. Source: WebAssembly 3.0, Binary Format, "Instructions". */
const OP = {
  if: [0x04, 0x40],
  else: [0x05],
  end: [0x0b],
  call: [0x10],
  localGet: [0x20],
  localSet: [0x21],
  i32Const: [0x41],
  i64Const0: [0x42, 0x00],
  i32Eq: [0x46],
  i32LtS: [0x48],
  i64LtS: [0x53],
  i32WrapI64: [0xa7],
  i64TruncF64U: [0xb1],
  f64ConvertI32U: [0xb8],
  f64ConvertI64U: [0xba],
  i64TruncSatF64S: [0xfc, 0x06],
} as const;

function standIns(imports: readonly CoreImport[]): StandIn[] {
  const indexOf = (name: string): number => {
    const index = imports.findIndex((one) => one.name === PREFIX + name);
    if (index >= 0) return index;
    throw unexpected(`an import ${PREFIX}${name}`, 'none');
  };
  const standIn = (name: string, body: Writer): StandIn => {
    const replaced = indexOf(name);
    return { replaced, type: imports[replaced]!.type!, body: body.byte(...OP.end) };
  };
  const code = (): Writer => new Writer().u32(0);
  const get = (writer: Writer, ...locals: number[]): Writer => {
    for (const local of locals) writer.byte(...OP.localGet).u32(local);
    return writer;
  };
  const call = (writer: Writer, index: number): Writer => writer.byte(...OP.call).u32(index);

  const popU32 = call(get(code(), 0), indexOf('pop_f64')).byte(...OP.i64TruncSatF64S, ...OP.i32WrapI64);
  const popU64 = call(get(code(), 0), indexOf('pop_f64')).byte(...OP.i64TruncF64U);
  const pushed = (isNegative: readonly number[], toF64: readonly number[], plain: string): Writer => {
    const body = get(code(), 1).byte(...isNegative, ...OP.if);
    call(get(body, 0, 1).byte(...toF64), indexOf('push_f64')).byte(...OP.else);
    return call(get(body, 0, 1), indexOf(plain)).byte(...OP.end);
  };
  return [
    standIn('pop_u32', popU32),
    standIn('pop_u64', popU64),
    standIn('push_u32', pushed([...OP.i32Const, 0, ...OP.i32LtS], OP.f64ConvertI32U, 'push_u32')),
    standIn('push_u64', pushed([...OP.i64Const0, ...OP.i64LtS], OP.f64ConvertI64U, 'push_u64')),
    standIn('push_own', pushOwn(imports, indexOf('push_own'))),
  ];

  /**
   * (call context, resource, handle): for a resource of the component's own, the engine wants what the handle
   * stands for. The handle itself stays in the instance's table, since dropping it would destroy the object.
   */
  function pushOwn(all: readonly CoreImport[], original: number): Writer {
    const body = code();
    // The glue numbers resources in the order in which it imports the functions that drop them.
    const resources = all.filter(({ name }) => name.startsWith('[resource-drop]'));
    for (const [number, { module, name }] of resources.entries()) {
      const rep = all.findIndex(
        (one) => one.module === module && one.name === name.replace('[resource-drop]', '[resource-rep]'),
      );
      if (rep < 0) continue;
      get(body, 1)
        .byte(...OP.i32Const)
        .typeIndex(number)
        .byte(...OP.i32Eq, ...OP.if);
      call(get(body, 2), rep)
        .byte(...OP.localSet)
        .u32(2)
        .byte(...OP.end);
    }
    return call(get(body, 0, 1, 2), original);
  }
}

function mendModule(module: Uint8Array, imports: readonly CoreImport[]): Uint8Array {
  const sections = coreSections(module);
  const added = standIns(imports);
  const section = (id: number): Reader => {
    const found = sections.find((one) => one.id === id);
    if (!found) throw unexpected('functions in the glue module', 'none');
    return new Reader(module, found.start, found.end);
  };
  const defined = section(CORE_SECTION.function).u32();
  const instead = new Map(added.map(({ replaced }, at) => [replaced, imports.length + defined + at]));

  const writer = new Writer().bytes(module.subarray(0, PREAMBLE));
  for (const { id, header, end } of sections) {
    if (id === CORE_SECTION.function) {
      writer.section(
        id,
        extended(
          section(id),
          added.map(({ type }) => new Writer().u32(type)),
        ),
      );
    } else if (id === CORE_SECTION.code) {
      const bodies = added.map(({ body }) => new Writer().u32(body.length).append(body));
      writer.section(id, extended(redirected(section(id), instead), bodies));
    } else writer.bytes(module.subarray(header, end));
  }
  return writer.finish();
}

/** A vector with further elements at its end. */
function extended(vector: Reader, elements: readonly Writer[]): Writer {
  const writer = new Writer().u32(vector.u32() + elements.length);
  writer.bytes(vector.file.subarray(vector.offset, vector.end));
  for (const element of elements) writer.append(element);
  return writer;
}

/** The code section with calls of some functions made calls of others. */
function redirected(code: Reader, instead: ReadonlyMap<number, number>): Reader {
  const bodies = code.vector((reader) => {
    const body = reader.part(reader.u32());
    const writer = new Writer();
    let written = body.offset;
    const redirect = ({ opcode, start, end, function: named }: FunctionReference): void => {
      const other = instead.get(named);
      if (other === undefined) return;
      writer.bytes(body.file.subarray(written, start)).byte(opcode).u32(other);
      written = end;
    };
    body.vector((locals) => {
      locals.u32();
      locals.byte();
    });
    readExpression(body, new Set(), { func: redirect });
    return writer.bytes(body.file.subarray(written, body.end));
  });
  const writer = new Writer().u32(bodies.length);
  for (const body of bodies) writer.u32(body.length).append(body);
  return new Reader(writer.finish());
}
