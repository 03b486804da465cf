import { Malformed } from './malformed.ts';
import { Reader } from './reader.ts';

/**
 * What an instruction does to state that a reset does not bring back: tables, and passive segments that were
 * dropped. Everything else a core instance can change is its memories and globals.
 */
export type Lasting =
  | 'table.set'
  | 'table.init'
  | 'table.copy'
  | 'table.grow'
  | 'table.fill'
  | 'data.drop'
  | 'elem.drop';

const LASTING_FC: Readonly<Record<number, Lasting>> = {
  9: 'data.drop',
  12: 'table.init',
  13: 'elem.drop',
  14: 'table.copy',
  15: 'table.grow',
  17: 'table.fill',
};

/** `call`, `return_call`, `ref.func`: what names a function by its index. */
const NAMES_FUNCTION: ReadonlySet<number> = new Set([0x10, 0x12, 0xd2]);

/** An instruction that names a function by its index: where it stands in the file. */
export interface FunctionReference {
  readonly opcode: number;
  readonly start: number;
  readonly end: number;
  readonly function: number;
}

/** What a reader of instructions may want to be shown. */
export interface InstructionVisitor {
  func?(reference: FunctionReference): void;
  /** Each instruction, those that `func` was shown aside: where it stands in the file. */
  each?(start: number, end: number): void;
}

/**
 * Reads instructions up to the `end` that closes them, adds to `found` those with a lasting effect, and shows
 * the visitor what it wants to see. Throws Malformed on any instruction it does not know, so that what it passes
 * is really understood; garbage-collected objects are among the unknown, since their fields are state that no
 * export reaches.
 *
 * Source: WebAssembly 3.0, Binary Format, "Instructions".
 */
export function readExpression(reader: Reader, found: Set<Lasting>, visitor: InstructionVisitor = {}): void {
  for (let depth = 1; depth > 0;) {
    const start = reader.offset;
    const opcode = reader.byte();
    if (visitor.func && NAMES_FUNCTION.has(opcode)) {
      const named = reader.u32();
      visitor.func({ opcode, start, end: reader.offset, function: named });
      continue;
    }
    if (opcode === 0x0b || opcode === 0x18) depth--;
    else if ((opcode >= 0x02 && opcode <= 0x04) || opcode === 0x06 || opcode === 0x1f) depth++;
    readImmediates(reader, opcode, found);
    visitor.each?.(start, reader.offset);
  }
}

/** Whether the instruction that begins there writes to a memory; of atomic ones those that only read count too. */
export function writesMemory(file: Uint8Array, start: number): boolean {
  const opcode = file[start] ?? 0;
  if (opcode < 0x36) return false;
  if (opcode <= 0x3e) return true;
  if (opcode < 0xfc) return false;
  const code = new Reader(file, start + 1).u32();
  if (opcode === 0xfc) return code === 8 || code === 10 || code === 11; // memory.init, memory.copy, memory.fill
  if (opcode === 0xfd) return code === 11 || (code >= 88 && code <= 91); // v128.store and its lanes
  return opcode === 0xfe && code !== 3;
}

function readImmediates(reader: Reader, opcode: number, found: Set<Lasting>): void {
  // Numeric instructions: most of any body, and without immediates.
  if (opcode >= 0x45 && opcode <= 0xc4) return;
  if (opcode >= 0x28 && opcode <= 0x3e) return memoryArgument(reader);
  switch (opcode) {
    case 0x00: // unreachable, nop, else, throw_ref, end, return, catch_all, drop, select
    case 0x01:
    case 0x05:
    case 0x0a:
    case 0x0b:
    case 0x0f:
    case 0x19:
    case 0x1a:
    case 0x1b:
    case 0xd1: // ref.is_null, ref.eq, ref.as_non_null
    case 0xd3:
    case 0xd4:
      return;
    case 0x02: // block, loop, if, try
    case 0x03:
    case 0x04:
    case 0x06:
      return blockType(reader);
    case 0x07: // catch, throw, rethrow, br, br_if, call, return_call, call_ref, return_call_ref, delegate
    case 0x08:
    case 0x09:
    case 0x0c:
    case 0x0d:
    case 0x10:
    case 0x12:
    case 0x14:
    case 0x15:
    case 0x18:
    case 0x20: // local.get/set/tee, global.get/set, table.get
    case 0x21:
    case 0x22:
    case 0x23:
    case 0x24:
    case 0x25:
    case 0x3f: // memory.size, memory.grow
    case 0x40:
    case 0x41: // i32.const, i64.const
    case 0x42:
    case 0xd0: // ref.null, ref.func, br_on_null, br_on_non_null
    case 0xd2:
    case 0xd5:
    case 0xd6:
      return reader.skipLeb();
    case 0x0e: // br_table
      reader.vector((r) => r.u32());
      return reader.skipLeb();
    case 0x11: // call_indirect, return_call_indirect
    case 0x13:
      reader.skipLeb();
      return reader.skipLeb();
    case 0x1c: // select with types
      reader.vector(valueType);
      return;
    case 0x1f: // try_table
      blockType(reader);
      reader.vector((r) => {
        if (r.byte() < 2) r.u32();
        r.u32();
      });
      return;
    case 0x26:
      found.add('table.set');
      return reader.skipLeb();
    case 0x43:
      reader.bytes(4);
      return;
    case 0x44:
      reader.bytes(8);
      return;
    case 0xfc:
      return prefixedFc(reader, found);
    case 0xfd:
      return vector(reader);
    case 0xfe:
      return atomic(reader);
    default:
      throw reader.unknown('instruction', opcode);
  }
}

function prefixedFc(reader: Reader, found: Set<Lasting>): void {
  const code = reader.u32();
  const lasting = LASTING_FC[code];
  if (lasting) found.add(lasting);
  if (code <= 7 || (code >= 19 && code <= 22)) return; // saturating truncation; wide arithmetic
  if (code > 17) throw unknownPrefixed(reader, code);
  reader.skipLeb();
  if (code === 8 || code === 10 || code === 12 || code === 14) reader.skipLeb();
}

function vector(reader: Reader): void {
  const code = reader.u32();
  if (code <= 11 || code === 92 || code === 93) return memoryArgument(reader);
  if (code === 12 || code === 13) reader.bytes(16);
  else if (code >= 21 && code <= 34) reader.byte();
  else if (code >= 84 && code <= 91) {
    memoryArgument(reader);
    reader.byte();
  } else if (code > 0x113) throw unknownPrefixed(reader, code);
}

function atomic(reader: Reader): void {
  const code = reader.u32();
  if (code === 3) reader.byte();
  else if (code <= 2 || (code >= 0x10 && code <= 0x4e)) memoryArgument(reader);
  else throw unknownPrefixed(reader, code);
}

/** Alignment, a memory index where bit 6 says so, and an offset. */
function memoryArgument(reader: Reader): void {
  if ((reader.u32() & 0x40) !== 0) reader.skipLeb();
  reader.skipLeb();
}

function blockType(reader: Reader): void {
  const next = reader.peek();
  if (next === 0x63 || next === 0x64) valueType(reader);
  else reader.s33();
}

function valueType(reader: Reader): void {
  const opcode = reader.byte();
  if (opcode === 0x63 || opcode === 0x64) reader.s33();
}

function unknownPrefixed(reader: Reader, code: number): Malformed {
  return new Malformed('unknown-opcode', `unknown instruction ${code}`, reader.offset);
}
