import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';

/** Expects a text to be that of a golden file; `UPDATE=1` writes the file instead. */
export function expectGolden(file: string, text: string): void {
  if (process.env['UPDATE']) {
    writeFileSync(file, text);
    return;
  }
  if (!existsSync(file)) throw new Error(`${file} is missing: run with UPDATE=1 and review what it writes`);
  expect(text).toBe(readFileSync(file, 'utf8'));
}
