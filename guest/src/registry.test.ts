import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { LACKING, NATIVE, PROVIDED } from './registry.ts';

test.each(Object.entries(PROVIDED))(
  '%s is where the registry says',
  async (_, { module, export: exported }) => {
    expect(existsSync(fileURLToPath(new URL(module, import.meta.url)))).toBe(true);
    const exports = (await import(new URL(module, import.meta.url).href)) as Record<string, unknown>;
    expect(exports[exported]).toBeDefined();
  },
);

test('nothing is both there and lacking', () => {
  const there = new Set([...NATIVE, ...Object.keys(PROVIDED)]);
  expect(Object.keys(LACKING).filter((name) => there.has(name))).toEqual([]);
});

test('every advice is a part of a sentence, to be put into one', () => {
  for (const advice of Object.values(LACKING)) expect(advice).toMatch(/^[a-z`Q].*[^.]$/);
});
