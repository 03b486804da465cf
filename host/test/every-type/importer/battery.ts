import * as resources from 'tenon:every-type/resources@1.0.0';
import { Counter, all, issue, look, passOn, redeem } from 'tenon:every-type/resources@1.0.0';
import {
  both,
  enumError,
  neither,
  noParameters,
  noResult,
  okOption,
  onlyError,
  onlyOk,
  takeBoth,
  takeNeither,
  takeOnlyError,
  takeOnlyOk,
  type Problem,
} from 'tenon:every-type/results@1.0.0';
import type { Colour, Everything } from 'tenon:every-type/types@1.0.0';
import { count } from 'tenon:every-type/users@1.0.0';
import {
  aNestedOption,
  aNestedRecord,
  aNestedResult,
  aTuple,
  aVariant,
  anOption,
  anOptionInTheMiddle,
  fewFlags,
  manyFlags,
} from 'tenon:every-type/values@1.0.0';
import { encode } from '../encoding.ts';

/** Calls the provider in every way and gives what was not as its contract says, one text each. */
export function battery(): string[] {
  const failures: string[] = [];
  for (const [name, test] of Object.entries(TESTS)) {
    try {
      test((actual, expected) => {
        if (encode(actual) !== encode(expected))
          failures.push(`${name}: ${encode(actual)}, not ${encode(expected)}`);
      });
    } catch (error) {
      failures.push(`${name}: threw ${String(error)}`);
    }
  }
  return failures;
}

type Test = (same: (actual: unknown, expected: unknown) => void) => void;

/** The error's payload, or that there was no error. */
function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error instanceof Error && 'payload' in error ? error.payload : error;
  }
  return 'nothing was thrown';
}

const EVERYTHING: Everything = {
  flag: true,
  aU8: 255,
  aS8: -128,
  aU16: 65_535,
  aS16: -32_768,
  aU32: 4_294_967_295,
  aS32: -2_147_483_648,
  aU64: Number.MAX_SAFE_INTEGER,
  aS64: Number.MIN_SAFE_INTEGER,
  aF32: Math.fround(0.1),
  aF64: -0,
  aChar: '🧀',
  aString: 'a\0b\u{10ffff}',
  someBytes: new Uint8Array([0, 255]),
  colour: 'dark-blue',
  few: { read: false, writeAll: true },
  shape: { tag: 'labelled', val: { label: '', colour: 'green', at: { x: Number.NaN, y: -Infinity } } },
  pair: ['', 3_000_000_000],
  maybe: null,
  maybeMaybe: { tag: 'some', val: null },
  points: [
    { x: 1, y: 2 },
    { x: 5e-324, y: 1.7976931348623157e308 },
  ],
  outcome: { tag: 'err', val: 'no' },
  type: 'a word of WIT',
};

const TESTS: Record<string, Test> = {
  'a record of everything'(same) {
    same(aNestedRecord(EVERYTHING), EVERYTHING);
  },

  'results that are ok'(same) {
    same([both(false), onlyOk(false), onlyError(false), neither(false)], [7, 'fine', undefined, undefined]);
    same(enumError(false), 8);
    same(okOption(false), new Uint8Array([1, 2, 3]));
  },
  'results that are errors'(same) {
    same(
      thrownBy(() => both(true)),
      'both failed',
    );
    same(
      thrownBy(() => onlyOk(true)),
      undefined,
    );
    const problem: Problem = { tag: 'because', val: 'it was asked to' };
    same(
      thrownBy(() => onlyError(true)),
      problem,
    );
    same(
      thrownBy(() => neither(true)),
      undefined,
    );
    const colour: Colour = 'dark-blue';
    same(
      thrownBy(() => enumError(true)),
      colour,
    );
    same(
      thrownBy(() => okOption(true)),
      'no bytes',
    );
  },
  'results as arguments'(same) {
    same([takeBoth({ tag: 'ok', val: 7 }), takeBoth({ tag: 'err', val: 'ok' })], [true, false]);
    same([takeOnlyOk({ tag: 'ok', val: 'fine' }), takeOnlyOk({ tag: 'err' })], [true, false]);
    same(
      [takeOnlyError({ tag: 'ok' }), takeOnlyError({ tag: 'err', val: { tag: 'unknown' } })],
      [false, false],
    );
    same(takeOnlyError({ tag: 'err', val: { tag: 'because', val: 'why' } }), true);
    same([takeNeither({ tag: 'ok' }), takeNeither({ tag: 'err' })], [true, false]);
    same(aNestedResult({ tag: 'err', val: '' }), { tag: 'err', val: '' });
    same(aNestedResult(undefined), null);
  },
  'no parameters and no result'(same) {
    same(noResult('kept'), undefined);
    same(noParameters(), 'kept');
  },

  options(same) {
    same([anOption('x'), anOption(''), anOption(null), anOption(undefined)], ['x', '', null, null]);
    same(anOptionInTheMiddle(0, 'x'), 0);
    same([anOptionInTheMiddle(1, 'nothing'), anOptionInTheMiddle(undefined, 'x')], [null, null]);
  },
  'options in options'(same) {
    same(aNestedOption({ tag: 'none' }), { tag: 'none' });
    same(aNestedOption({ tag: 'some', val: undefined }), { tag: 'some', val: null });
    same(aNestedOption({ tag: 'some', val: 0 }), { tag: 'some', val: 0 });
  },
  flags(same) {
    same(fewFlags({}), { read: false, writeAll: false });
    same(fewFlags({ writeAll: true }), { read: false, writeAll: true });
    const { n0, n1, n30, n31 } = manyFlags({ n0: true, n31: true });
    same([n0, n1, n30, n31], [true, false, false, true]);
  },
  variants(same) {
    same(aVariant({ tag: 'nothing' }), { tag: 'nothing' });
    same(aVariant({ tag: 'circle', val: 0.1 }), { tag: 'circle', val: Math.fround(0.1) });
    same(aVariant({ tag: 'polygon', val: [] }), { tag: 'polygon', val: [] });
    const shape = aVariant({ tag: 'labelled', val: { label: 'l', at: { x: 0, y: 0 } } });
    same(shape.tag === 'labelled' && shape.val.colour, null);
  },
  tuples(same) {
    same(aTuple([1, 'two', { x: 3, y: 4 }]), [1, 'two', { x: 3, y: 4 }]);
  },

  'a resource with constructor, methods and statics'(same) {
    const three = new Counter(3);
    same(three instanceof Counter, true);
    same([three.add(4), three.add(0), three.currentValue()], [7, 7, 7]);
    const five = new Counter(5);
    same([Counter.larger(three, five), Counter.larger(five, three), Counter.larger(five, five)], [7, 7, 5]);
    const parsed = Counter.parse('12');
    same([parsed instanceof Counter, parsed.add(1)], [true, 13]);
    same(
      thrownBy(() => Counter.parse('x')),
      'x is no number',
    );
  },
  'a handle lent keeps its place'(same) {
    const lent = new Counter(1);
    same([look(lent), look(lent), lent.add(1), look(lent)], [1, 1, 2, 2]);
  },
  'a handle of another interface'(same) {
    const tally = new Counter(9);
    same([count(tally), tally.add(1), count(tally)], [9, 10, 10]);
  },
  'a handle given away comes back as a new one'(same) {
    const before = new Counter(20);
    before.add(1);
    const after = passOn(before);
    same([after instanceof Counter, after.currentValue(), after.add(1)], [true, 21, 22]);
    const again = passOn(passOn(after));
    same([again.currentValue(), look(again)], [22, 22]);
  },
  'handles in a list and in a tuple'(same) {
    same(all([]), null);
    const found = all([new Counter(50), new Counter(51), new Counter(52)]);
    same(found?.length, 2);
    same(found?.[0].add(1), 51);
    same(found && redeem(found[1]), false);
  },
  'a resource without members'(same) {
    const [one, two] = [issue(), issue()];
    same([redeem(two), redeem(one)], [true, true]);
    same(
      [typeof Reflect.get(resources, 'Counter'), typeof Reflect.get(resources, 'Token')],
      ['function', 'undefined'],
    );
    same(typeof Reflect.get(issue(), Symbol.dispose), 'function');
  },
  'many handles'(same) {
    const counters = Array.from({ length: 300 }, (_, at) => new Counter(at));
    same(
      counters.reduce((sum, counter) => sum + counter.currentValue(), 0),
      44_850,
    );
    for (const counter of counters) counter[Symbol.dispose]();
    same(new Counter(1).add(1), 2);
  },
};
