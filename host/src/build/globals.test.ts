import { parseAst } from 'rolldown/parseAst';
import { describe, expect, test } from 'vitest';
import { globalUses, type SyntaxNode } from './globals.ts';

const uses = (source: string): string[] =>
  globalUses(parseAst(source) as unknown as SyntaxNode).map(({ name, kind, member }) =>
    kind === 'name' ? (member === undefined ? name : `${name}.${member}`) : `${kind} ${name}`,
  );

describe('names that a module declares are no globals', () => {
  test.each([
    ['import', "import a, { b, c as d } from 'x'; import * as e from 'y'; a(b, d, e);"],
    ['var in a block', 'function f() { if (1) { var a = 1; } return a; } f();'],
    ['a function before its declaration', 'f(); function f() {}'],
    ['parameters and patterns', 'export const f = (a, { b, c: [d = a] }, ...e) => [a, b, d, e];'],
    ['a catch clause', 'try { } catch ({ message }) { message; }'],
    [
      'a function and a class by their own names',
      'export default [function f() { f; }, class C { m() { C; } }];',
    ],
    ['loops', 'for (const a of []) a; for (let i = 0; i; i++) i; for (var k in {}) k;'],
    ['labels', 'outer: for (;;) { break outer; }'],
    [
      'keys',
      'export const o = { a: 1, b() {}, get c() { return 1; } }; o.a; o.b; class D { e = 1; f() {} } D;',
    ],
    ['arguments', 'export function f() { return arguments; }'],
    ['a static block', 'class A { static { var x = 1; x; } } A;'],
    ['re-exports', "export { a as b } from 'x'; export * from 'y'; const c = 1; export { c as d };"],
  ])('%s', (_, source) => {
    expect(uses(source)).toEqual([]);
  });
});

describe('what is not declared is a global', () => {
  test.each([
    ['a call', 'fetch(1);', ['fetch']],
    ['a member', 'Math.random();', ['Math.random']],
    ['an object as a whole', 'const { random } = Math; random;', ['Math']],
    ['a computed key', 'const o = { [x]: 1 }; o[y];', ['x', 'y']],
    ['a shorthand property', 'export default { process };', ['process']],
    ['a default of a pattern', 'const { a = b } = {}; a;', ['b']],
    ['an assignment', 'x = 1;', ['x']],
    ['a test for a name', 'typeof process;', ['typeof process']],
    ['a member of globalThis', 'globalThis.Buffer;', ['globalThis.Buffer', 'member Buffer']],
    ['a name that an inner scope has too', '{ let a; a; } a;', ['a']],
    ['the block of a function in strict mode', '{ function g() {} g(); } g();', ['g']],
  ])('%s', (_, source, expected) => {
    expect(uses(source)).toEqual(expected);
  });

  test('but a member of a name that shadows globalThis is not', () => {
    expect(uses('const globalThis = {}; globalThis.Buffer;')).toEqual([]);
  });
});
