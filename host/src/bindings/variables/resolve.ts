import { readFileSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import { parse as parseToml, TomlError } from 'smol-toml';
import { diagnose, type Diagnostic } from '../../diagnostics/diagnostic.ts';
import { problem, TenonError } from '../../diagnostics/error.ts';
import type { Manifest } from '../../manifest/types.ts';
import { variableNameProblem } from './name.ts';
import { environmentProvider, type VariableProvider } from './provider.ts';
import { providersOf } from './runtime-config.ts';

export interface ResolveOptions {
  /** The manifest's variables. */
  readonly declared: Manifest['variables'];
  /** Values of `--variable`: `name=value`, `name=@file`, `@file.json`, `@file.toml`; the last one wins. */
  readonly arguments: readonly string[];
  /** Path of runtime-config.toml, if there is one. */
  readonly runtimeConfig?: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What relative paths start from, and where `.env` is looked for. */
  readonly directory: string;
}

/**
 * The values of an application's variables, in Spin's order: `--variable`, the providers of
 * runtime-config.toml, `SPIN_VARIABLE_<NAME>` in the environment, then in `.env`, the manifest's default.
 * What is neither required nor found is left out. No diagnostic shows a value.
 *
 * Source: Spin, crates/runtime-factors/src/build.rs, crates/runtime-config/src/variables.rs.
 *
 * @throws TenonError `bindings/variable-name`, `-unresolved`, `-argument`, `bindings/runtime-config`
 */
export function resolveVariables(options: ResolveOptions): Record<string, string> {
  const { declared, directory, environment } = options;
  const names = Object.keys(declared);
  const misnamed = names.flatMap((name) => {
    const wrong = variableNameProblem(name);
    return wrong === undefined
      ? []
      : [
          diagnose('bindings/variable-name', `the variable \`${name}\` ${wrong}`, {
            where: `variables.${name}`,
            expected: 'lower-case letters, digits and single underscores',
            found: name,
          }),
        ];
  });
  if (misnamed.length > 0) throw new TenonError(misnamed);

  const given = readArguments(options);
  const providers: readonly VariableProvider[] = [
    (name) => given.get(name),
    ...(options.runtimeConfig === undefined
      ? []
      : providersOf(options.runtimeConfig, { environment, directory })),
    environmentProvider({ prefix: 'SPIN_VARIABLE', environment, dotenv: resolve(directory, '.env') }),
    (name) => declared[name]?.default,
  ];
  const values: Record<string, string> = {};
  const missing: Diagnostic[] = [];
  for (const name of names) {
    const value = firstOf(providers, name);
    if (value !== undefined) values[name] = value;
    else if (declared[name]?.required) missing.push(unresolved(name));
  }
  if (missing.length > 0) throw new TenonError(missing);
  return values;
}

function firstOf(providers: readonly VariableProvider[], name: string): string | undefined {
  for (const provider of providers) {
    const value = provider(name);
    if (value !== undefined) return value;
  }
  return undefined;
}

function unresolved(name: string): Diagnostic {
  return diagnose('bindings/variable-unresolved', `nothing gives the required variable \`${name}\` a value`, {
    where: `variables.${name}`,
    expected: `--variable ${name}=…, SPIN_VARIABLE_${name.toUpperCase()} or a default`,
    found: 'none of them',
    next: `Give it a value with \`--variable ${name}=…\` or the environment variable SPIN_VARIABLE_${name.toUpperCase()}.`,
  });
}

function readArguments({ arguments: given, declared, directory }: ResolveOptions): Map<string, string> {
  const values = new Map<string, string>();
  for (const argument of given) {
    if (argument.startsWith('@')) {
      for (const [name, value] of readTable(argument.slice(1), directory)) values.set(name, value);
      continue;
    }
    const equals = argument.indexOf('=');
    if (equals === -1) throw badArgument('a --variable is given without a value', { found: 'no `=`' });
    const name = argument.slice(0, equals);
    if (!Object.hasOwn(declared, name)) {
      throw badArgument(`--variable names \`${name}\`, which the manifest does not declare`, {
        expected: Object.keys(declared).join(', ') || 'no variable at all',
        found: name,
      });
    }
    const value = argument.slice(equals + 1);
    values.set(name, value.startsWith('@') ? readText(value.slice(1), directory) : value);
  }
  return values;
}

function readTable(path: string, directory: string): [string, string][] {
  const text = readText(path, directory);
  const parse = { '.json': JSON.parse, '.toml': parseToml }[extname(path)];
  if (!parse)
    throw badArgument(`variables cannot be read from ${path}`, {
      expected: 'a .json or .toml file',
      found: path,
    });
  let table: unknown;
  try {
    table = parse(text);
  } catch (error) {
    // Not the parser's own words: they quote the file, and with it secrets.
    const place = error instanceof TomlError ? ` at line ${error.line}` : '';
    throw badArgument(`variables cannot be read from ${path}: it is malformed${place}`, {
      expected: 'JSON or TOML, as the name of the file says',
      found: `malformed text${place}`,
    });
  }
  const entries =
    typeof table === 'object' && table !== null && !Array.isArray(table) ? Object.entries(table) : undefined;
  const odd = entries?.find(([, value]) => typeof value !== 'string');
  if (!entries || odd) {
    throw badArgument(`variables cannot be read from ${path}`, {
      expected: 'a table of strings',
      found: odd ? `\`${odd[0]}\` is no string` : 'no table',
    });
  }
  return entries as [string, string][];
}

function readText(path: string, directory: string): string {
  try {
    return readFileSync(resolve(directory, path), 'utf8');
  } catch (error) {
    throw badArgument(`the file of a --variable cannot be read: ${path}`, {
      expected: 'a file that can be read',
      found: (error as NodeJS.ErrnoException).code,
    });
  }
}

function badArgument(
  message: string,
  details: { expected?: string; found?: string | undefined },
): TenonError {
  return problem('bindings/variable-argument', message, {
    where: '--variable',
    expected: '`name=value`, `name=@file`, `@file.json` or `@file.toml`',
    ...details,
  });
}
