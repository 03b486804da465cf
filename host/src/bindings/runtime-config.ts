import { readFileSync } from 'node:fs';
import { parse, TomlError } from 'smol-toml';
import { problem, type TenonError } from '../diagnostics/error.ts';

/**
 * Reads a runtime-config.toml. No diagnostic shows what stands in it: it holds secrets.
 *
 * @param path as the user gave it
 * @throws TenonError `bindings/runtime-config`
 */
export function readRuntimeConfig(file: string, path: string): Record<string, unknown> {
  try {
    return parse(readFileSync(file, 'utf8'));
  } catch (error) {
    // Not the parser's own words: they quote the file, and with it secrets.
    if (error instanceof TomlError) {
      throw problem('bindings/runtime-config', `${path} is malformed at line ${error.line}`, {
        span: { file: path, line: error.line, column: error.column },
        expected: 'TOML',
      });
    }
    const { code } = error as NodeJS.ErrnoException;
    throw problem('bindings/runtime-config', `${path} cannot be read`, { where: path, found: code });
  }
}

export function refuseRuntimeConfig(
  path: string,
  place: string,
  expected: string,
  found: string,
): TenonError {
  return problem('bindings/runtime-config', `${path}: ${place} cannot be used`, {
    where: path,
    expected,
    found,
  });
}

/** The type of an entry, which is no secret: `a provider of type \`vault\``. */
export function typeFound(what: string, entry: unknown): string {
  const type = typeof entry === 'object' && entry !== null && 'type' in entry ? entry.type : undefined;
  return typeof type === 'string' ? `${what} of type \`${type}\`` : 'no type';
}
