/** What a call of `values` gives back, or that the event traps. */
export type Expected =
  | { readonly value: unknown }
  | { readonly name: string; readonly message: string }
  | 'trap';
export type Row = readonly [name: string, args: readonly unknown[], expected: Expected];

const value = (given: unknown): Expected => ({ value: given });
const thrown = (message: string): Expected => ({ name: 'TypeError', message });

/**
 * The exact limits of what TypeScript services can pass on, and what happens beyond: the same on every host.
 * Where a number is quietly made another (marked "wraps"), the fused placement refuses it.
 */
export const ROWS: readonly Row[] = [
  ...integers('aU8', 0, 255),
  ...integers('aS8', -128, 127),
  ...integers('aU16', 0, 65_535),
  ...integers('aS16', -32_768, 32_767),
  ...integers('aU32', 0, 4_294_967_295),
  ...integers('aS32', -2_147_483_648, 2_147_483_647),
  ['aU8', [256], value(0)], // wraps
  ['aU8', [-1], value(255)], // wraps
  ['aU16', [65_536], value(0)], // wraps
  ['aU32', [4_294_967_296], value(0)], // wraps
  ['aU32', [-1], value(4_294_967_295)], // wraps
  ['aS32', [2_147_483_648], value(2_147_483_647)], // saturates
  ['aU32', [Number.NaN], value(0)],
  ['aU8', [1.5], value(1)],
  ['aU32', [-1.5], value(4_294_967_295)], // wraps
  ['aListOfU32', [[2_147_483_648, 4_294_967_295, 0]], value([2_147_483_648, 4_294_967_295, 0])],
  ['aListOfU32', [new Uint32Array([4_294_967_295, 1])], value([4_294_967_295, 1])],

  // 64-bit integers are numbers: every double that is one passes, which is every integer up to 2^53.
  ['aU64', [2 ** 53], value(2 ** 53)],
  ['aU64', [2 ** 53 + 2], value(2 ** 53 + 2)],
  ['aU64', [2 ** 63], value(2 ** 63)],
  ['aU64', [2 ** 64 - 2048], value(2 ** 64 - 2048)],
  ['aU64', [2 ** 64], 'trap'],
  ['aU64', [-1], 'trap'],
  ['aU64', [Number.NaN], 'trap'],
  ['aU64', [5n], 'trap'],
  ['aU64', [1.5], value(1)],
  ['aS64', [-(2 ** 53) - 2], value(-(2 ** 53) - 2)],
  ['aS64', [-(2 ** 63)], value(-(2 ** 63))],
  ['aS64', [2 ** 63 - 1024], value(2 ** 63 - 1024)],
  ['aS64', [-5n], 'trap'],
  // A typed array passes all 64 bits; what no number holds is rounded where it arrives.
  ['aListOfU64', [new BigUint64Array([2n ** 53n + 1n, 2n ** 63n + 5n])], value([2 ** 53, 2 ** 63])],

  ['aF32', [0.1], value(Math.fround(0.1))],
  ['aF32', [1e300], value(Infinity)],
  ['aF32', [-0], value(-0)],
  ['aF64', [-0], value(-0)],
  ['aF64', [Number.NaN], value(Number.NaN)],
  ['aF64', [5e-324], value(5e-324)],
  ['aF64', ['1'], 'trap'],
  ['aU8', ['1'], 'trap'],
  ['aU8', [null], 'trap'],
  ['aBool', [1], 'trap'],
  ['aBool', [undefined], 'trap'],

  ['aChar', ['\u{10ffff}'], value('\u{10ffff}')],
  ['aChar', ['\0'], value('\0')],
  ['aChar', [''], 'trap'],
  ['aChar', ['ab'], 'trap'],
  ['aChar', ['\ud800'], 'trap'],
  ['aString', [''], value('')],
  ['aString', ['a\0b'], value('a\0b')],
  ['aString', ['e\u0301 \ufeff \u2028'], value('e\u0301 \ufeff \u2028')],
  ['aString', ['x'.repeat(1_000_000)], value('x'.repeat(1_000_000))],
  ['aString', ['lone \ud83e'], 'trap'],
  ['aString', ['\udc00'], 'trap'],
  ['aString', [5], 'trap'],

  ['someBytes', [new Uint8Array()], value(new Uint8Array())],
  ['someBytes', [[1, 2]], value(new Uint8Array([1, 2]))],
  ['someBytes', [new Uint8Array(100_000).fill(7)], value(new Uint8Array(100_000).fill(7))],
  ['someBytes', ['text'], 'trap'],
  ['signedBytes', [[-1]], value(new Int8Array([-1]))],
  ['aListOfF64', [new Float64Array([1.5, -0])], value([1.5, -0])],
  ['aListOfStrings', [[]], value([])],
  ['aListOfStrings', ['text'], 'trap'],
  ['aListOfLists', [[[], [''], []]], value([[], [''], []])],
  ['aTuple', [[1, 'a', { x: 1, y: 2 }, 'more']], value([1, 'a', { x: 1, y: 2 }])],
  ['aTuple', [[1, 'a']], 'trap'],

  ['aRecord', [{ y: 2, x: 1, z: 3 }], value({ x: 1, y: 2 })],
  ['aRecord', [{ x: 1 }], 'trap'],
  ['aRecord', [null], 'trap'],
  ['anEnum', ['dark-blue'], value('dark-blue')],
  ['anEnum', ['darkBlue'], 'trap'],
  ['fewFlags', [{ read: 1, other: true }], value({ read: true, writeAll: false })],
  ['fewFlags', [5], 'trap'],
  ['aVariant', [{ tag: 'nothing', val: 5 }], value({ tag: 'nothing' })],
  ['aVariant', [{ tag: 'circle' }], 'trap'],
  ['aVariant', [{ tag: 'square' }], 'trap'],

  ['anOption', [undefined], value(null)],
  ['anOption', [''], value('')],
  ['anOption', [5], 'trap'],
  ['aNestedOption', [{ tag: 'some' }], value({ tag: 'some', val: null })],
  ['aNestedOption', [null], 'trap'],
  ['aNestedResult', [{ tag: 'neither' }], 'trap'],

  ['aU8', [], thrown('a-u8 requires 1 arguments')],
  ['anOptionInTheMiddle', [1], thrown('an-option-in-the-middle requires 2 arguments')],
  ['aU8', [1, 2], value(1)],
];

function integers(name: string, low: number, high: number): Row[] {
  return [low, high, 0, -0].map((given) => [name, [given], value(given + 0)]);
}

/** What a provider gives back against its contract, by function: the event traps. */
export const LIES: readonly (readonly [name: string, lie: unknown])[] = [
  ['aBool', 1],
  ['aU8', '5'],
  ['aU32', undefined],
  ['aU64', -1],
  ['aF64', null],
  ['aChar', 'ab'],
  ['anEnum', 'yellow'],
  ['aRecord', { x: 1 }],
  ['aRecord', undefined],
  ['fewFlags', true],
  ['aVariant', { tag: 'labelled', val: { label: 'l' } }],
  ['aTuple', [1, 'a']],
  ['aListOfStrings', ['a', 5]],
  ['aListOfRecords', [{ x: 1, y: 2 }, null]],
  ['anOption', 5],
  ['aNestedOption', { tag: 'some', val: 'x' }],
  ['aNestedResult', { tag: 'err', val: 5 }],
];
