import * as fc from 'fast-check';
import { code, some, word, type Code } from './code.ts';

const written = (value: number): string =>
  Object.is(value, -0) ? '(-0)' : value < 0 ? `(${value})` : `${value}`;

export const number: Code = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -10, max: 40 }).map(written) },
  { weight: 2, arbitrary: fc.double().map(written) },
  fc.integer().map(written),
  fc.constantFrom(
    '2147483648',
    '4294967295',
    '9007199254740993',
    '1e21',
    '1e-7',
    '0.1',
    '5e-324',
    '(-1.5)',
    '2.5',
  ),
);

/** Of many scripts, in and beyond the first plane, and halves of pairs. */
export const string: Code = fc.oneof(
  fc
    .constantFrom(
      '',
      'a',
      'abc',
      'a-b-c',
      'B',
      '10',
      ' 0x1f ',
      '1e3',
      'säge',
      'ß',
      '日本',
      '🪚',
      '\ud83e',
      '\u0000',
      '{"a":1}',
    )
    .map((text) => JSON.stringify(text)),
  fc.string({ maxLength: 8 }).map((text) => JSON.stringify(text)),
  fc.string({ unit: 'binary', maxLength: 5 }).map((text) => JSON.stringify(text)),
);

export const bigint: Code = fc.oneof(
  fc.bigInt({ min: -20n, max: 20n }).map((big) => `(${big}n)`),
  fc.bigInt({ min: -(2n ** 130n), max: 2n ** 130n }).map((big) => `(${big}n)`),
);

/** Milliseconds that a date can be of, and a few that it cannot. */
export const instant: Code = fc.oneof(
  fc.integer({ min: -8_640_000_000_000_000, max: 8_640_000_000_000_000 }).map(written),
  fc.constantFrom('0', '951782400000', '(-62198755200000)', '8640000000000001', 'NaN'),
);

const character = fc.constantFrom(
  'a',
  'b',
  'c',
  '0',
  '1',
  '-',
  ' ',
  'é',
  '🪚',
  '.',
  '\\d',
  '\\w',
  '\\s',
  '[abc]',
  '[^a]',
  '[0-9b]',
  '[^\\d]',
);
const quantifier = fc.constantFrom('', '', '', '?', '*', '+', '{1,2}', '*?', '+?');
const { pattern } = fc.letrec<{ pattern: string; item: string }>((tie) => ({
  item: fc.oneof(
    { maxDepth: 2, depthSize: 'small' },
    { weight: 5, arbitrary: code`${character}${quantifier}` },
    { weight: 1, arbitrary: word('^ $ \\b \\B') },
    // Only what is of one length is repeated, so that none takes for ever to fail.
    { weight: 1, arbitrary: code`(${tie('pattern')})${word('? {1,2} ??')}` },
    { weight: 1, arbitrary: code`(${tie('pattern')})` },
    { weight: 1, arbitrary: code`(?:${tie('pattern')})` },
    { weight: 1, arbitrary: code`(${word('?= ?! ?<= ?<!')}${tie('pattern')})` },
  ),
  pattern: fc.oneof(
    { weight: 3, arbitrary: some(tie('item') as Code, 1, 4, '') },
    {
      weight: 1,
      arbitrary: code`${some(tie('item') as Code, 1, 2, '')}|${some(tie('item') as Code, 0, 2, '')}`,
    },
  ),
}));

const named = code`(?<k>${pattern})${pattern}${fc.constantFrom('', '\\k<k>', '\\1')}`;

/** Made by its constructor: what is none is an error while the program runs. */
export const regex: Code = fc
  .tuple(fc.oneof(pattern, named), fc.subarray(['g', 'i', 'm', 's', 'u', 'y', 'd']))
  .map(([source, flags]) => `new RegExp(${JSON.stringify(source)}, "${flags.join('')}")`);
