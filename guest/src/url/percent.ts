import { decodeUtf8, encodeUtf8 } from '../encoding/utf8.ts';

/** Percent-encoding (URL Standard §1.3): a set is a string of the printable ASCII characters in it. */

const C0 = '';
const FRAGMENT = ' "<>`';
const QUERY = ' "#<>';
const SPECIAL_QUERY = `${QUERY}'`;
const PATH = `${QUERY}?^\`{}`;
const USERINFO = `${PATH}/:;=@[\\]|`;

export const SETS = { C0, FRAGMENT, QUERY, SPECIAL_QUERY, PATH, USERINFO } as const;

const PLAIN = /^[a-zA-Z0-9\-._~]*$/;

/** UTF-8 percent-encodes what is outside printable ASCII or in `set`. */
export function percentEncode(text: string, set: string): string {
  if (PLAIN.test(text)) return text;
  let result = '';
  for (const character of text) {
    const code = character.codePointAt(0)!;
    if (code > 0x1f && code < 0x7f && !set.includes(character)) result += character;
    else for (const byte of encodeUtf8(character)) result += `%${hex(byte)}`;
  }
  return result;
}

function hex(byte: number): string {
  return (byte + 256).toString(16).slice(1).toUpperCase();
}

/** The bytes of a string whose `%XX` stand for bytes. */
export function percentDecode(text: string): Uint8Array {
  const bytes = encodeUtf8(text);
  let length = 0;
  for (let i = 0; i < bytes.length; i++) {
    let byte = bytes[i]!;
    if (byte === 0x25) {
      const high = digit(bytes[i + 1]);
      const low = digit(bytes[i + 2]);
      if (high >= 0 && low >= 0) {
        byte = high * 16 + low;
        i += 2;
      }
    }
    bytes[length++] = byte;
  }
  return bytes.subarray(0, length);
}

function digit(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 48 && byte <= 57) return byte - 48;
  const letter = byte | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}

/** Percent-decodes to text, U+FFFD where the bytes are not UTF-8. */
export function percentDecodeText(text: string): string {
  return text.includes('%') ? decodeUtf8(percentDecode(text)) : text.toWellFormed();
}
