import { CORE_SECTION, coreExports, coreImports, coreSections } from '../../binary/core-module.ts';
import { Reader } from '../../binary/reader.ts';
import { Writer } from '../../binary/writer.ts';
import { unexpected } from './engine.ts';

const ID = { ...CORE_SECTION, start: 8, data: 11, dataCount: 12 } as const;
const LEFT_OUT: ReadonlySet<number> = new Set([ID.start, ID.data, ID.dataCount]);

/** Where the stand-in leaves the place and the length of the text that it is initialized with, from its memory on. */
export const SHIM_AT = 0;
/** An answer of zeros: all went well. */
const ANSWER_AT = 64;

/** Opcodes. Source: WebAssembly 3.0, Binary Format, "Instructions". */
const OP = {
  unreachable: [0x00],
  end: [0x0b],
  localGet: (local: number) => [0x20, local],
  globalGet: (global: number) => [0x23, global],
  i32Store: [0x36, 0x02, 0x00],
  memoryGrow: [0x40, 0x00],
  /** Of at most 20 bits; the sign takes one of the 21 of three bytes. */
  i32Const: (value: number) => [0x41, (value & 0x7f) | 0x80, ((value >> 7) & 0x7f) | 0x80, value >> 14],
  i32Add: [0x6a],
  i32Shl: [0x74],
  i32ShrU: [0x76],
} as const;

/**
 * A module with the engine's imports and exports and nearly nothing inside. The toolchain links it and runs its
 * `init` in place of the engine's, in a tenth of the time, and knows no difference: what comes out is a component in
 * which the engine need only be put back. Throws TenonError `internal/bug`.
 */
export function standInFor(module: Uint8Array): Uint8Array {
  const bodies = bodiesOf(module);
  const writer = new Writer().bytes(module.subarray(0, 8));
  for (const { id, start, header, end } of coreSections(module)) {
    if (LEFT_OUT.has(id)) continue;
    if (id !== ID.code) {
      writer.bytes(module.subarray(header, end));
      continue;
    }
    const count = new Reader(module, start, end).u32();
    const code = new Writer().u32(count);
    for (let at = 0; at < count; at++) {
      const body = [0, ...(bodies.get(at) ?? OP.unreachable), ...OP.end];
      code.u32(body.length).byte(...body);
    }
    writer.section(ID.code, code);
  }
  return writer.finish();
}

/** The few functions that the toolchain calls, by their place among those that the module defines. */
function bodiesOf(module: Uint8Array): ReadonlyMap<number, readonly number[]> {
  const imports = coreImports(module);
  const imported = imports.filter(({ kind }) => kind === 'func').length;
  const memoryBase = imports
    .filter(({ kind }) => kind === 'global')
    .findIndex(({ name }) => name === '__memory_base');
  if (memoryBase < 0) throw unexpected('an engine that can be moved', 'no __memory_base');
  const functions = coreExports(module).filter(({ kind }) => kind === 'func');
  const named = (name: string): number => {
    const found = functions.find((one) => one.name === name);
    if (!found) throw unexpected(`an export ${name}`, 'none');
    return found.index - imported;
  };
  const at = (offset: number): readonly number[] => [
    ...OP.globalGet(memoryBase),
    ...OP.i32Const(offset),
    ...OP.i32Add,
  ];
  const keep = (offset: number, parameter: number): readonly number[] => [
    ...at(offset),
    ...OP.localGet(parameter),
    ...OP.i32Store,
  ];
  // Pages of its own for each text: (old place, old size, alignment, new size) to a place.
  const allocate = [
    ...OP.localGet(3),
    ...OP.i32Const(0xffff),
    ...OP.i32Add,
    ...OP.i32Const(16),
    ...OP.i32ShrU,
    ...OP.memoryGrow,
    ...OP.i32Const(16),
    ...OP.i32Shl,
  ];
  return new Map([
    [named('init'), [...keep(SHIM_AT, 0), ...keep(SHIM_AT + 4, 1), ...at(ANSWER_AT)]],
    [named('cabi_realloc'), allocate],
    [named('cabi_post_init'), []],
    [named('wit_dylib_initialize'), []],
    [named('__wasm_apply_data_relocs'), []],
  ]);
}
