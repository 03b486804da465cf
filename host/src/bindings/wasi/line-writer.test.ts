import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { LineWriter } from './line-writer.ts';

function lines(chunks: readonly Uint8Array[]): string[] {
  const seen: string[] = [];
  const writer = new LineWriter((line) => seen.push(line));
  writer.begin();
  for (const chunk of chunks) writer.write(chunk);
  writer.end();
  return seen;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test('lines are the same however the bytes are cut', () => {
  const line = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll(/[\r\n]/g, ''));
  const property = fc.property(fc.array(line), fc.array(fc.nat(400)), (texts, cuts) => {
    const all = bytes(texts.map((text) => `${text}\n`).join(''));
    const at = [...new Set(cuts.filter((cut) => cut < all.length)), 0, all.length].toSorted((a, b) => a - b);
    expect(lines(at.slice(1).map((end, index) => all.subarray(at[index], end)))).toEqual(texts);
  });
  fc.assert(property);
});

test('what has no end is a line when the event ends, once', () => {
  expect(lines([bytes('a\r\n\nb')])).toEqual(['a', '', 'b']);
  expect(lines([])).toEqual([]);
});

test('a line that is too long is cut', () => {
  const seen = lines([bytes('x'.repeat(40_000)), bytes('y\n')]);
  expect(seen.map((line) => line.length)).toEqual([16_384, 16_384, 7_233]);
  expect(seen.join('')).toBe(`${'x'.repeat(40_000)}y`);
});

test('an event that writes without end is cut off once, and the next may write again', () => {
  const seen: string[] = [];
  const writer = new LineWriter((line) => seen.push(line));
  writer.begin();
  for (let index = 0; index < 3_000; index++) writer.write(bytes(`${'x'.repeat(999)}\n`));
  writer.end();
  expect(seen).toHaveLength(1_048 + 1);
  expect(seen.at(-1)).toContain('dropped');
  writer.begin();
  writer.write(bytes('again\n'));
  expect(seen.at(-1)).toBe('again');
});
