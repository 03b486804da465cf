import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TenonError } from '../../diagnostics/error.ts';
import { resolveVariables, type ResolveOptions } from './resolve.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tenon-variables-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const file = (name: string, text: string): void => writeFileSync(join(directory, name), text);
const plain = { required: false, secret: false };

function resolve(options: Partial<ResolveOptions>): Record<string, string> {
  return resolveVariables({
    declared: { name: plain },
    arguments: [],
    environment: {},
    directory,
    ...options,
  });
}

function failure(options: Partial<ResolveOptions>): TenonError {
  try {
    resolve(options);
  } catch (error) {
    if (error instanceof TenonError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

test('each source stands behind the one before it', () => {
  file(
    'runtime-config.toml',
    '[[variables_provider]]\ntype = "static"\n[variables_provider.values]\nname = "static"\n',
  );
  file('.env', 'SPIN_VARIABLE_NAME=dotenv\n');
  const sources: Partial<ResolveOptions>[] = [
    { arguments: ['name=argument'] },
    { runtimeConfig: 'runtime-config.toml' },
    { environment: { SPIN_VARIABLE_NAME: 'environment' } },
    {},
    { declared: { name: { ...plain, default: 'default' } } },
  ];
  const from = (first: number): string | undefined =>
    resolve(Object.assign({}, ...sources.slice(first).toReversed())).name;
  expect(sources.map((_, first) => from(first)).slice(0, 4)).toEqual([
    'argument',
    'static',
    'environment',
    'dotenv',
  ]);
  rmSync(join(directory, '.env'));
  expect(from(4)).toBe('default');
  expect(resolve({})).toEqual({});
});

test('arguments give values, files, and tables of values', () => {
  file('value.txt', 'from a file\n');
  file('all.json', '{"b": "json", "unknown": "is no matter"}');
  file('all.toml', 'c = "toml"');
  const declared = { a: plain, b: plain, c: plain, d: plain };
  expect(
    resolve({ declared, arguments: ['a=@value.txt', '@all.json', '@all.toml', 'd=x', 'd=k=v'] }),
  ).toEqual({
    a: 'from a file\n',
    b: 'json',
    c: 'toml',
    d: 'k=v',
  });
});

test('providers of runtime-config.toml come in their order, with a prefix and file of their own', () => {
  file(
    'config.toml',
    `[[variables_provider]]
type = "env"
prefix = "MY_APP"
dotenv_path = "my.env"
[[variables_provider]]
type = "static"
values = { a = "static", b = "static", c = "static" }
[key_value_store.default]
type = "spin"
`,
  );
  file('my.env', 'MY_APP_B="dotenv"');
  const declared = { a: plain, b: plain, c: plain };
  expect(
    resolve({ declared, runtimeConfig: 'config.toml', environment: { MY_APP_A: 'environment' } }),
  ).toEqual({
    a: 'environment',
    b: 'dotenv',
    c: 'static',
  });
});

test('all required variables without a value are reported at once, with what to do', () => {
  const required = { required: true, secret: true };
  const error = failure({ declared: { token: required, db_url: required, fine: plain } });
  expect(error.diagnostics.map(({ code, where }) => [code, where])).toEqual([
    ['bindings/variable-unresolved', 'variables.token'],
    ['bindings/variable-unresolved', 'variables.db_url'],
  ]);
  expect(error.diagnostics[1]?.next).toContain('SPIN_VARIABLE_DB_URL');
});

test.each([
  ['Upper', 'has "U"'],
  ['1st', 'must start with'],
  ['a__b', 'two underscores'],
  ['a_', 'must end with'],
  ['ä', 'has "ä"'],
  ['', 'must not be empty'],
])('%j is no name of a variable', (name, why) => {
  const error = failure({ declared: { [name]: plain } });
  expect(error.code).toBe('bindings/variable-name');
  expect(error.message).toContain(why);
});

describe('what cannot be used is a coded error that shows no value', () => {
  test.each<[string, Partial<ResolveOptions>, string]>([
    ['an argument without =', { arguments: ['secret-value'] }, 'bindings/variable-argument'],
    ['a variable that is not declared', { arguments: ['nome=secret-value'] }, 'bindings/variable-argument'],
    ['a file that is not there', { arguments: ['name=@absent'] }, 'bindings/variable-argument'],
    ['a table of another kind', { arguments: ['@all.yaml'] }, 'bindings/variable-argument'],
    ['malformed JSON', { arguments: ['@bad.json'] }, 'bindings/variable-argument'],
    ['malformed TOML', { arguments: ['@bad.toml'] }, 'bindings/variable-argument'],
    ['a value that is no string', { arguments: ['@number.json'] }, 'bindings/variable-argument'],
    ['a list', { arguments: ['@list.json'] }, 'bindings/variable-argument'],
    [
      'a runtime configuration that is not there',
      { runtimeConfig: 'absent.toml' },
      'bindings/runtime-config',
    ],
    ['a malformed one', { runtimeConfig: 'bad.toml' }, 'bindings/runtime-config'],
    ['a provider that only Spin has', { runtimeConfig: 'vault.toml' }, 'bindings/runtime-config'],
    ['a static provider with odd values', { runtimeConfig: 'odd.toml' }, 'bindings/runtime-config'],
    ['providers that are no list', { runtimeConfig: 'table.toml' }, 'bindings/runtime-config'],
  ])('%s', (_, options, code) => {
    file('all.yaml', 'name: secret-value');
    file('bad.json', '{"name": "secret-value}');
    file('bad.toml', 'name = "secret-value');
    file('number.json', '{"name": 1, "other": "secret-value"}');
    file('list.json', '["secret-value"]');
    file(
      'vault.toml',
      '[[variables_provider]]\ntype = "vault"\nurl = "http://v"\ntoken = "secret-value"\nmount = "m"\n',
    );
    file('odd.toml', '[[variables_provider]]\ntype = "static"\nvalues = { a = 1, b = "secret-value" }\n');
    file('table.toml', 'variables_provider = "secret-value"');
    const error = failure(options);
    expect(error.code).toBe(code);
    expect(JSON.stringify([error.message, error.diagnostics])).not.toContain('secret-value');
  });
});
