const UTF8 = new TextEncoder();

/** Bytes of an unsigned LEB128, as short as can be. */
export function lebLength(value: number): number {
  let length = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 128)) length++;
  return length;
}

/**
 * Gathers bytes. Large parts are kept as the views they are and copied once, by `finish`; so a component of
 * megabytes can be rearranged without touching its modules.
 */
export class Writer {
  private readonly parts: Uint8Array[] = [];
  private small: number[] = [];
  private flushed = 0;

  get length(): number {
    return this.flushed + this.small.length;
  }

  byte(...values: number[]): this {
    for (const value of values) this.small.push(value);
    return this;
  }

  u32(value: number): this {
    let rest = value;
    while (rest >= 0x80) {
      this.small.push((rest % 128) | 0x80);
      rest = Math.floor(rest / 128);
    }
    this.small.push(rest);
    return this;
  }

  /** A signed LEB128 of a value that is not negative: type indices share their space with negative opcodes. */
  typeIndex(value: number): this {
    let rest = value;
    while (rest >= 0x40) {
      this.small.push((rest % 128) | 0x80);
      rest = Math.floor(rest / 128);
    }
    this.small.push(rest);
    return this;
  }

  text(value: string): this {
    const bytes = UTF8.encode(value);
    return this.u32(bytes.length).bytes(bytes);
  }

  bytes(value: Uint8Array): this {
    if (value.length < 64) {
      for (const byte of value) this.small.push(byte);
      return this;
    }
    this.flush();
    this.parts.push(value);
    this.flushed += value.length;
    return this;
  }

  append(other: Writer): this {
    for (const part of other.chunks()) this.bytes(part);
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

  private chunks(): readonly Uint8Array[] {
    this.flush();
    return this.parts;
  }

  private flush(): void {
    if (this.small.length === 0) return;
    this.parts.push(new Uint8Array(this.small));
    this.flushed += this.small.length;
    this.small = [];
  }
}
