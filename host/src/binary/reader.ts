import { hex, Malformed } from './malformed.ts';

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** What Buffer's toString comes down to; it takes any bytes, without a Buffer around them. */
const { utf8Slice } = Buffer.prototype as unknown as {
  utf8Slice(this: Uint8Array, start: number, end: number): string;
};

/**
 * Reads a bounded part of a file. Positions are offsets in the whole file, so that every message can name one;
 * parts are views, never copies. All methods throw Malformed past the end.
 */
export class Reader {
  readonly file: Uint8Array;
  readonly end: number;
  offset: number;

  constructor(file: Uint8Array, start = 0, end = file.length) {
    this.file = file;
    this.offset = start;
    this.end = end;
  }

  get done(): boolean {
    return this.offset >= this.end;
  }

  /** The next byte, or -1 at the end. */
  peek(): number {
    return this.offset < this.end ? (this.file[this.offset] ?? -1) : -1;
  }

  byte(): number {
    if (this.offset >= this.end) throw this.unexpectedEnd(1);
    return this.file[this.offset++] ?? 0;
  }

  /** An unsigned LEB128 of at most 32 bits. */
  u32(): number {
    const start = this.offset;
    let result = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      if (shift === 28 && byte > 0x0f)
        throw new Malformed('malformed', 'a number does not fit in 32 bits', start);
      result += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return result;
    }
    throw new Malformed('malformed', 'a number takes more than five bytes', start);
  }

  /** A signed LEB128 of at most 33 bits: a type index, or a negative opcode. */
  s33(): number {
    const start = this.offset;
    let result = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      result += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return (byte & 0x40) === 0 ? result : result - 2 ** (shift + 7);
    }
    throw new Malformed('malformed', 'a number takes more than five bytes', start);
  }

  /** Skips a LEB128 of up to 64 bits. */
  skipLeb(): void {
    const start = this.offset;
    for (let n = 0; n < 10; n++) if (this.byte() < 0x80) return;
    throw new Malformed('malformed', 'a number takes more than ten bytes', start);
  }

  /** The count of a vector. Each element takes at least one byte, so a count beyond the rest is an error at once. */
  count(): number {
    const start = this.offset;
    const count = this.u32();
    if (count > this.end - this.offset) {
      throw new Malformed('malformed', 'a vector is longer than the bytes that hold it', start, {
        expected: `at most ${this.end - this.offset} elements`,
        found: `${count}`,
      });
    }
    return count;
  }

  /** A length-prefixed UTF-8 string. */
  text(): string {
    const start = this.offset;
    const length = this.u32();
    this.skip(length);
    // One call for each of thousands of names; it puts U+FFFD where a decoder would find fault.
    const text = utf8Slice.call(this.file, this.offset - length, this.offset);
    if (!text.includes('\uFFFD')) return text;
    try {
      return UTF8.decode(this.file.subarray(this.offset - length, this.offset));
    } catch {
      throw new Malformed('malformed', 'a name is not UTF-8', start);
    }
  }

  /** A view of the next `length` bytes. */
  bytes(length: number): Uint8Array {
    if (length > this.end - this.offset) throw this.unexpectedEnd(length);
    this.offset += length;
    return this.file.subarray(this.offset - length, this.offset);
  }

  skip(length: number): void {
    if (length > this.end - this.offset) throw this.unexpectedEnd(length);
    this.offset += length;
  }

  /** A reader of the next `length` bytes, which this one skips. */
  part(length: number): Reader {
    if (length > this.end - this.offset) throw this.unexpectedEnd(length);
    this.offset += length;
    return new Reader(this.file, this.offset - length, this.offset);
  }

  /** As many elements as the vector's count says. */
  vector<T>(element: (reader: Reader) => T): T[] {
    const count = this.count();
    const elements: T[] = [];
    for (let n = 0; n < count; n++) elements.push(element(this));
    return elements;
  }

  /** Throws unless everything was read: what a section's size and its contents disagree on is an error. */
  expectEnd(what: string): void {
    if (this.offset === this.end) return;
    throw new Malformed('malformed', `${what} has bytes left over`, this.offset, {
      expected: `the end at ${hex(this.end)}`,
      found: `${this.end - this.offset} more bytes`,
    });
  }

  unknown(what: string, opcode: number): Malformed {
    return new Malformed('unknown-opcode', `unknown ${what} ${hex(opcode)}`, this.offset - 1, {
      found: hex(opcode),
    });
  }

  private unexpectedEnd(needed: number): Malformed {
    return new Malformed('malformed', 'the bytes end in the middle of something', this.offset, {
      expected: `${needed} more`,
      found: `${Math.max(0, this.end - this.offset)}`,
    });
  }
}
