import { expect, test } from 'vitest';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { WitFile } from './wit-packages.ts';
import { combineWit, type CombineInput, type WitSource } from './wit-source.ts';

const contract: WitFile = {
  file: 'wit/shop/orders.wit',
  text: '// A comment with { braces and package words.\npackage shop:orders@1.0.0;\n\ninterface orders {\n  use shop:types/money@2.0.0.{euro};\n  pay: func(sum: euro);\n}\n',
};
const money: WitFile = {
  file: 'wit/types/money.wit',
  text: 'package shop:types@2.0.0;\ninterface money {\n  type euro = u32;\n}\n',
};
const unrelated: WitFile = {
  file: 'wit/other/x.wit',
  text: 'package a:broken;\ninterface i { use no:where/x.{y}; }',
};

function world(text: string): WitFile {
  return { file: 'components/till/world.wit', text };
}

const till = world('package shop:till@0.1.0;\nworld till { import shop:orders/orders@1.0.0; }\n');

function combined(input: Partial<CombineInput>): WitSource {
  const result = combineWit({ worldFile: till, contracts: [contract, money, unrelated], ...input });
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join('\n'));
  return result.value;
}

function problems(input: Partial<CombineInput>): Diagnostic[] {
  const result = combineWit({ worldFile: till, contracts: [contract, money, unrelated], ...input });
  if (result.ok) throw new Error('expected problems');
  return [...result.diagnostics];
}

test('holds the packages that the world reaches and no other', () => {
  const { text, world: id, files } = combined({});
  expect(id).toBe('shop:till/till@0.1.0');
  expect(text.match(/^package .*$/gm)).toEqual([
    'package tenon:build;',
    'package shop:orders@1.0.0 {',
    'package shop:till@0.1.0 {',
    'package shop:types@2.0.0 {',
  ]);
  expect(files.map(({ file }) => file)).toEqual([contract.file, till.file, money.file]);
});

test('is the same whatever the order of the files', () => {
  expect(combined({ contracts: [unrelated, money, contract] }).text).toBe(combined({}).text);
});

test('leads every character back to its file, line and column', () => {
  const source = combined({});
  const files = new Map([contract, money, till].map(({ file, text }) => [file, text.split('\n')]));
  let found = 0;
  for (const [index, line] of source.text.split('\n').entries()) {
    for (let column = 1; column <= line.length; column++) {
      const place = source.place(index + 1, column);
      if (!place || line[column - 1] === ' ') continue;
      expect(files.get(place.file)?.[place.line - 1]?.[place.column - 1]).toBe(line[column - 1]);
      found++;
    }
  }
  expect(found).toBeGreaterThan(150);
  expect(source.place(1, 1)).toBeUndefined();
});

test('files of one folder share its package, and a file may hold several packages', () => {
  const part: WitFile = { file: 'wit/types/more.wit', text: 'interface more { type cent = u8; }' };
  const both: WitFile = {
    file: 'wit/both.wit',
    text: 'package x:one@1.0.0 {\n  interface i { type t = u8; }\n}\npackage x:two@1.0.0 { interface j { use x:one/i@1.0.0.{t}; } }\n',
  };
  const file = world(
    'package shop:till;\nworld till { import shop:types/more@2.0.0; import x:two/j@1.0.0; }\npackage x:three { interface k {} }\n',
  );
  const { text } = combined({ worldFile: file, contracts: [money, part, both] });
  expect(text).toContain('interface money');
  expect(text).toContain('interface more');
  expect(text.indexOf('package x:one@1.0.0 {')).toBeGreaterThan(0);
  expect(text.match(/package shop:types/g)).toHaveLength(1);
});

test('a `use` that two files of a package repeat stands once', () => {
  const use = 'use shop:types/money@2.0.0;\n';
  const files = ['a', 'b'].map((name) => ({
    file: `wit/uses/${name}.wit`,
    text: `package shop:uses;\n${use}interface ${name} { use money.{euro}; }\n`,
  }));
  const { text } = combined({
    worldFile: world('package shop:till; world till { import shop:uses/a; }'),
    contracts: [money, ...files],
  });
  expect(text.match(/^use /gm)).toHaveLength(1);
});

test('the same package with the same text in two folders is one', () => {
  const copy = { file: 'components/till/wit/money.wit', text: money.text };
  expect(combined({ contracts: [contract, money, copy] }).text).toBe(combined({}).text);
});

test('a name may be chosen where a file has several worlds', () => {
  const two = world('package shop:till@0.1.0;\nworld a { }\nworld b { }\n');
  expect(combined({ worldFile: two, world: 'b' }).world).toBe('shop:till/b@0.1.0');
  expect(combined({ worldFile: two, world: 'shop:till/a@0.1.0' }).world).toBe('shop:till/a@0.1.0');
  expect(problems({ worldFile: two })).toMatchObject([
    { code: 'contract/ambiguous-world', span: { line: 3, column: 7 }, found: '`a` and `b`' },
  ]);
  expect(problems({ worldFile: two, world: 'till' })).toMatchObject([
    { code: 'contract/unknown-world', found: 'till' },
  ]);
});

test.each([
  ['no package', 'world till { }', { code: 'contract/no-package', span: { line: 1, column: 1 } }],
  [
    'a package line without a name',
    '// ours\npackage shop;\nworld till { }',
    { code: 'contract/wit-syntax', span: { line: 2, column: 9, length: 4 }, found: '`shop`' },
  ],
  ['no world', 'package shop:till;\n', { code: 'contract/no-world' }],
  [
    'a package that is not there',
    'package shop:till;\nworld till {\n  import shop:order/orders@1.0.0;\n}',
    {
      code: 'contract/missing-package',
      span: { line: 3, column: 10, length: 23 },
      found: 'shop:order@1.0.0',
    },
  ],
  [
    'another version',
    'package shop:till;\nworld till { import shop:orders/orders@1.1.0; }',
    { code: 'contract/missing-package', expected: '`shop:orders@1.0.0`', found: 'shop:orders@1.1.0' },
  ],
])('reports %s', (_, text, expected) => {
  expect(problems({ worldFile: world(text) })).toMatchObject([expected]);
});

test('a world that an open brace hides is no missing world', () => {
  const file = world('package shop:till;\ninterface i {\n\nworld till { }\n');
  expect(problems({ worldFile: file })).toMatchObject([
    { code: 'contract/wit-syntax', span: { line: 2, column: 13 }, found: 'the end of the file' },
  ]);
});

test('braces without a partner are listed', () => {
  const file = world('package shop:till;\nworld till { }\n}\n');
  expect(combined({ worldFile: file }).braces).toMatchObject([
    { span: { line: 3, column: 1 }, found: '`}`' },
  ]);
  expect(combined({}).braces).toEqual([]);
});

test('reports a package that two folders declare differently, with both places', () => {
  const other = { file: 'wit/zzz/money.wit', text: 'package shop:types@2.0.0;\ninterface money {}\n' };
  expect(problems({ contracts: [contract, money, other] })).toMatchObject([
    {
      code: 'contract/duplicate-package',
      span: { file: other.file, line: 1, column: 9, length: 16 },
      related: [{ span: { file: money.file } }],
    },
  ]);
});

test('reports packages that depend on each other in a circle', () => {
  const back = {
    file: 'wit/types/money.wit',
    text: 'package shop:types@2.0.0;\ninterface money { use shop:orders/orders@1.0.0.{x}; }\n',
  };
  expect(problems({ contracts: [contract, back] })).toMatchObject([
    {
      code: 'contract/package-cycle',
      span: { file: back.file, line: 2, column: 23 },
      found: 'shop:orders@1.0.0 → shop:types@2.0.0 → shop:orders@1.0.0',
    },
  ]);
});

test('what stands in comments and names is no declaration', () => {
  const file = world(
    '/* world no { import no:where/x; } /* nested */ */\npackage shop:till;\n' +
      '// import no:where/y;\nworld %world { import i: interface { record r { %package: u8, world: u8 } } }\n',
  );
  expect(combined({ worldFile: file }).world).toBe('shop:till/world');
});
