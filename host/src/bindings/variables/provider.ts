import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

/** Something that may know a variable's value. */
export type VariableProvider = (name: string) => string | undefined;

export interface EnvironmentOptions {
  readonly prefix: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Path of a file of `NAME=value` lines, which need not exist. */
  readonly dotenv: string | undefined;
}

/** `PREFIX_NAME` in the environment, else in the file. Source: Spin, crates/variables-env/src/lib.rs. */
export function environmentProvider({ prefix, environment, dotenv }: EnvironmentOptions): VariableProvider {
  let file: NodeJS.Dict<string> | undefined;
  return (name) => {
    const key = `${prefix}_${name.toUpperCase()}`;
    if (environment[key] !== undefined) return environment[key];
    file ??= dotenv === undefined ? {} : readDotenv(dotenv);
    return file[key];
  };
}

function readDotenv(path: string): NodeJS.Dict<string> {
  try {
    return parseEnv(readFileSync(path, 'utf8'));
  } catch {
    return {};
  }
}
