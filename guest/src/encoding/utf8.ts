/**
 * UTF-8 both ways, with the engine's own C functions: QuickJS interprets, so a loop costs more for a single character
 * than `atob`, `escape` and their kin do for twenty.
 */

/** The UTF-8 bytes of a string; lone surrogates become U+FFFD. */
export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.fromBase64(btoa(unescape(encodeURIComponent(text.toWellFormed()))));
}

/** Appends the bytes of one scalar value. */
export function pushUtf8(bytes: number[], code: number): void {
  if (code < 0x80) bytes.push(code);
  else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63));
  else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
  else {
    bytes.push(
      0xf0 | (code >> 18),
      0x80 | ((code >> 12) & 63),
      0x80 | ((code >> 6) & 63),
      0x80 | (code & 63),
    );
  }
}

/** The text of a whole sequence of bytes, U+FFFD where they are not UTF-8; a byte order mark stays. */
export function decodeUtf8(bytes: Uint8Array): string {
  return decodeValid(bytes) ?? new Utf8Decoder().decode(bytes, true)!;
}

/** The text of `bytes` if all of it is UTF-8. */
export function decodeValid(bytes: Uint8Array): string | undefined {
  try {
    return decodeURIComponent(escape(atob(bytes.toBase64())));
  } catch {
    return undefined;
  }
}

/** The UTF-8 decoder of the Encoding Standard (§8.1.1), which keeps an unfinished sequence between chunks. */
export class Utf8Decoder {
  declare private code: number;
  declare private needed: number;
  declare private seen: number;
  declare private lower: number;
  declare private upper: number;

  constructor() {
    this.reset();
  }

  private reset(): void {
    this.code = 0;
    this.needed = 0;
    this.seen = 0;
    this.lower = 0x80;
    this.upper = 0xbf;
  }

  /** @returns the text, or undefined if `fatal` and the bytes are wrong. */
  decode(bytes: Uint8Array, flush: boolean, fatal = false): string | undefined {
    let text = '';
    let units: number[] = [];
    let failed = false;
    const emit = (code: number): void => {
      if (code > 0xffff) units.push(0xd7c0 + (code >> 10), 0xdc00 + (code & 0x3ff));
      else units.push(code);
      if (units.length >= 4096) {
        text += String.fromCharCode(...units);
        units = [];
      }
    };
    const replace = (): void => {
      failed = true;
      emit(0xfffd);
    };
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i]!;
      if (this.needed === 0) {
        if (byte < 0x80) emit(byte);
        else if (!this.start(byte)) replace();
      } else if (byte < this.lower || byte > this.upper) {
        this.reset();
        i -= 1; // The byte starts something new.
        replace();
      } else {
        this.lower = 0x80;
        this.upper = 0xbf;
        this.code = (this.code << 6) | (byte & 63);
        this.seen += 1;
        if (this.seen === this.needed) {
          emit(this.code);
          this.reset();
        }
      }
      if (failed && fatal) break;
    }
    if (flush && this.needed > 0 && !(failed && fatal)) replace();
    if (flush || (failed && fatal)) this.reset();
    return failed && fatal ? undefined : text + String.fromCharCode(...units);
  }

  /** Takes the first byte of a sequence of several; false if none starts with it. */
  private start(byte: number): boolean {
    if (byte >= 0xc2 && byte <= 0xdf) {
      this.needed = 1;
      this.code = byte & 0x1f;
    } else if (byte >= 0xe0 && byte <= 0xef) {
      if (byte === 0xe0) this.lower = 0xa0;
      if (byte === 0xed) this.upper = 0x9f;
      this.needed = 2;
      this.code = byte & 0xf;
    } else if (byte >= 0xf0 && byte <= 0xf4) {
      if (byte === 0xf0) this.lower = 0x90;
      if (byte === 0xf4) this.upper = 0x8f;
      this.needed = 3;
      this.code = byte & 7;
    } else return false;
    return true;
  }
}
