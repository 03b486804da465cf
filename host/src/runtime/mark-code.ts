import { skipCoreValueType } from '../binary/core-module.ts';
import { readExpression, writesMemory } from '../binary/instructions.ts';
import { Reader } from '../binary/reader.ts';
import { Writer } from '../binary/writer.ts';
import { CARD_LOG2 } from './cards.ts';
import { frameOf, FrameStores, type Frame } from './frame-stores.ts';

const TYPE = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b } as const;
const NO_RESULT = 0x40;
const OP = {
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  i32LeU: 0x4d,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  i32Const: 0x41,
  i32Store8: 0x3a,
  i32Add: 0x6a,
  i32Sub: 0x6b,
  i32And: 0x71,
  i32ShrU: 0x76,
} as const;

/** So many marks a whole frame takes. */
const MARKS_OF_FRAME = 2;

/** Which memories are the marks of a module's memories: as many as those, from `first` on. */
export interface Marks {
  readonly first: number;
  /** Cards that have a mark, a power of two. */
  readonly cards: number;
}

/**
 * A module's function bodies with a mark behind each write; undefined where one has atomic instructions.
 *
 * @param parameters how many each function has
 */
export function markedBodies(
  reader: Reader,
  parameters: readonly number[],
  marks: Marks,
): Writer | undefined {
  const count = reader.count();
  const writer = new Writer().u32(count);
  for (let at = 0; at < count; at++) {
    const size = reader.u32();
    const body = reader.part(size);
    const marked = markedBody(body, parameters[at] ?? 0, marks);
    if (!marked) return undefined;
    if (marked === 'unchanged') writer.u32(size).bytes(reader.file.subarray(body.end - size, body.end));
    else writer.u32(marked.length).append(marked);
  }
  return writer;
}

function markedBody(body: Reader, parameters: number, marks: Marks): Writer | 'unchanged' | undefined {
  const { file, end } = body;
  const localsStart = body.offset;
  let count = parameters;
  const groups = body.vector((r) => {
    count += r.u32();
    skipCoreValueType(r);
  }).length;
  const groupsAt = localsStart + lengthOfU32(file, localsStart);
  const codeAt = body.offset;
  const frame = frameOf(file, codeAt);
  const frameStores = frame && new FrameStores(file, frame);
  let writes: { start: number; end: number; inFrame: boolean }[] = [];
  readExpression(body, new Set(), {
    each(start, stop) {
      const inFrame = frameStores?.isOne(start) ?? false;
      if (writesMemory(file, start)) writes.push({ start, end: stop, inFrame });
    },
  });
  if (writes.length === 0) return 'unchanged';
  // Where the frame is marked as a whole, when it is made, the stores in it need no marks of their own.
  const wholeFrame =
    frame && frameStores?.holds && writes.filter(({ inFrame }) => inFrame).length > MARKS_OF_FRAME
      ? frame
      : undefined;
  if (wholeFrame) writes = writes.filter(({ inFrame }) => !inFrame);

  const locals = new AddedLocals(count);
  const code = new Writer();
  let copied = codeAt;
  if (wholeFrame) {
    code.bytes(file.subarray(codeAt, wholeFrame.end));
    markFrame(code, wholeFrame, marks);
    copied = wholeFrame.end;
  }
  for (const write of writes) {
    code.bytes(file.subarray(copied, write.start));
    const instruction = file.subarray(write.start, write.end);
    const marked =
      file[write.start] === 0xfc
        ? bulkWrite(code, instruction, locals, marks)
        : store(code, instruction, locals, marks);
    if (!marked) return undefined;
    copied = write.end;
  }
  code.bytes(file.subarray(copied, end));
  const writer = new Writer().u32(groups + locals.types.length).bytes(file.subarray(groupsAt, codeAt));
  for (const type of locals.types) writer.u32(1).byte(type);
  return writer.append(code);
}

/** Marks the cards of a frame's first and last byte: it is no longer than a card. */
function markFrame(code: Writer, { local, size }: Frame, marks: Marks): void {
  markCard(code.byte(OP.localGet).u32(local), marks, marks.first);
  code
    .byte(OP.localGet)
    .u32(local)
    .byte(OP.i32Const)
    .append(signed32(size - 1));
  markCard(code.byte(OP.i32Add), marks, marks.first);
}

/** Takes what may be no address, for whether anything is written there is not known: a mark too many does no harm. */
function markCard(code: Writer, { cards }: Marks, memory: number): void {
  code.byte(OP.i32Const, CARD_LOG2, OP.i32ShrU, OP.i32Const).append(signed32(cards - 1));
  code.byte(OP.i32And, OP.i32Const, 1, OP.i32Store8, 0x40).u32(memory).u32(0);
}

/** Locals beyond those of the function, made as they are needed. */
class AddedLocals {
  readonly types: number[] = [];
  readonly #first: number;
  readonly #known = new Map<string, number>();

  constructor(first: number) {
    this.#first = first;
  }

  index(use: string, type: number): number {
    let index = this.#known.get(use);
    if (index === undefined) {
      index = this.#first + this.types.length;
      this.types.push(type);
      this.#known.set(use, index);
    }
    return index;
  }
}

/** A store, and behind it, since only then is the address known to be one, the mark of the card of its first byte. */
function store(code: Writer, instruction: Uint8Array, locals: AddedLocals, marks: Marks): boolean {
  const reader = new Reader(instruction);
  const type = storedType(reader);
  if (type === undefined) return false;
  const flags = reader.u32();
  const memory = (flags & 0x40) === 0 ? 0 : reader.u32();
  const offset = reader.u32();
  const value = locals.index(`value ${type}`, type);
  const address = locals.index('address', TYPE.i32);
  code.byte(OP.localSet).u32(value).byte(OP.localTee).u32(address).byte(OP.localGet).u32(value);
  code.bytes(instruction);
  code.byte(OP.localGet).u32(address);
  if (offset !== 0) code.byte(OP.i32Const).append(signed32(offset)).byte(OP.i32Add);
  code.byte(OP.i32Const, CARD_LOG2, OP.i32ShrU, OP.i32Const, 1);
  code
    .byte(OP.i32Store8, 0x40)
    .u32(marks.first + memory)
    .u32(0);
  return true;
}

/** What a store takes from the stack; undefined for atomic ones. */
function storedType(reader: Reader): number | undefined {
  const opcode = reader.byte();
  switch (opcode) {
    case 0xfd:
      reader.u32();
      return TYPE.v128;
    case 0xfe:
      return undefined;
    case 0x37: // i64.store, store8, store16, store32
    case 0x3c:
    case 0x3d:
    case 0x3e:
      return TYPE.i64;
    case 0x38:
      return TYPE.f32;
    case 0x39:
      return TYPE.f64;
    default: // i32.store, store8, store16
      return TYPE.i32;
  }
}

/** memory.init, memory.copy or memory.fill, and behind it the marks of all cards from its first byte to its last. */
function bulkWrite(code: Writer, instruction: Uint8Array, locals: AddedLocals, marks: Marks): boolean {
  const reader = new Reader(instruction, 1);
  const isInit = reader.u32() === 8;
  if (isInit) reader.u32();
  const memory = marks.first + reader.u32();
  const address = locals.index('address', TYPE.i32);
  const from = locals.index('from', TYPE.i32);
  const length = locals.index('length', TYPE.i32);
  code.byte(OP.localSet).u32(length).byte(OP.localSet).u32(from).byte(OP.localTee).u32(address);
  code.byte(OP.localGet).u32(from).byte(OP.localGet).u32(length).bytes(instruction);
  // Most are short, and a bulk instruction for their marks would take longer than they do.
  code
    .byte(OP.localGet)
    .u32(length)
    .byte(OP.i32Const)
    .append(signed32(2 ** CARD_LOG2));
  code.byte(OP.i32LeU, OP.if, NO_RESULT);
  markCard(code.byte(OP.localGet).u32(address), marks, memory);
  code.byte(OP.localGet).u32(address).byte(OP.localGet).u32(length).byte(OP.i32Add);
  markCard(code.byte(OP.i32Const, 1, OP.i32Sub), marks, memory);
  code.byte(OP.else);
  const first = (): Writer => code.byte(OP.localGet).u32(address).byte(OP.i32Const, CARD_LOG2, OP.i32ShrU);
  first().byte(OP.i32Const, 1);
  code.byte(OP.localGet).u32(address).byte(OP.localGet).u32(length).byte(OP.i32Add, OP.i32Const);
  code.append(signed32(2 ** CARD_LOG2 - 1)).byte(OP.i32Add, OP.i32Const, CARD_LOG2, OP.i32ShrU);
  first().byte(OP.i32Sub, 0xfc, 11).u32(memory).byte(OP.end);
  return true;
}

/** A number of 32 bits as a signed LEB128: what `i32.const` takes. */
function signed32(value: number): Writer {
  const writer = new Writer();
  for (let rest = value | 0; ; rest >>= 7) {
    const byte = rest & 0x7f;
    const isLast = (rest >> 6 === 0 && (byte & 0x40) === 0) || (rest >> 6 === -1 && (byte & 0x40) !== 0);
    if (isLast) return writer.byte(byte);
    writer.byte(byte | 0x80);
  }
}

function lengthOfU32(file: Uint8Array, at: number): number {
  const reader = new Reader(file, at);
  reader.u32();
  return reader.offset - at;
}
