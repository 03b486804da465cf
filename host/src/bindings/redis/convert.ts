import type { RedisResult } from './message.ts';
import { other, RedisError } from './error.ts';

/**
 * What the typed functions make of a server's answer, as Spin's client does: numbers are taken from text too, and
 * what does not fit is an error of the call.
 */

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function toBytes([first]: readonly RedisResult[]): Uint8Array | undefined {
  if (first?.tag === 'nil') return undefined;
  if (first?.tag === 'binary') return first.val;
  throw other(`the server's answer is no bytes, but ${show(first)}`);
}

export function toInteger([first]: readonly RedisResult[]): bigint {
  if (first?.tag === 'int64') return first.val;
  const text = first && textOf(first);
  if (text !== undefined && /^[+-]?\d+$/.test(text)) return BigInt(text);
  throw other(`the server's answer is no number, but ${show(first)}`);
}

export function toCount(results: readonly RedisResult[]): number {
  const count = toInteger(results);
  if (count < 0n || count > 0xffff_ffffn) throw other(`the server's answer ${count} is no count`);
  return Number(count);
}

/** As toCount; for `sadd` alone Spin tells a wrong type by an error of its own. */
export function toCountOrTypeError(results: readonly RedisResult[]): number {
  try {
    return toCount(results);
  } catch {
    throw new RedisError({ tag: 'type-error' });
  }
}

export function toStrings(results: readonly RedisResult[]): string[] {
  return results.map((result) => {
    const text = textOf(result);
    if (text === undefined) throw other(`the server's answer is no text, but ${show(result)}`);
    return text;
  });
}

function textOf(result: RedisResult): string | undefined {
  switch (result.tag) {
    case 'nil':
      return undefined;
    case 'status':
      return result.val;
    case 'int64':
      return String(result.val);
    case 'binary':
      try {
        return UTF8.decode(result.val);
      } catch {
        return undefined;
      }
  }
}

function show(result: RedisResult | undefined): string {
  if (!result) return 'nothing';
  if (result.tag === 'status') return JSON.stringify(result.val);
  return result.tag === 'binary' ? `${result.val.length} bytes` : result.tag;
}
