import { Reader } from '../binary/reader.ts';
import { CARD_LOG2 } from './cards.ts';

/** The part of the stack that a function takes for itself when it begins: so many bytes from what the local holds. */
export interface Frame {
  readonly local: number;
  readonly size: number;
  /** Where the instructions end that make it. */
  readonly end: number;
}

/**
 * The frame that a function's first instructions make, as compilers write them: `global.get`, `i32.const <size>`,
 * `i32.sub`, `local.tee`. Undefined where they do not, and where it is longer than a card.
 */
export function frameOf(file: Uint8Array, codeAt: number): Frame | undefined {
  const reader = new Reader(file, codeAt);
  if (reader.byte() !== 0x23) return undefined;
  reader.u32();
  if (reader.byte() !== 0x41) return undefined;
  const size = reader.s33();
  if (size <= 0 || size > 2 ** CARD_LOG2) return undefined;
  if (reader.byte() !== 0x6b || reader.byte() !== 0x22) return undefined;
  const local = reader.u32();
  return { local, size, end: reader.offset };
}

/**
 * Finds a function's stores into its own frame: those whose address is plainly the frame's local, and whose bytes
 * all lie in it. To be shown every instruction in order. What is on the stack is followed only through plain
 * instructions; whatever else comes, what is below it counts as unknown.
 */
export class FrameStores {
  readonly #file: Uint8Array;
  readonly #frame: Frame;
  /** Of each operand that is known, whether it is the frame's address. */
  #operands: boolean[] = [];
  #assigned = 0;

  constructor(file: Uint8Array, frame: Frame) {
    this.#file = file;
    this.#frame = frame;
  }

  /** Whether the local has held the frame's address all along: it is set nowhere but at the beginning. */
  get holds(): boolean {
    return this.#assigned === 1;
  }

  /** Whether the next instruction, which begins there, is a store into the frame. */
  isOne(start: number): boolean {
    const opcode = this.#file[start] ?? 0;
    if (opcode >= 0x36 && opcode <= 0x3e) return this.#store(start, opcode);
    if (opcode === 0x21 || opcode === 0x22) {
      if (new Reader(this.#file, start + 1).u32() === this.#frame.local) this.#assigned++;
    }
    if (opcode === 0x20) {
      this.#operands.push(new Reader(this.#file, start + 1).u32() === this.#frame.local);
      return false;
    }
    const effect = EFFECTS[opcode];
    if (effect === undefined) this.#operands = [];
    else {
      this.#operands.length = Math.max(0, this.#operands.length - effect.taken);
      if (effect.gives) this.#operands.push(false);
    }
    return false;
  }

  #store(start: number, opcode: number): boolean {
    this.#operands.pop();
    if (this.#operands.pop() !== true) return false;
    const reader = new Reader(this.#file, start + 1);
    // With a memory's index, or an alignment that says nothing: not what compilers write for a frame.
    if ((reader.u32() & 0x40) !== 0) return false;
    return reader.u32() + (STORED_BYTES[opcode] ?? Infinity) <= this.#frame.size;
  }
}

const STORED_BYTES: Readonly<Record<number, number>> = {
  0x36: 4,
  0x37: 8,
  0x38: 4,
  0x39: 8,
  0x3a: 1,
  0x3b: 2,
  0x3c: 1,
  0x3d: 2,
  0x3e: 4,
};

interface Effect {
  readonly taken: number;
  readonly gives: boolean;
}

/** What plain instructions do to the stack, by opcode. */
const EFFECTS: readonly (Effect | undefined)[] = effects([
  [0x1a, 0x1a, 1, false], // drop
  [0x1b, 0x1b, 3, true], // select
  [0x21, 0x21, 1, false], // local.set
  [0x22, 0x22, 1, true], // local.tee
  [0x23, 0x23, 0, true], // global.get
  [0x24, 0x24, 1, false], // global.set
  [0x28, 0x35, 1, true], // loads
  [0x41, 0x44, 0, true], // constants
  [0x45, 0x45, 1, true], // i32.eqz
  [0x46, 0x4f, 2, true],
  [0x50, 0x50, 1, true], // i64.eqz
  [0x51, 0x66, 2, true],
  [0x67, 0x69, 1, true], // i32.clz, ctz, popcnt
  [0x6a, 0x78, 2, true],
  [0x79, 0x7b, 1, true], // i64.clz, ctz, popcnt
  [0x7c, 0x8a, 2, true],
  [0x8b, 0x91, 1, true], // f32.abs to f32.sqrt
  [0x92, 0x98, 2, true],
  [0x99, 0x9f, 1, true], // f64.abs to f64.sqrt
  [0xa0, 0xa6, 2, true],
  [0xa7, 0xc4, 1, true], // conversions
]);

function effects(
  ranges: readonly (readonly [from: number, to: number, taken: number, gives: boolean])[],
): (Effect | undefined)[] {
  const table: (Effect | undefined)[] = [];
  for (const [from, to, taken, gives] of ranges)
    for (let opcode = from; opcode <= to; opcode++) table[opcode] = { taken, gives };
  return table;
}
