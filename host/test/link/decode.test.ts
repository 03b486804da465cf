import { parse } from '@bytecodealliance/jco-transpile/wasm-tools';
import { describe, expect, test } from 'vitest';
import { Writer } from '../../src/binary/writer.ts';
import { decodeComponent } from '../../src/component/decode.ts';
import { componentTypeOf } from '../../src/component/signature.ts';
import type { Definition } from '../../src/component/syntax.ts';
import type { ComponentType, ExternType, InstanceType } from '../../src/component/types.ts';

const PREAMBLE = [0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00];

async function signature(wat: string): Promise<ComponentType> {
  const result = componentTypeOf(await parse(wat));
  if (!result.ok) throw new Error(JSON.stringify(result.diagnostics));
  return result.value;
}

function instance(externs: ReadonlyMap<string, ExternType>, name: string): InstanceType {
  const extern = externs.get(name);
  if (extern?.kind !== 'instance') throw new Error(`${name} is no instance`);
  return extern.type;
}

function typeOf(type: InstanceType, name: string): unknown {
  const extern = type.exports.get(name);
  return extern?.kind === 'type' ? extern.type : undefined;
}

describe('definitions', () => {
  test('every section, alias and canonical definition is read in order', async () => {
    const bytes = await parse(`(component
      (type $f (func (param "a" string) (result u32)))
      (import "host" (func $host (type $f)))
      (core module $m
        (memory (export "memory") 1)
        (func (export "f") (param i32 i32) (result i32) i32.const 0)
        (func (export "realloc") (param i32 i32 i32 i32) (result i32) i32.const 0))
      (core module $libc (memory (export "memory") 1)
        (func (export "realloc") (param i32 i32 i32 i32) (result i32) i32.const 0))
      (core instance $l (instantiate $libc))
      (core func $lowered (canon lower (func $host) (memory (core memory $l "memory")) (realloc (core func $l "realloc"))))
      (core instance $bag (export "host" (func $lowered)))
      (core instance $i (instantiate $m))
      (func $lifted (type $f) (canon lift (core func $i "f") (memory (core memory $i "memory")) (realloc (core func $i "realloc"))))
      (component $c (import "f" (func (param "a" string) (result u32)))
        (alias outer 1 $libc (core module $again)) (core instance (instantiate $again)) (export "g" (func 0)))
      (instance $made (instantiate $c (with "f" (func $lifted))))
      (instance $inline (export "f" (func $lifted)))
      (export "out" (func $made "g"))
      (@custom "note" "hello")
    )`);
    const result = decodeComponent(bytes);
    if (!result.ok) throw new Error(JSON.stringify(result.diagnostics));
    const describeOne = (d: Definition): string => {
      if (d.is === 'alias') return `alias ${d.alias.kind} ${d.alias.sort}`;
      if (d.is === 'canon') return `canon ${d.canon.name} ${d.canon.options.map((o) => o.name).join(' ')}`;
      return d.is;
    };
    const all = result.value.sections.flatMap((section) => section.definitions);
    expect(all.filter(({ is }) => is !== 'custom').map(describeOne)).toEqual([
      'type',
      'import',
      'core-module',
      'core-module',
      'core-instance',
      'alias core-export core memory',
      'alias core-export core func',
      'canon lower memory realloc',
      'core-instance',
      'core-instance',
      'alias core-export core func',
      'alias core-export core memory',
      'alias core-export core func',
      'canon lift memory realloc',
      'component',
      'instance',
      'instance',
      'alias export func',
      'export',
    ]);
    expect(all.flatMap((d) => (d.is === 'custom' ? [d.name] : []))).toContain('note');
    const nested = all.flatMap((d) =>
      d.is === 'component' ? d.component.sections.flatMap((s) => s.definitions) : [],
    );
    expect(nested.map(describeOne)).toContain('alias outer core module');
    for (const { offset } of all) expect(offset).toBeGreaterThan(PREAMBLE.length);
  });

  test('names carry attributes in the newer form, and mean the same in both older ones', () => {
    const imports = new Writer().u32(3);
    const func = (out: Writer): Writer => out.byte(0x01).u32(0);
    func(imports.byte(0x00).text('a'));
    func(imports.byte(0x01).text('b'));
    func(
      imports
        .byte(0x02)
        .text('c')
        .u32(3)
        .byte(0x00)
        .text('x:y/z')
        .byte(0x01)
        .text('.6')
        .byte(0x02)
        .text('id'),
    );
    const bytes = new Writer()
      .byte(...PREAMBLE)
      .section(7, new Writer().u32(1).byte(0x40, 0x00, 0x01, 0x00))
      .section(10, imports)
      .finish();
    const result = decodeComponent(bytes);
    const names = result.ok
      ? result.value.sections.flatMap((s) =>
          s.definitions.flatMap((d) => (d.is === 'import' ? [d.name] : [])),
        )
      : result.diagnostics;
    expect(names).toEqual([
      { name: 'a' },
      { name: 'b' },
      { name: 'c', implements: 'x:y/z', versionSuffix: '.6', externalId: 'id' },
    ]);
  });

  test.each<[string, Writer, string, string]>([
    ['section', new Writer().section(42, new Writer()), 'unknown section 0x2a', '0x8'],
    ['type', new Writer().section(7, new Writer().u32(1).byte(0x11)), 'unknown type 0x11', '0xb'],
    [
      'canon',
      new Writer().section(8, new Writer().u32(1).byte(0x7e)),
      'unknown canonical definition 0x7e',
      '0xb',
    ],
    [
      'alias',
      new Writer().section(6, new Writer().u32(1).byte(0x03, 0x09)),
      'unknown alias target 0x9',
      '0xc',
    ],
    ['sort', new Writer().section(6, new Writer().u32(1).byte(0x00, 0x09)), 'unknown core sort 0x9', '0xc'],
    ['name', new Writer().section(10, new Writer().u32(1).byte(0x07)), 'unknown form of name 0x7', '0xb'],
  ])('an unknown opcode of a %s is a diagnostic with its offset', (_, section, message, offset) => {
    const result = decodeComponent(
      new Writer()
        .byte(...PREAMBLE)
        .append(section)
        .finish(),
    );
    expect(result.diagnostics).toMatchObject([
      { code: 'component/unknown-opcode', message, where: `byte ${offset}` },
    ]);
  });

  test('a core module is told from a component', async () => {
    const result = decodeComponent(await parse('(module)'));
    expect(result.diagnostics).toMatchObject([
      { code: 'component/malformed', message: 'not a WebAssembly component', where: 'byte 0x0' },
    ]);
    expect(decodeComponent(new Uint8Array()).diagnostics).toMatchObject([{ found: 'nothing' }]);
  });

  test('a section with bytes left over is malformed', () => {
    const bytes = new Writer()
      .byte(...PREAMBLE)
      .section(7, new Writer().u32(1).byte(0x7f, 0x7f))
      .finish();
    expect(decodeComponent(bytes).diagnostics).toMatchObject([
      { code: 'component/malformed', message: 'a section has bytes left over', where: 'byte 0xc' },
    ]);
  });
});

describe('signatures', () => {
  test('a type used of another interface is the same object', async () => {
    const { imports, exports } = await signature(`(component
      (import "a:b/types" (instance $t
        (export "r" (type (sub resource)))
        (type $p' (record (field "x" u32))) (export "p" (type $p (eq $p')))))
      (alias export $t "r" (type $r)) (alias export $t "p" (type $p))
      (import "a:b/use" (instance $u
        (alias outer 1 $r (type $or)) (export "r" (type $r (eq $or)))
        (alias outer 1 $p (type $op)) (export "again" (type $p (eq $op)))
        (export "f" (func (param "r" (borrow $r)) (result $p)))))
      (export "a:b/use" (instance $u))
    )`);
    const types = instance(imports, 'a:b/types');
    const use = instance(imports, 'a:b/use');
    expect(typeOf(use, 'r')).toBe(typeOf(types, 'r'));
    expect(typeOf(use, 'again')).toBe(typeOf(types, 'p'));
    expect(typeOf(types, 'r')).toEqual({ kind: 'resource', label: 'a:b/types#r' });
    const f = use.exports.get('f');
    expect(f?.kind === 'func' && f.type.result).toBe(typeOf(types, 'p'));
    expect(instance(exports, 'a:b/use')).toBe(use);
  });

  test('one instance type imported twice makes two resources', async () => {
    const { imports } = await signature(`(component
      (type $i (instance (export "r" (type (sub resource)))))
      (import "a:b/one" (instance (type $i))) (import "a:b/two" (instance (type $i))))`);
    const [one, two] = ['a:b/one', 'a:b/two'].map((name) => typeOf(instance(imports, name), 'r'));
    expect(one).toEqual({ kind: 'resource', label: 'a:b/one#r' });
    expect(two).toEqual({ kind: 'resource', label: 'a:b/two#r' });
  });

  test('instantiating replaces imported types and makes the others anew', async () => {
    const { imports, exports } = await signature(`(component
      (import "host:io/streams" (instance $io (export "input" (type (sub resource)))))
      (alias export $io "input" (type $input))
      (component $c
        (import "in" (type $in (sub resource)))
        (type $own (resource (rep i32)))
        (export $made "made" (type $own))
        (export "in" (type $in)))
      (instance $x (instantiate $c (with "in" (type $input))))
      (instance $y (instantiate $c (with "in" (type $input))))
      (export "x" (instance $x)) (export "y" (instance $y)))`);
    const input = typeOf(instance(imports, 'host:io/streams'), 'input');
    const [x, y] = [instance(exports, 'x'), instance(exports, 'y')];
    expect(typeOf(x, 'in')).toBe(input);
    expect(typeOf(y, 'in')).toBe(input);
    expect(typeOf(x, 'made')).toEqual({ kind: 'resource', label: 'x#made' });
    expect(typeOf(y, 'made')).toEqual({ kind: 'resource', label: 'y#made' });
    expect(typeOf(x, 'made')).not.toBe(typeOf(y, 'made'));
  });

  test.each([
    ['an index out of range', '(component (import "f" (func (type 3))))', 'there is no type 3'],
    ['a type of another kind', '(component (type u8) (import "f" (func (type 0))))', 'type 0 is not a func'],
  ])('%s is a diagnostic', async (_, wat, message) => {
    expect(componentTypeOf(await parse(wat)).diagnostics).toMatchObject([
      { code: 'component/invalid', message },
    ]);
  });
});
