import { decodeUtf8 } from '../encoding/utf8.ts';
import { domainToAscii } from './domain.ts';
import { percentDecode, percentEncode, SETS } from './percent.ts';

/** Host parsing and serialising (URL Standard §3.5, §3.6): the host's serialised form, or undefined for failure. */

const FORBIDDEN_HOST = /[\0\t\n\r #/:<>?@[\\\]^|]/;
const FORBIDDEN_DOMAIN = /[\0-\x20#%/:<>?@[\\\]^|\x7f]/;

export function parseHost(input: string, isSpecial: boolean): string | undefined {
  if (input.startsWith('[')) {
    if (!input.endsWith(']')) return undefined;
    const pieces = parseIPv6(input.slice(1, -1));
    return pieces && `[${serializeIPv6(pieces)}]`;
  }
  if (!isSpecial) return FORBIDDEN_HOST.test(input) ? undefined : percentEncode(input, SETS.C0);
  const domain = input.includes('%') ? decodeUtf8(percentDecode(input)) : input;
  const ascii = domainToAscii(domain);
  if (ascii === undefined || ascii === '' || FORBIDDEN_DOMAIN.test(ascii)) return undefined;
  return endsInNumber(ascii) ? parseIPv4(ascii) : ascii;
}

function endsInNumber(domain: string): boolean {
  const parts = domain.split('.');
  if (parts.at(-1) === '') {
    if (parts.length === 1) return false;
    parts.pop();
  }
  const last = parts.at(-1)!;
  return /^\d+$/.test(last) || /^0x[\da-f]*$/i.test(last);
}

function parseIPv4(input: string): string | undefined {
  const parts = input.split('.');
  if (parts.at(-1) === '' && parts.length > 1) parts.pop();
  if (parts.length > 4) return undefined;
  const numbers = parts.map(parseIPv4Number);
  let address = 0;
  for (const [i, number] of numbers.entries()) {
    if (number === undefined) return undefined;
    const isLast = i === numbers.length - 1;
    if (isLast ? number >= 256 ** (5 - numbers.length) : number > 255) return undefined;
    address += isLast ? number : number * 256 ** (3 - i);
  }
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}

function parseIPv4Number(part: string): number | undefined {
  if (/^0x[\da-f]*$/i.test(part)) return part.length === 2 ? 0 : Number(part);
  if (/^0[0-7]*$/.test(part)) return Number.parseInt(part, 8);
  return /^[1-9]\d*$/.test(part) ? Number(part) : undefined;
}

function parseIPv6(input: string): number[] | undefined {
  const halves = input.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half, i) => parsePieces(half, i === halves.length - 1));
  if (head === undefined) return undefined;
  if (halves.length === 1) return head.length === 8 ? head : undefined;
  if (tail === undefined || head.length + tail.length > 7) return undefined;
  return [...head, ...Array.from({ length: 8 - head.length - tail.length }, () => 0), ...tail];
}

/** Colon-separated 16-bit pieces; the last may be an IPv4 address, which is two. */
function parsePieces(text: string, mayEndInIPv4: boolean): number[] | undefined {
  if (text === '') return [];
  const pieces: number[] = [];
  const parts = text.split(':');
  for (const [i, part] of parts.entries()) {
    if (/^[\da-f]{1,4}$/i.test(part)) {
      pieces.push(Number.parseInt(part, 16));
    } else if (
      mayEndInIPv4 &&
      i === parts.length - 1 &&
      /^(?:(?:0|[1-9]\d{0,2})\.){3}(?:0|[1-9]\d{0,2})$/.test(part)
    ) {
      const bytes = part.split('.').map(Number);
      if (bytes.some((byte) => byte > 255)) return undefined;
      pieces.push(bytes[0]! * 256 + bytes[1]!, bytes[2]! * 256 + bytes[3]!);
    } else return undefined;
  }
  return pieces;
}

function serializeIPv6(pieces: readonly number[]): string {
  let start = -1;
  let length = 1; // A single zero is not compressed.
  for (let i = 0; i < 8; i++) {
    let end = i;
    while (end < 8 && pieces[end] === 0) end += 1;
    if (end - i > length) {
      start = i;
      length = end - i;
    }
    i = Math.max(i, end - 1);
  }
  const hex = pieces.map((piece) => piece.toString(16));
  if (start < 0) return hex.join(':');
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`;
}
