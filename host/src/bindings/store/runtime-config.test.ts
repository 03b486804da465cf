import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TenonError } from '../../diagnostics/error.ts';
import { storePlacesOf } from './runtime-config.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tenon-config-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function places(text: string): unknown {
  writeFileSync(join(folder, 'runtime-config.toml'), text);
  try {
    return storePlacesOf('runtime-config.toml', folder);
  } catch (error) {
    return error instanceof TenonError ? error.diagnostics : error;
  }
}

test('reads stores as Spin does, and leaves other tables alone', () => {
  expect(
    places(`
      [key_value_store.default]
      type = "redis"
      url = "redis://localhost:6379/1"
      [key_value_store.near]
      type = "spin"
      path = "data/near.db"
      [key_value_store.far]
      type = "spin"
      path = "/data/far.db"
      [llm_compute]
      type = "spin"
    `),
  ).toEqual({
    default: { type: 'redis', url: 'redis://localhost:6379/1' },
    near: { type: 'sqlite', path: join(folder, 'data/near.db') },
    far: { type: 'sqlite', path: '/data/far.db' },
  });
  expect(places('')).toEqual({});
});

test.each([
  ['a type that only Spin has', `type = "azure_cosmos"\nkey = "secret"`, 'a store of type `azure_cosmos`'],
  ['no address', `type = "redis"\n[other]\nkey = "secret"`, 'a store of type `redis`'],
  ['another key', `type = "spin"\npath = "a.db"\nsecret = "secret"`, 'a store of type `spin`'],
  ['no type', `path = "a.db"`, 'no type'],
])('refuses %s, and shows no secret', (_, table, found) => {
  const problems = places(`[key_value_store.default]\n${table}\n`);
  expect(problems).toMatchObject([{ code: 'bindings/runtime-config', where: 'runtime-config.toml', found }]);
  expect(JSON.stringify(problems)).not.toContain('secret"');
});

test('refuses what is no table of tables, no TOML and no file', () => {
  expect(places('key_value_store = "redis"')).toMatchObject([{ found: 'string' }]);
  expect(places('[key_value_store')).toMatchObject([
    { message: expect.stringContaining('line 1') as string },
  ]);
  rmSync(join(folder, 'runtime-config.toml'));
  expect(() => storePlacesOf('runtime-config.toml', folder)).toThrow('cannot be read');
});
