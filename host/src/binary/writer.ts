import { sameBytes } from './same-bytes.ts';

const UTF8 = new TextEncoder();
const ASCII = /^[ -~]{0,256}$/;
const NO_ROOM: Uint8Array = new Uint8Array(0);

/** What writing to a Buffer comes down to; it takes any array, and is one call where a loop takes one a letter. */
const { latin1Write } = Buffer.prototype as unknown as {
  latin1Write(this: Uint8Array, value: string, offset: number, length: number): number;
};

/**
 * What writers get room in, from `cut` on: for thousands of writers an array each, or a view, costs several times as
 * much as writing does.
 */
let slab: Uint8Array = NO_ROOM;
let cut = 0;
const SLAB = 16_384;

/** Bytes of an unsigned LEB128, as short as can be. */
export function lebLength(value: number): number {
  let length = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 128)) length++;
  return length;
}

/** Parts from this size on are kept as the views they are. */
const LARGE = 64;
const FIRST_ROOM = 64;
const MOST_ROOM = 4096;

/**
 * Gathers bytes. Large parts are kept as the views they are and copied once, by `finish`; so a component of
 * megabytes can be rearranged without touching its modules. A writer that was appended to another is not written
 * to any more.
 */
export class Writer {
  private readonly parts: Uint8Array[] = [];
  /** Where small things go: from `start` to `at` stands what is not among the parts yet, and up to `end` there is room. */
  private room: Uint8Array = NO_ROOM;
  private start = 0;
  private at = 0;
  private end = 0;
  private flushed = 0;

  get length(): number {
    return this.flushed + this.at - this.start;
  }

  byte(...values: number[]): this {
    for (let n = 0; n < values.length; n++) this.one(values[n]!);
    return this;
  }

  u32(value: number): this {
    let rest = value;
    while (rest >= 0x80) {
      this.one((rest % 128) | 0x80);
      rest = Math.floor(rest / 128);
    }
    this.one(rest);
    return this;
  }

  /** A signed LEB128 of a value that is not negative: type indices share their space with negative opcodes. */
  typeIndex(value: number): this {
    let rest = value;
    while (rest >= 0x40) {
      this.one((rest % 128) | 0x80);
      rest = Math.floor(rest / 128);
    }
    this.one(rest);
    return this;
  }

  text(value: string): this {
    if (!ASCII.test(value)) {
      const bytes = UTF8.encode(value);
      return this.u32(bytes.length).bytes(bytes);
    }
    // As nearly all names are: an encoder is asked for each of thousands otherwise.
    this.u32(value.length).reserve(value.length);
    this.at += latin1Write.call(this.room, value, this.at, value.length);
    return this;
  }

  bytes(value: Uint8Array): this {
    if (value.length < LARGE) {
      this.reserve(value.length);
      this.room.set(value, this.at);
      this.at += value.length;
      return this;
    }
    this.flush();
    this.parts.push(value);
    this.flushed += value.length;
    return this;
  }

  append(other: Writer): this {
    const length = other.at - other.start;
    if (other.parts.length > 0) {
      for (const part of other.chunks()) this.bytes(part);
    } else if (length >= LARGE) {
      this.bytes(other.room.subarray(other.start, other.at));
    } else {
      this.reserve(length);
      // Nearly always in one slab, and then no view is needed.
      if (this.room === other.room) this.room.copyWithin(this.at, other.start, other.at);
      else this.room.set(other.room.subarray(other.start, other.at), this.at);
      this.at += length;
    }
    return this;
  }

  /** A section: its id, its size, its contents. */
  section(id: number, contents: Writer): this {
    return this.byte(id).u32(contents.length).append(contents);
  }

  finish(): Uint8Array {
    // Every byte is written below, so none need be zero before; of megabytes that is half the time.
    const all = new Uint8Array(Buffer.allocUnsafeSlow(this.length).buffer);
    let at = 0;
    for (const part of this.chunks()) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }

  /** Whether both hold the same bytes. */
  equals(other: Writer): boolean {
    if (this === other) return true;
    if (this.length !== other.length) return false;
    const [left, right] = [this.chunks(), other.chunks()];
    let [l, r, inLeft, inRight] = [0, 0, 0, 0];
    while (l < left.length && r < right.length) {
      const [a, b] = [left[l]!, right[r]!];
      const length = Math.min(a.length - inLeft, b.length - inRight);
      if (!sameBytes(a.subarray(inLeft, inLeft + length), b.subarray(inRight, inRight + length)))
        return false;
      inLeft += length;
      inRight += length;
      if (inLeft === a.length) [l, inLeft] = [l + 1, 0];
      if (inRight === b.length) [r, inRight] = [r + 1, 0];
    }
    return true;
  }

  private one(value: number): void {
    if (this.at === this.end) this.reserve(1);
    this.room[this.at++] = value;
  }

  /** Makes room for that many bytes in a row. */
  private reserve(length: number): void {
    if (length <= this.end - this.at) return;
    const doubled = Math.min(MOST_ROOM, Math.max(FIRST_ROOM, (this.end - this.start) * 2));
    const size = Math.max(length, doubled);
    // Nobody has got room behind its own.
    if (this.room === slab && this.end === cut && size <= slab.length - this.at) {
      this.end = cut = this.at + size;
      return;
    }
    this.flush();
    if (size > slab.length - cut) [slab, cut] = [new Uint8Array(Math.max(SLAB, size)), 0];
    this.room = slab;
    this.start = this.at = cut;
    this.end = cut += size;
  }

  private chunks(): readonly Uint8Array[] {
    this.flush();
    return this.parts;
  }

  private flush(): void {
    if (this.at === this.start) return;
    this.parts.push(this.room.subarray(this.start, this.at));
    this.flushed += this.at - this.start;
    this.start = this.at;
  }
}
