import { skipCoreValueType, limits } from '../binary/core-module.ts';
import { Malformed } from '../binary/malformed.ts';
import type { Reader } from '../binary/reader.ts';
import { LIMITS } from './limits.ts';

/**
 * Skips one `core:type`: its meaning is of no concern to linking, but the next definition stands behind it.
 *
 * Source: Binary.md, "Type Definitions"; WebAssembly 3.0, "Types".
 */
export function skipCoreType(reader: Reader, depth = 0): void {
  if (depth > LIMITS.nesting) throw new Malformed('limit', 'core types nest too deep', reader.offset);
  const opcode = reader.peek();
  if (opcode === 0x50) {
    reader.byte();
    reader.vector((r) => skipModuleDeclaration(r, depth));
  } else if (opcode === 0x4e) {
    reader.byte();
    reader.vector(skipSubType);
  } else {
    // A non-final `sub` is prefixed by 0x00 here, because 0x50 alone means a module type.
    if (opcode === 0x00) reader.byte();
    skipSubType(reader);
  }
}

/** Stands before a type of the shared-everything proposal. */
const SHARED = 0x65;

function skipSubType(reader: Reader): void {
  const opcode = reader.peek();
  if (opcode === 0x50 || opcode === 0x4f) {
    reader.byte();
    reader.vector((r) => r.u32());
  }
  if (reader.peek() === SHARED) reader.byte();
  const composite = reader.byte();
  switch (composite) {
    case 0x60:
      reader.vector(skipCoreValueType);
      reader.vector(skipCoreValueType);
      return;
    case 0x5f:
      reader.vector(skipField);
      return;
    case 0x5e:
      skipField(reader);
      return;
    default:
      throw reader.unknown('core type', composite);
  }
}

function skipField(reader: Reader): void {
  skipCoreValueType(reader);
  reader.byte();
}

function skipModuleDeclaration(reader: Reader, depth: number): void {
  const opcode = reader.byte();
  switch (opcode) {
    case 0x00:
      reader.text();
      reader.text();
      return skipCoreExtern(reader);
    case 0x01:
      return skipCoreType(reader, depth + 1);
    case 0x02:
      reader.byte();
      reader.byte();
      reader.u32();
      reader.u32();
      return;
    case 0x03:
      reader.text();
      return skipCoreExtern(reader);
    default:
      throw reader.unknown('declaration of a core module type', opcode);
  }
}

function skipCoreExtern(reader: Reader): void {
  const opcode = reader.byte();
  switch (opcode) {
    case 0x00:
      reader.u32();
      return;
    case 0x01:
      skipCoreValueType(reader);
      limits(reader);
      return;
    case 0x02:
      limits(reader);
      return;
    case 0x03:
      skipCoreValueType(reader);
      reader.byte();
      return;
    case 0x04:
      reader.byte();
      reader.u32();
      return;
    default:
      throw reader.unknown('core external type', opcode);
  }
}
