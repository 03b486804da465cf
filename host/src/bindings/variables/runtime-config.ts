import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse, TomlError } from 'smol-toml';
import { z } from 'zod';
import { problem } from '../../diagnostics/error.ts';
import { environmentProvider, type EnvironmentOptions, type VariableProvider } from './provider.ts';

/** The providers that need no service beside the application; `vault` and `azure_key_vault` are Spin's alone. */
const PROVIDER = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('static'), values: z.record(z.string(), z.string()) }),
  z.strictObject({
    type: z.literal('env'),
    prefix: z.string().optional(),
    dotenv_path: z.string().optional(),
  }),
]);

/**
 * The `[[variables_provider]]` tables of a runtime-config.toml, in order; other tables are left alone.
 * Source: Spin, crates/runtime-config/src/variables.rs.
 *
 * @throws TenonError `bindings/runtime-config`
 */
export function providersOf(
  path: string,
  { environment, directory }: Pick<EnvironmentOptions, 'environment'> & { readonly directory: string },
): VariableProvider[] {
  const table = read(resolve(directory, path), path);
  const listed = table['variables_provider'] ?? table['config_provider'] ?? [];
  if (!Array.isArray(listed)) throw refuse(path, 'variables_provider', 'an array of tables', typeof listed);
  return listed.map((entry: unknown, index): VariableProvider => {
    const parsed = PROVIDER.safeParse(entry);
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      // The issue's place and kind, never the value it found.
      const place = ['variables_provider', index, ...(issue?.path ?? [])].join('.');
      throw refuse(
        path,
        place,
        'a provider of type `static` (values) or `env` (prefix, dotenv_path)',
        typeOf(entry),
      );
    }
    const provider = parsed.data;
    if (provider.type === 'static')
      return (name) => (Object.hasOwn(provider.values, name) ? provider.values[name] : undefined);
    return environmentProvider({
      prefix: provider.prefix ?? 'SPIN_VARIABLE',
      environment,
      dotenv: provider.dotenv_path === undefined ? undefined : resolve(directory, provider.dotenv_path),
    });
  });
}

function read(file: string, path: string): Record<string, unknown> {
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

function refuse(path: string, place: string, expected: string, found: string) {
  return problem('bindings/runtime-config', `${path}: ${place} cannot be used`, {
    where: path,
    expected,
    found,
  });
}

/** What a provider calls itself, which is no secret. */
function typeOf(entry: unknown): string {
  const type = typeof entry === 'object' && entry !== null && 'type' in entry ? entry.type : undefined;
  return typeof type === 'string' ? `a provider of type \`${type}\`` : 'no type';
}
