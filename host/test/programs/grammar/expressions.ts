import * as fc from 'fast-check';
import { code, some, word, type Code } from './code.ts';
import type { Alternatives, Expressions } from './kinds.ts';
import { bigint, instant, number, regex, string } from './literals.ts';
import { big, bool, num, str } from './scalars.ts';

const list: Alternatives = ({ num, str, bool, list, map, object }) => [
  code`[${some(num, 0, 5)}]`,
  code`[...${list}, ${num}, , ${num}].flat()`,
  code`${list}.map((x, z) => ${num})`,
  code`${list}.filter((x) => ${bool})`,
  code`${list}.flatMap((x) => [x, ${num}])`,
  code`${list}.${word('slice splice toSpliced copyWithin')}(${num} & 3, ${num} & 3)`,
  code`${list}.${word('slice().reverse() toReversed() concat(a1) toSorted() keys().toArray?.().concat(1)')}`,
  code`${list}.slice().sort((x, z) => rank(x) - rank(z))`,
  code`${list}.slice().sort((x, z) => rank(z % 3) - rank(x % 3) || rank(x) - rank(z))`,
  code`Array.from({ length: ${num} & 7 }, (y, x) => ${num})`,
  code`[...take(gen(${num}), ${num} & 7)]`,
  code`[...new Set(${list})]`,
  code`[...${map}.values()].map(Number)`,
  code`[...${str}].map((y) => y.charCodeAt(0))`,
  code`[...new ${word('Int8 Uint8Clamped Int16 Uint32 Float32 Float64')}Array(${list})]`,
  code`[...new Uint8Array(new ${word('Int16 Int32 Uint32')}Array(${list}).buffer)].slice(0, 12)`,
  code`[...new BigInt64Array(${list}.map((x) => BigInt(rank(x))))].map(Number)`,
  code`Array.prototype.fill.call(${list}, ${num}, 1, 2)`,
  code`Object.values(${object}).map(Number)`,
  code`(${word('a0 a1')} = capArray(${list}))`,
  code`u0.${word('subarray slice')}(${num} & 7, ${num} & 15).reduce((x, z) => [...x, z], [])`,
  code`Object.entries(Object.groupBy(${list}, (x) => (x & 1 ? 'odd' : 'even'))).flatMap((x) => x[1])`,
];

const object: Alternatives = ({ num, str, list, object }) => [
  code`{ a: ${num}, b: ${str}, c: ${list} }`,
  code`{ ...${object}, [${str}]: ${object} }`,
  code`{ 10: ${num}, 9: ${str}, z, get a() { return calm(() => ${num}) } }`,
  code`Object.assign({}, ${str}.slice(0, 3))`,
  code`Object.fromEntries(Object.entries(${object}).map(([x, z]) => [x + 1, z]))`,
  code`Object.fromEntries(m0)`,
  code`JSON.parse(JSON.stringify(${object}))`,
  code`(o0 = capObject(${object}))`,
  code`proxied(${object}, { get: (x, z, y) => (z === 'a' ? calm(() => ${num}) : Reflect.get(x, z, y)) })`,
  code`Object.assign(Object.create({ inherited: 1 }), ${object})`,
  code`{ toJSON() { return calm(() => ${list}) } }`,
];

const map: Alternatives = ({ num, str, map, object }) => [
  code`new Map([[${str}, ${num}], [${str}, ${num}]])`,
  code`new Map(Object.entries(${object}))`,
  code`new Map([...${map}].map(([x, z]) => [z, x]))`,
  code`m0.set(${str}, ${num})`,
  code`(m0.delete(${str}), m0)`,
  code`(m0.forEach((z, x) => m0.size < 9 && m0.set(x + 'x', ${num})), m0)`,
];

const date: Alternatives = ({ num, str, date }) => [
  code`new Date(${instant})`,
  code`new Date(${num})`,
  code`new Date(${date}.toISOString())`,
  code`(d0 = new Date(d0.setUTC${word('Date Month Hours Milliseconds FullYear')}(${num})))`,
  code`new Date(Date.UTC(2026, ${num} & 31, ${str}.length))`,
];

const re: Alternatives = ({ re }) => [regex, regex, code`new RegExp(${re}, 'g')`, code`(r0 = ${re})`];

const line = ({ num, str }: Expressions): Code =>
  code`line(${str}, ${fc.oneof(num, fc.constant('4294967295'))}, ${num}, ${num}, ${fc.oneof(fc.constant('undefined'), str)})`;

const lines: Alternatives = (of) => [some(line(of), 0, 3).map((text) => `[${text}]`)];

const rule: Alternatives = (of) => [
  fc.constant(`{ tag: 'none' }`),
  code`{ tag: 'percent', val: ${of.num} & 255 }`,
  code`{ tag: 'codes', val: [${some(of.str, 0, 3)}].map(whole) }`,
  code`{ tag: 'but', val: ${line(of)} }`,
];

const LEAVES: { readonly [K in keyof Expressions]: Code } = {
  num: fc.oneof(number, word('n0 n1 n2 x')),
  str: fc.oneof(string, word('s0 s1')),
  bool: word('b0 b1 true false'),
  list: word('a0 a1 [] [3,1,2,10] a0'),
  big: fc.oneof(bigint, word('g0')),
  object: word('o0 {}').map((text) => `(${text})`),
  map: word('m0'),
  date: fc.oneof(word('d0'), code`new Date(${instant})`),
  re: fc.oneof(word('r0'), regex),
  lines: fc.constantFrom('[]', `[line('säge', 2, 1.5, 5, 'now')]`),
  rule: fc.constant(`{ tag: 'none' }`),
};

const ALTERNATIVES: { readonly [K in keyof Expressions]: Alternatives } = {
  num,
  str,
  bool,
  list,
  big,
  object: (of) => object(of).map((one) => code`(${one})`),
  map,
  date,
  re,
  lines,
  rule,
};

/** Expressions nest a few deep; each kind counts for all. */
export const expressions: Expressions = fc.letrec<{ [K in keyof Expressions]: string }>((tie) => {
  const depthIdentifier = fc.createDepthIdentifier();
  const kinds = Object.keys(LEAVES) as (keyof Expressions)[];
  const tied = Object.fromEntries(kinds.map((kind) => [kind, tie(kind)])) as unknown as Expressions;
  const made = kinds.map((kind) => [
    kind,
    fc.oneof(
      { depthIdentifier, maxDepth: 4, depthSize: 'small' },
      { weight: 2, arbitrary: LEAVES[kind] },
      { weight: 5, arbitrary: fc.oneof(...ALTERNATIVES[kind](tied)) },
    ),
  ]);
  return Object.fromEntries(made) as { [K in keyof Expressions]: Code };
});
