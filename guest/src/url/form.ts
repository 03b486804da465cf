import { percentDecodeText } from './percent.ts';
import { encodeUtf8 } from '../encoding/utf8.ts';

/** application/x-www-form-urlencoded (URL Standard §5): pairs from text, and text from pairs. */

export type Pair = [name: string, value: string];

export function parseForm(text: string): Pair[] {
  const pairs: Pair[] = [];
  for (const part of text.split('&')) {
    if (part === '') continue;
    const at = part.indexOf('=');
    pairs.push(at < 0 ? [decode(part), ''] : [decode(part.slice(0, at)), decode(part.slice(at + 1))]);
  }
  return pairs;
}

export function serializeForm(pairs: readonly Pair[]): string {
  return pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&');
}

function decode(part: string): string {
  return percentDecodeText(part.replaceAll('+', ' '));
}

function encode(text: string): string {
  if (/^[a-zA-Z0-9*\-._]*$/.test(text)) return text;
  let result = '';
  for (const byte of encodeUtf8(text)) {
    const character = String.fromCharCode(byte);
    if (byte === 0x20) result += '+';
    else if (/[a-zA-Z0-9*\-._]/.test(character)) result += character;
    else result += `%${(byte + 256).toString(16).slice(1).toUpperCase()}`;
  }
  return result;
}
