import { readFileSync } from 'node:fs';
import { relative, sep } from 'node:path';
import type { SourceSpan } from '../diagnostics/diagnostic.ts';
import { ownModule } from './guest.ts';

/** A file as messages name it: relative to the working folder where it lies below or near it. */
export function displayPath(file: string): string {
  const path = relative(process.cwd(), file);
  return (path.startsWith(`..${sep}..${sep}..`) ? file : path).split(sep).join('/');
}

/** A place in a file on disk; the caret's length is that of the word or string at the place. */
export function spanAt(file: string, line: number, column: number): SourceSpan {
  const text = lineOf(file, line);
  const rest = text?.slice(column - 1) ?? '';
  const length = /^(?:[\w$]+|'[^']*'|"[^"]*")/.exec(rest)?.[0].length ?? 1;
  return { file: displayPath(file), line, column, length };
}

function lineOf(file: string, line: number): string | undefined {
  try {
    return readFileSync(file, 'utf8').split('\n')[line - 1];
  } catch {
    // A virtual module, or one that went away meanwhile: the place stands, the caret is short.
    return undefined;
  }
}

/** Line and column, from 1, of an offset in a text. */
export function placeOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return { line, column: offset - before.lastIndexOf('\n') };
}

/** Where a text first stands in a file; the file's start if it does not. */
export function spanOfText(file: string, text: string): SourceSpan {
  const source = readFileSync(file, 'utf8');
  const offset = source.indexOf(text);
  if (offset < 0) return spanAt(file, 1, 1);
  const { line, column } = placeOf(source, offset);
  return { file: displayPath(file), line, column, length: text.length };
}

/** A source as a source map names it: relative to `base`, Tenon's own as `guest/…` wherever it is installed. */
export function mapPath(file: string, base: string): string {
  const path = ownModule(file) ?? relative(base, file);
  return path.split(sep).join('/');
}

/** Whether a file belongs to an installed package rather than to a service. */
export function isPackageFile(file: string): boolean {
  return /[\\/]node_modules[\\/]/.test(file);
}
