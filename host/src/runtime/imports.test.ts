import { expect, test } from 'vitest';
import type { Binding } from '../bindings/binding.ts';
import { importsFor } from './imports.ts';

const bindings: readonly Binding[] = [
  {
    imports: {
      'wasi:io/streams@0.2.12': { read: () => 'io' },
      'fermyon:spin/key-value@2.0.0': { Store: function Store() {} },
    },
  },
  { imports: { 'fermyon:spin/key-value': { open: () => 'v1' }, 'a:b/c@1.2.0': { f: () => 'c' } } },
];

/** Calls a function of an interface as the glue knows it. */
function call(wanted: readonly string[], key: string, name: string): unknown {
  const member = importsFor(wanted, bindings)[key]?.[name] as () => unknown;
  return member();
}

test.each([
  ['the very version', 'wasi:io/streams@0.2.12', 'wasi:io/streams', 'read', 'io'],
  ['another on its track', 'wasi:io/streams@0.2.0', 'wasi:io/streams', 'read', 'io'],
  ['another of the same major', 'a:b/c@1.9.3', 'a:b/c', 'f', 'c'],
  ['an interface without version', 'fermyon:spin/key-value', 'fermyon:spin/key-value', 'open', 'v1'],
])('%s is given', (_, id, key, name, value) => {
  expect(call([id], key, name)).toBe(value);
});

test('two versions of one name that are imported side by side give all members', () => {
  const wanted = ['fermyon:spin/key-value', 'fermyon:spin/key-value@2.0.0'];
  expect(Object.keys(importsFor(wanted, bindings)['fermyon:spin/key-value'] ?? {}).sort()).toEqual([
    'Store',
    'open',
  ]);
});

test.each([
  ['another track', 'wasi:io/streams@0.3.0', 'wasi:io/streams', 'read'],
  ['another major', 'a:b/c@2.0.0', 'a:b/c', 'f'],
  ['a prerelease', 'wasi:io/streams@0.2.0-rc.1', 'wasi:io/streams', 'read'],
  ['an interface that nothing provides', 'x:y/z@1.0.0', 'x:y/z', 'anything'],
  ['a function that the interface lacks', 'a:b/c@1.2.0', 'a:b/c', 'g'],
])('%s traps when called, and not before', (_, id, key, name) => {
  expect(() => call([id], key, name)).toThrow(
    expect.objectContaining({
      code: 'runtime/missing-import',
      message: expect.stringContaining(`${id}#${name}`),
    }),
  );
});

test('a missing resource is a class whose functions trap', () => {
  const { Descriptor } = importsFor(['x:y/z@1.0.0'], [])['x:y/z'] as {
    Descriptor: { open(): void; prototype: object };
  };
  expect({} instanceof (Descriptor as unknown as new () => object)).toBe(false);
  expect(() => Descriptor.open()).toThrow('x:y/z@1.0.0#Descriptor.open was called, but nothing provides it');
});
