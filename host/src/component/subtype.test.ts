import { describe, expect, test } from 'vitest';
import { printExtern, printType } from './print.ts';
import { mismatches, sameType } from './subtype.ts';
import type { AnyType } from './substitute.ts';
import type { ExternType, FuncType, InstanceType, PrimitiveName, ResourceType, ValueType } from './types.ts';

const p = (name: PrimitiveName): ValueType => ({ kind: 'primitive', name });
const list = (element: ValueType): ValueType => ({ kind: 'list', element });
const record = (fields: Record<string, ValueType>): ValueType => ({
  kind: 'record',
  fields: Object.entries(fields).map(([name, type]) => ({ name, type })),
});
const func = (params: Record<string, ValueType>, result?: ValueType, async = false): FuncType => ({
  kind: 'func',
  async,
  params: Object.entries(params).map(([name, type]) => ({ name, type })),
  ...(result && { result }),
});
const instance = (exports: Record<string, AnyType>): InstanceType => ({
  kind: 'instance',
  exports: new Map(
    Object.entries(exports).map(([name, type]): [string, ExternType] => [
      name,
      type.kind === 'func' ? { kind: 'func', type } : { kind: 'type', type },
    ]),
  ),
});
const check = (found: InstanceType, expected: InstanceType, resources?: Map<ResourceType, ResourceType>) =>
  mismatches({ kind: 'instance', type: found }, { kind: 'instance', type: expected }, '', {
    ...(resources && { resources }),
  });

describe('mismatches', () => {
  test('a path leads to what differs, through parameters, fields and cases', () => {
    const order = (lines: ValueType): ValueType => record({ id: p('string'), lines });
    const expected = instance({ submit: func({ order: order(list(p('string'))) }) });
    const found = instance({ submit: func({ order: order(list(p('u8'))) }) });
    expect(check(found, expected)).toEqual([
      { path: 'submit(order).lines', expected: 'list<string>', found: 'list<u8>' },
    ]);
    expect(check(expected, expected)).toEqual([]);
  });

  test('a type used in many places is reported once, by a function', () => {
    const make = (x: ValueType): InstanceType => {
      const point = record({ x });
      return instance({ point, a: func({ at: point }), b: func({ at: list(point) }, point) });
    };
    expect(check(make(p('f32')), make(p('f64')))).toEqual([
      { path: 'a(at).x', expected: 'f64', found: 'f32' },
    ]);
  });

  test('everything that differs is reported', () => {
    const expected = instance({
      gone: func({}),
      names: func({ a: p('u8') }),
      result: func({}, { kind: 'result', ok: p('u8'), err: p('string') }),
      none: func({}),
      sync: func({}),
      order: func({ f: { kind: 'enum', names: ['a', 'b'] } }),
      deep: func({
        v: {
          kind: 'variant',
          cases: [{ name: 'x', type: list(record({ y: { kind: 'option', value: p('bool') } })) }],
        },
      }),
      size: func({ l: { kind: 'fixed-list', element: p('u8'), length: 4 } }),
      pair: func({ t: { kind: 'tuple', elements: [p('u8'), record({ z: p('s8') })] } }),
      map: func({ m: { kind: 'map', key: p('string'), value: p('u8') } }),
    });
    const found = instance({
      names: func({ b: p('u8') }),
      result: func({}, { kind: 'result', ok: p('u8') }),
      none: func({}, p('u8')),
      sync: func({}, undefined, true),
      order: func({ f: { kind: 'enum', names: ['b', 'a'] } }),
      deep: func({
        v: {
          kind: 'variant',
          cases: [{ name: 'x', type: list(record({ y: { kind: 'option', value: p('char') } })) }],
        },
      }),
      size: func({ l: { kind: 'fixed-list', element: p('u8'), length: 5 } }),
      pair: func({ t: { kind: 'tuple', elements: [p('u8'), record({ z: p('u8') })] } }),
      map: func({ m: { kind: 'map', key: p('u32'), value: p('u8') } }),
      extra: func({}),
    });
    expect(check(found, expected)).toEqual([
      { path: 'gone', expected: 'func()', found: 'nothing' },
      { path: 'names', expected: 'parameters (a)', found: 'parameters (b)' },
      { path: 'result -> result', expected: 'result<u8, string>', found: 'result<u8>' },
      { path: 'none -> result', expected: 'nothing', found: 'u8' },
      { path: 'sync', expected: 'func', found: 'async func' },
      { path: 'order(f)', expected: 'enum { a, b }', found: 'enum { b, a }' },
      { path: 'deep(v).x[].y', expected: 'option<bool>', found: 'option<char>' },
      { path: 'size(l)', expected: 'list<u8, 4>', found: 'list<u8, 5>' },
      { path: 'pair(t).1.z', expected: 's8', found: 'u8' },
      { path: 'map(m)', expected: 'map<string, u8>', found: 'map<u32, u8>' },
    ]);
  });

  test('a resource is taken from the first that exports it, and must stay that one', () => {
    const [ours, theirs, other] = ['a#r', 'b#r', 'b#r'].map((label): ResourceType => ({
      kind: 'resource',
      label,
    }));
    const using = (r: ResourceType, eaten: ResourceType): InstanceType =>
      instance({ r, eat: func({ r: { kind: 'own', resource: eaten } }) });
    const resources = new Map<ResourceType, ResourceType>();
    if (!ours || !theirs || !other) throw new Error('three resources were made');
    expect(check(using(theirs, theirs), using(ours, ours), resources)).toEqual([]);
    expect(resources.get(ours)).toBe(theirs);
    expect(check(using(other, other), using(ours, ours), resources)).toEqual([
      { path: 'eat(r)', expected: 'resource b#r', found: 'another resource b#r', resource: true },
    ]);
  });

  test('no more are gathered than asked for', () => {
    const many = (type: ValueType): InstanceType =>
      instance(Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`f${n}`, func({ a: type })])));
    expect(check(many(p('u8')), many(p('u16')))).toHaveLength(20);
  });
});

test('sameType compares by structure, resources by identity', () => {
  const r: ResourceType = { kind: 'resource', label: 'r' };
  expect(sameType(record({ a: p('u8') }), record({ a: p('u8') }))).toBe(true);
  expect(sameType(record({ a: p('u8') }), record({ b: p('u8') }))).toBe(false);
  expect(sameType({ kind: 'own', resource: r }, { kind: 'own', resource: r })).toBe(true);
  expect(sameType({ kind: 'own', resource: r }, { kind: 'own', resource: { ...r } })).toBe(false);
});

describe('printing', () => {
  test.each<[AnyType, string]>([
    [
      func({ a: list(p('u8')), b: { kind: 'flags', names: ['x', 'y'] } }, { kind: 'result' }),
      'func(a: list<u8>, b: flags { x, y }) -> result',
    ],
    [{ kind: 'result', err: p('string') }, 'result<_, string>'],
    [{ kind: 'variant', cases: [{ name: 'a', type: p('u8') }, { name: 'b' }] }, 'variant { a(u8), b }'],
    [{ kind: 'borrow', resource: { kind: 'resource', label: 'i#r' } }, 'borrow<i#r>'],
    [{ kind: 'future' }, 'future'],
    [{ kind: 'stream', element: p('u8') }, 'stream<u8>'],
    [func({}, undefined, true), 'async func()'],
  ])('%#', (type, text) => expect(printType(type)).toBe(text));

  test('a long type is cut', () => {
    const wide = record(Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`field-${n}`, p('u8')])));
    expect(printType(wide).length).toBeLessThan(300);
    expect(printType(wide)).toContain('…');
  });

  test('named types are printed by name, the outermost spelt out', () => {
    const point = record({ x: p('u8') });
    const nameOf = (type: AnyType): string | undefined => (type === point ? 'point' : undefined);
    expect(printType(list(point), { nameOf })).toBe('list<point>');
    expect(printExtern({ kind: 'type', type: point }, { nameOf })).toBe('type record { x: u8 }');
  });
});
