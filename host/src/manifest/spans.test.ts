import * as fc from 'fast-check';
import { parse, TomlDate } from 'smol-toml';
import { describe, expect, test } from 'vitest';
import { indexSpans, pathKey, type KeyPath, type KeySpans, type TextSpan } from './spans.ts';

/** The text under a span. */
function under(text: string, span: TextSpan): string {
  const line = text.split('\n')[span.line - 1] ?? '';
  return line.slice(span.column - 1, span.column - 1 + span.length);
}

/** A TOML value in random notation; containers only inline. */
const scalar: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'grapheme' }).map(basic),
  fc.string({ unit: fc.constantFrom('a', ' ', '#', ']', ',', '=', '{', '"') }).map((text) => `'${text}'`),
  fc
    .string({ unit: fc.constantFrom('a', '\n', '#', '"', '\\\\', '\\"', ']', ' ') })
    .filter((text) => !text.includes('"""'))
    .map((text) => `"""${text}x"""`),
  fc.string({ unit: fc.constantFrom('a', '\n', '#', '"', '\\', '[') }).map((text) => `'''${text}'''`),
  fc.integer().map(String),
  fc.constantFrom(
    'true',
    'false',
    '1.5',
    '-inf',
    '1979-05-27T07:32:00Z',
    '1979-05-27 07:32:00',
    '0xFF',
    '"""a"""""',
    "''''b'''''",
  ),
);
const gap = fc.constantFrom('', ' ', '\t', '\n', ' # a comment ] } "\n', '\n\n  ');
const { value } = fc.letrec<{ value: string; array: string; table: string }>((tie) => ({
  value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, scalar, tie('array'), tie('table')),
  array: fc
    .tuple(fc.array(fc.tuple(gap, tie('value'), gap), { maxLength: 3 }), gap)
    .map(
      ([items, end]) => `[${items.map(([before, item, after]) => before + item + after).join(',')}${end}]`,
    ),
  table: fc
    .array(fc.tuple(fc.nat(2), tie('value')), { maxLength: 3 })
    .map(
      (pairs) =>
        `{ ${pairs.map(([style, item], at) => `${keyText(`k${at}`, style)} = ${item}`).join(', ')} }`,
    ),
}));

function basic(text: string): string {
  return JSON.stringify(text).replaceAll('\u007f', '\\u007f');
}

function keyText(name: string, style: number): string {
  return style === 0 ? name : style === 1 ? basic(name) : `'${name}'`;
}

/** Documents of tables, arrays of tables, dotted keys and inline values, in random notation. */
const document = fc
  .array(
    fc.record({
      header: fc.constantFrom('table', 'array', 'nested'),
      style: fc.nat(2),
      pairs: fc.array(
        fc.record({ dotted: fc.boolean(), style: fc.nat(2), value, indent: fc.constantFrom('', '  ', '\t') }),
        {
          maxLength: 3,
        },
      ),
    }),
    { maxLength: 5 },
  )
  .map((tables) =>
    tables
      .map(({ header, style, pairs }, at) => {
        const name = keyText(`t ${at}`, style || 1);
        const lines = pairs.map(({ dotted, style, value, indent }, pair) => {
          const key = keyText(`ä.${pair}`, style || 1);
          return `${indent}${dotted ? `d${pair} . ` : ''}${key} = ${value} # ${pair}`;
        });
        if (header === 'array')
          return [
            `[[list]]`,
            ...lines,
            `[list.${name}]`,
            'x = 1',
            `[[list.sub]]`,
            `[[list.sub]]`,
            'y = 2',
          ].join('\n');
        return [header === 'table' ? `[${name}]` : `[ up . ${name} ] # x`, ...lines].join('\n');
      })
      .join('\n'),
  );

/** Every path in a value, to tables and arrays too. */
function paths(value: unknown, path: KeyPath = []): KeyPath[] {
  if (Array.isArray(value))
    return value.flatMap((item, at) => [[...path, at], ...paths(item, [...path, at])]);
  if (typeof value !== 'object' || value === null || value instanceof TomlDate) return [];
  return Object.entries(value).flatMap(([name, item]) => [[...path, name], ...paths(item, [...path, name])]);
}

function at(data: unknown, path: KeyPath): unknown {
  return path.reduce((value, segment) => (value as Record<string, unknown>)[segment], data);
}

/**
 * The last segment of a path and its value, as the parser reads the text under the spans. Tables, arrays and
 * what may take several lines is not read again: the value is given back as it is.
 */
function readBack(text: string, path: KeyPath, value: unknown, spans: KeySpans | undefined): unknown {
  if (!spans) return undefined;
  const last = path.at(-1);
  const name = typeof last === 'number' ? last : Object.keys(parse(`${under(text, spans.key)} = 1`))[0];
  const written = under(text, spans.value);
  const onOneLine = typeof value !== 'object' && !/^(?:"""|''')/.test(written);
  return { name, value: onOneLine ? parse(`v = ${written}`)['v'] : value };
}

describe('indexSpans', () => {
  test('finds every key and every value that smol-toml finds, and nothing else', () => {
    fc.assert(
      fc.property(document, (text) => {
        const data: unknown = parse(text);
        const spans = indexSpans(text);
        const all = paths(data);
        expect([...spans.keys()].sort()).toEqual(all.map(pathKey).sort());
        const read = all.map((path) => readBack(text, path, at(data, path), spans.get(pathKey(path))));
        expect(read).toEqual(all.map((path) => ({ name: path.at(-1), value: at(data, path) })));
      }),
      { numRuns: 400 },
    );
  });

  test('a table has the place of its own header, not of a longer one before it', () => {
    const text = '[a.b]\nx = 1\n[a]\ny = 2\n';
    expect(indexSpans(text).get('["a"]')?.key).toEqual({ line: 3, column: 2, length: 1 });
  });

  test('lines with carriage returns and a byte order mark', () => {
    const text = '\uFEFFa = "x"\r\nb = [\r\n  1,\r\n]\r\n';
    const spans = indexSpans(text);
    expect(spans.get('["b"]')?.value).toEqual({ line: 2, column: 5, length: 1 });
    expect(spans.get('["b",0]')?.value).toEqual({ line: 3, column: 3, length: 1 });
  });
});
