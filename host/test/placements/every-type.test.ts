import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encode } from '../every-type/encoding.ts';
import { functionsOf } from '../every-type/functions.ts';
import { serve, type Host } from '../every-type/hosts.ts';
import { LIES, ROWS } from '../every-type/rows.ts';
import { sampleOf } from '../type-arbitraries.ts';

const RUNS = 500;
const VALUES = await functionsOf('plain-importer', 'tenon:every-type/values@1.0.0');

/** Rows whose outcome is another one: linked services change these quietly, or give an error to be caught. */
const DIFFERING: readonly string[] = [
  ...(
    [
      ['aU8', 256],
      ['aU8', -1],
      ['aU16', 65_536],
      ['aU32', 2 ** 32],
      ['aU32', -1],
      ['aS32', 2 ** 31],
      ['aU32', Number.NaN],
      ['aU8', 1.5],
      ['aU32', -1.5],
    ] as const
  ).map(([name, given]) => `${name}(${encode([given])}): trap`),
  // The only ones that fused services take and linked ones do not: bigints.
  `aU64(${encode([5n])}): ${encode({ value: 5 })}`,
  `aU64(${encode([1.5])}): trap`,
  `aS64(${encode([-5n])}): ${encode({ value: -5 })}`,
  `aListOfU64(${encode([new BigUint64Array([2n ** 53n + 1n, 2n ** 63n + 5n])])}): trap`,
  `aTuple(${encode([[1, 'a', { x: 1, y: 2 }, 'more']])}): trap`,
  `fewFlags(${encode([{ read: 1, other: true }])}): trap`,
  // Too few arguments.
  'aU8([]): trap',
  'anOptionInTheMiddle([1]): trap',
];

describe('every type of values between fused services', () => {
  let host: Host;
  beforeAll(async () => {
    host = await serve('plain', ['plain-importer.plain-provider=fused']);
  });
  afterAll(() => host?.[Symbol.asyncDispose]());

  test.each(VALUES)('%s gives what it gives between linked ones', async (name, { params }) => {
    const samples = fc.array(fc.tuple(...params.map(({ type }) => sampleOf(type))), {
      minLength: RUNS,
      maxLength: RUNS,
    });
    const property = fc.asyncProperty(samples, async (batch) => {
      const calls = batch.map((args) => ['values', name, args.map(({ given }) => given)] as const);
      const outcomes = await host.calls(...calls);
      expect(outcomes?.map(encode)).toEqual(batch.map(([first]) => encode({ value: first!.arrives })));
    });
    await fc.assert(property, { numRuns: 1, endOnFailure: true });
  });

  test('limits are those between linked services, but what those quietly change ends the event', async () => {
    const differing: string[] = [];
    for (const [name, args, linked] of ROWS) {
      const outcomes = await host.calls(['values', name, args]);
      const found = outcomes ? encode(outcomes[0]) : 'trap';
      if (found !== (linked === 'trap' ? linked : encode(linked))) {
        differing.push(`${name}(${encode(args)}): ${found}`);
      }
    }
    expect(differing).toEqual(DIFFERING);
  });
});

describe('a fused provider that breaks its contract', () => {
  let host: Host;
  beforeAll(async () => {
    host = await serve('liar', ['plain-importer.liar=fused']);
  });
  afterAll(() => host?.[Symbol.asyncDispose]());
  const told = (lie: unknown) => ['values', 'aString', [encode(lie)]] as const;

  test.each(LIES)('%s that gives %j ends the event, and the next one is served', async (name, lie) => {
    const [, type] = VALUES.find(([one]) => one === name)!;
    const argument = fc.sample(sampleOf(type.params[0]!.type), 1)[0]!.given;
    expect(await host.calls(told(lie), ['values', name, [argument]])).toBeUndefined();
    expect(host.log.join('\n')).toContain(`values.${name} of liar gave a wrong value: Mismatch: result`);
    expect(await host.calls(told(7), ['values', 'aU8', [1]])).toMatchObject([{}, { value: 7 }]);
  });
});
