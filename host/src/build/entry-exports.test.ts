import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeProject, type Project } from '../../test/fixtures/project.ts';
import { exportsOf, type EntryExports } from './entry-exports.ts';
import { isParsed, parseModule } from './parse.ts';

let project: Project;
beforeEach(() => {
  project = makeProject();
});
afterEach(() => project[Symbol.dispose]());

async function exportsIn(text: string): Promise<EntryExports> {
  project.write({ 'a.ts': text });
  const parsed = await parseModule(project.file('a.ts'), 'a');
  if (!isParsed(parsed)) throw new Error(parsed.message);
  return exportsOf(project.file('a.ts'), parsed);
}

test.each<[what: string, text: string, names: readonly string[], complete: boolean]>([
  [
    'declarations',
    'export const a = 1, b = 2; export function c() {} export class D {}',
    ['a', 'b', 'c', 'D'],
    true,
  ],
  ['patterns', 'export const { a, b: { c }, ...d } = x, [e, , f = 1] = y;', ['a', 'c', 'd', 'e', 'f'], true],
  [
    'lists',
    "const a = 1; export { a as b, a as 'c d' }; export { e } from './x.ts';",
    ['b', 'c d', 'e'],
    true,
  ],
  ['the default', 'export default { fetch() {} };', ['default'], true],
  ['namespaces', "export * as a from './x.ts';", ['a'], true],
  ['all of another module', "export const a = 1; export * from './x.ts';", ['a'], false],
  [
    'no types',
    "export type A = 1; export interface B {} export { type C } from './x.ts'; export type { D } from './x.ts';",
    [],
    true,
  ],
])('reads %s', async (_what, text, names, complete) => {
  const exports = await exportsIn(text);
  expect([exports.names, exports.complete]).toEqual([names, complete]);
});

test.each<[what: string, text: string, path: [string, string?], at: string]>([
  ['a member of an object', 'export const a = {\n  get() {},\n};', ['a', 'get'], '2:3'],
  [
    'through what concerns types',
    'export const a = ({ get() {} } as const) satisfies A;',
    ['a', 'get'],
    '1:21',
  ],
  [
    'through a local name',
    'const app = {\n  fetch() {},\n};\nexport default app;',
    ['default', 'fetch'],
    '2:3',
  ],
  ['a member that is not there', 'export const a = { get() {} };', ['a', 'put'], '1:14'],
  ['a member of a class', 'export default class {\n  static fetch() {}\n}', ['default', 'fetch'], '2:10'],
  ['an export that is not there', 'export const a = 1;', ['b'], '1:1'],
])('places %s', async (_what, text, [name, member], at) => {
  const { line, column } = (await exportsIn(text)).spanOf(name, member);
  expect(`${line}:${column}`).toBe(at);
});
