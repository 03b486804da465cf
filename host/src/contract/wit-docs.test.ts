import { expect, test } from 'vitest';
import { docsOf } from './wit-docs.ts';

function docs(...texts: string[]): Record<string, string> {
  return Object.fromEntries(docsOf(texts.map((text, index) => ({ file: `wit/${index}/x.wit`, text }))));
}

test('takes the doc comment of everything that can have one', () => {
  expect(
    docs(`package a:b@1.0.0;
/// The interface.
interface i {
  /// A record,
  ///   with an indented line.
  record r {
    /// First.
    one: option<list<tuple<u8, u8>>>, /// Second.
    two: u8,
  }
  /** A variant. */
  variant v {
    /** With a payload. */
    a(result<u8, string>),
    b,
  }
  /// An alias.
  type t = list<u8>;
  /// A resource.
  resource s {
    /// Makes one.
    constructor(n: u32);
    /// A method.
    get: func() -> result<u8, string>;
    /// A static.
    open: static func() -> s;
  }
  /// Bare.
  resource bare;
  /// A function.
  %type: func(a: u8) -> u8;
}
/**
 * The world.
 *
 * In two paragraphs.
 */
world w {
  /// Not a thing of its own.
  import i;
  /// An import.
  import f: func();
  /// Inline.
  export inner: interface {
    /// Inside.
    g: func();
  }
  /// An export.
  export run: async func();
}
`),
  ).toEqual({
    'a:b/i@1.0.0': 'The interface.',
    'a:b/i@1.0.0#r': 'A record,\n  with an indented line.',
    'a:b/i@1.0.0#r.one': 'First.',
    'a:b/i@1.0.0#r.two': 'Second.',
    'a:b/i@1.0.0#v': 'A variant.',
    'a:b/i@1.0.0#v.a': 'With a payload.',
    'a:b/i@1.0.0#t': 'An alias.',
    'a:b/i@1.0.0#s': 'A resource.',
    'a:b/i@1.0.0#s.constructor': 'Makes one.',
    'a:b/i@1.0.0#s.get': 'A method.',
    'a:b/i@1.0.0#s.open': 'A static.',
    'a:b/i@1.0.0#bare': 'Bare.',
    'a:b/i@1.0.0#type': 'A function.',
    'a:b/w@1.0.0': 'The world.\n\nIn two paragraphs.',
    'a:b/w@1.0.0#f': 'An import.',
    inner: 'Inline.',
    'inner#g': 'Inside.',
    'a:b/w@1.0.0#run': 'An export.',
  });
});

test('passes over attributes, plain comments and what is unfinished', () => {
  expect(
    docs(
      'package a:b;\n/// Kept.\n@since(version = 0.2.0)\ninterface i {\n// not this\n//// nor this\n/**/ f: func();\n@unstable(feature = x)\n/// Kept too.\ng: func();\n',
    ),
  ).toEqual({ 'a:b/i': 'Kept.', 'a:b/i#g': 'Kept too.' });
});

test('a file without a package line belongs to its folder', () => {
  const files = [
    { file: 'wit/p/a.wit', text: 'package a:b@0.1.0;\n' },
    { file: 'wit/p/b.wit', text: '/// There.\ninterface i { }\n' },
  ];
  expect([...docsOf(files)]).toEqual([['a:b/i@0.1.0', 'There.']]);
});
