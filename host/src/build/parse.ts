import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { parseAst } from 'rolldown/parseAst';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { bundlerDiagnostics } from './bundle-log.ts';
import type { SyntaxNode } from './globals.ts';

/** A module's text with its syntax tree. */
export interface ParsedModule {
  readonly text: string;
  readonly program: SyntaxNode;
}

const LANGUAGES = { '.tsx': 'tsx', '.jsx': 'jsx', '.js': 'js', '.mjs': 'js' } as const;

/**
 * Parses a file with the bundler's parser, so that a syntax error is told alike whoever finds it first. Gives
 * `build/syntax` as data.
 */
export async function parseModule(file: string, service: string): Promise<ParsedModule | Diagnostic> {
  const text = await readFile(file, 'utf8');
  const lang = LANGUAGES[extname(file) as keyof typeof LANGUAGES] ?? 'ts';
  try {
    return { text, program: parseAst(text, { lang }, file) as unknown as SyntaxNode };
  } catch (error) {
    return bundlerDiagnostics(error, [], { service, imports: new Set() })[0]!;
  }
}

export function isParsed(result: ParsedModule | Diagnostic): result is ParsedModule {
  return 'program' in result;
}
