import { encodeUtf8, pushUtf8 } from './utf8.ts';

/** `TextEncoder` (Encoding Standard §7.2). */
export class TextEncoder {
  get encoding(): 'utf-8' {
    return 'utf-8';
  }

  encode(text = ''): Uint8Array<ArrayBuffer> {
    return encodeUtf8(`${text}`);
  }

  encodeInto(text: string, target: Uint8Array): { read: number; written: number } {
    const source = `${text}`;
    let read = 0;
    let written = 0;
    const bytes: number[] = [];
    while (read < source.length) {
      const code = source.codePointAt(read)!;
      bytes.length = 0;
      pushUtf8(bytes, code >= 0xd800 && code <= 0xdfff ? 0xfffd : code);
      if (written + bytes.length > target.length) break;
      target.set(bytes, written);
      written += bytes.length;
      read += code > 0xffff ? 2 : 1;
    }
    return { read, written };
  }

  get [Symbol.toStringTag](): string {
    return 'TextEncoder';
  }
}
