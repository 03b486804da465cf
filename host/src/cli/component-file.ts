import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { problem } from '../diagnostics/error.ts';

/** Reads a file that the command line names. Throws `cli/unreadable-file`. */
export function readInput(file: string, expected = 'a file with a WebAssembly component'): Uint8Array {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw problem('cli/unreadable-file', `${file} cannot be read`, {
      where: file,
      expected,
      found: (cause as Error).message,
      cause,
    });
  }
}

/** Writes a file whole or not at all. Throws `cli/unwritable-file`. */
export function writeWhole(file: string, bytes: Uint8Array): void {
  const unfinished = `${file}.${process.pid}.part`;
  try {
    writeFileSync(unfinished, bytes);
    renameSync(unfinished, file);
  } catch (cause) {
    rmSync(unfinished, { force: true });
    throw problem('cli/unwritable-file', `${file} cannot be written`, {
      where: file,
      expected: 'a place for the output',
      found: (cause as Error).message,
      cause,
    });
  }
}

/** A name for each file: its own without the extension; `-2`, `-3` … behind those that come again. */
export function instanceNames(files: readonly string[]): string[] {
  const taken = new Set<string>();
  return files.map((file) => {
    const own = basename(file).replace(/(?:\.component)?\.(?:wasm|wat)$/, '') || 'component';
    let name = own;
    for (let n = 2; taken.has(name); n++) name = `${own}-${n}`;
    taken.add(name);
    return name;
  });
}

/** A size for people. */
export function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(2)} MB`;
}
