import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tool } from '../tools.ts';
import { sampleOf } from '../type-arbitraries.ts';
import { encode } from './encoding.ts';
import { functionsOf } from './functions.ts';
import { instantiate, serve, wasmtime, type AppName, type Host } from './hosts.ts';
import { LIES, ROWS } from './rows.ts';

const VALUES = await functionsOf('importer', 'tenon:every-type/values@1.0.0');

const python = tool('python-wasmtime');
const FULL = 'every-type';
const HOSTS: readonly {
  readonly where: string;
  readonly skip: boolean;
  readonly start: (app: AppName) => Promise<Host>;
  /** Generated values for each function. */
  readonly runs: number;
  /** Which are given generated values: instances of `plain` are reset when it is served. */
  readonly apps: readonly AppName[];
}[] = [
  { where: 'on Node, as it is served', skip: false, start: serve, runs: 500, apps: [FULL, 'plain'] },
  {
    where: 'on Node, each event in a new instance',
    skip: false,
    start: instantiate,
    runs: 500,
    apps: ['plain'],
  },
  { where: `on Wasmtime 42${python.reason}`, skip: python.missing, start: wasmtime, runs: 100, apps: [FULL] },
];

/** Starts an app for the tests of a block. */
function starting(app: AppName, start: (app: AppName) => Promise<Host>): () => Host {
  let host: Host | undefined;
  beforeAll(async () => {
    host = await start(app);
  });
  afterAll(() => host?.[Symbol.asyncDispose]());
  return () => host!;
}

/** Whether the next event finds all as if nothing had happened. */
async function expectSound(host: Host): Promise<void> {
  expect(await host.calls(['values', 'aU8', [7]])).toEqual([{ value: 7 }]);
}

describe.each(HOSTS)('every type $where', ({ skip, start, runs, apps }) => {
  describe.skipIf(skip).each(apps)('in the app %s', (app) => {
    const host = starting(app, start);

    test.each(VALUES)('%s gives back what it was given', async (name, { params }) => {
      const samples = fc.array(fc.tuple(...params.map(({ type }) => sampleOf(type))), {
        minLength: runs,
        maxLength: runs,
      });
      const property = fc.asyncProperty(samples, async (batch) => {
        const calls = batch.map((args) => ['values', name, args.map(({ given }) => given)] as const);
        const outcomes = await host().calls(...calls);
        const expected = batch.map(([first]) => ({ value: first!.arrives }));
        // In the writing that tells -0 from 0, a Uint8Array from an array and null from undefined.
        expect(outcomes?.map(encode)).toEqual(expected.map(encode));
      });
      await fc.assert(property, { numRuns: 1, endOnFailure: true });
    });

    test('limits are where they are said to be', async () => {
      for (const [name, args, expected] of ROWS) {
        const outcomes = await host().calls(['values', name, args]);
        const found = outcomes ? encode(outcomes[0]) : 'trap';
        const row = `${name}(${encode(args).slice(0, 200)})`;
        expect([row, found]).toEqual([row, expected === 'trap' ? expected : encode(expected)]);
      }
      await expectSound(host());
    });
  });

  describe.skipIf(skip)('in the app every-type', () => {
    const host = starting('every-type', start);

    test('results, resources, options, flags and variants are as the contract says', async () => {
      expect(JSON.parse((await host().get('/run'))!)).toEqual([]);
    });

    test.each([
      ['lend-given-away', 'resource ownership has already been transferred'],
      ['call-given-away', 'resource ownership has already been transferred'],
      ['give-away-twice', 'resource ownership has already been transferred'],
      ['call-dropped', 'resource has been disposed'],
    ])('a handle that is no longer there is told: %s', async (misuse, message) => {
      expect(await host().get(`/misuse/${misuse}`)).toBe(encode({ name: 'TypeError', message }));
      await expectSound(host());
    });

    test('a handle may be dropped twice', async () => {
      expect(await host().get('/misuse/drop-twice')).toBe(encode({ value: 'done' }));
    });
  });

  describe.skipIf(skip)('with a provider that breaks its contract', () => {
    const host = starting('liar', start);
    const told = (lie: unknown) => ['values', 'aString', [encode(lie)]] as const;

    test('the provider tells the truth as well', async () => {
      expect(await host().calls(told(7), ['values', 'aU8', [1]])).toMatchObject([{}, { value: 7 }]);
    });

    test.each(LIES)('%s that gives %j ends the event, and the next one is served', async (name, lie) => {
      expect(await host().calls(told(lie), ['values', name, [argumentOf(name)]])).toBeUndefined();
      expect(await host().calls(told(7), ['values', 'aU8', [1]])).toMatchObject([{}, { value: 7 }]);
    });
  });
});

/** Any right argument of a function. */
function argumentOf(name: string): unknown {
  const [, type] = VALUES.find(([one]) => one === name)!;
  return fc.sample(sampleOf(type.params[0]!.type), 1)[0]!.given;
}

describe('how instances get fresh state as the app is served', () => {
  test('without resources by reset, with resources of its own by new instances', async () => {
    for (const [app, reset] of [
      ['plain', true],
      ['every-type', false],
    ] as const) {
      await using host = await serve(app);
      for (let n = 0; n < 5; n++) await expectSound(host);
      const { resets, instances, unprovable } = host.stats!();
      expect([app, resets > 0, instances > 2, unprovable > 0]).toEqual([app, reset, !reset, !reset]);
    }
  });
});

describe('a value of the wrong type is told in the log with the function', () => {
  test('that the service calls', async () => {
    await using host = await serve('plain');
    expect(await host.calls(['values', 'aRecord', [{ x: 1 }]])).toBeUndefined();
    const log = host.log.join('\n');
    expect(log).toContain('expected number: FromJs { from: "undefined"');
    expect(log).toMatch(/^trap: .* \(in a call of a-record, with its arguments or its result\)$/m);
  });

  test('that the service provides', async () => {
    await using host = await serve('liar');
    const lie = ['values', 'aString', [encode('five')]] as const;
    expect(await host.calls(lie, ['values', 'aU8', [1]])).toBeUndefined();
    const log = host.log.join('\n');
    expect(log).toContain('expected number: FromJs { from: "string"');
    expect(log).toMatch(/^trap: .* \(in tenon:every-type\/values@1\.0\.0#a-u8\)$/m);
  });
});
