import { encode } from '../every-type/encoding.ts';

/** What a call answers under every placement. */
type Answer = readonly [call: string, answer: string];

const value = (given: unknown): string => encode({ value: given });
const thrown = (message: string, payload: unknown): string => encode({ name: 'Error', message, payload });

const cheese = { name: 'cheese', quantity: 2 };
const emoji = { name: '🧀', quantity: 5 };
const order = { id: 4_000_000_000, lines: [cheese, emoji], note: 'a note', data: new Uint8Array([1, 2, 3]) };
/** As the desk changed its copy. */
const kept = {
  ...order,
  lines: [emoji, cheese],
  note: 'changed by the desk',
  data: new Uint8Array([99, 2, 3]),
};

export const ANSWERS: readonly Answer[] = [
  ['price', value(7)],
  ['price-of-nothing', thrown('[object Object] (see error.payload)', { tag: 'empty' })],
  ['price-of-much', thrown('[object Object] (see error.payload)', { tag: 'too-many', val: 101 })],
  ['check', value(undefined)],
  ['check?fail', thrown('undefined (see error.payload)', undefined)],
  ['text?fine', value('fine')],
  ['text?text', thrown('a text that is no Error', 'a text that is no Error')],
  ['text?payload', thrown('the payload', 'the payload')],
  ['large', value([2 ** 31, 2 ** 32 - 1, 0])],
  [
    'counts',
    value([
      [1, 1],
      [2, 2],
    ]),
  ],
  [
    'keep-a-copy',
    value([
      {
        ...order,
        lines: [{ ...cheese, quantity: 77 }, emoji],
        note: 'changed by the caller',
        data: new Uint8Array([1, 77, 3]),
      },
      kept,
      { ...kept, lines: [emoji], data: new Uint8Array([99, 2, 55]) },
      kept,
    ]),
  ],
  ['further-members', value(kept)],
  ['missing-note', value(kept)],
  ['sleep?2', value(2)],
  ['jobs-of-the-caller', value(['called', 'job', 'awaited', 'timer'])],
];

interface Failure {
  /** The edge whose placement decides how it is told. */
  readonly edge: 'caller.desk' | 'desk.till';
  /** What the log says. */
  readonly linked: readonly string[];
  readonly fused: readonly string[];
}

function threw(path: string, text: string, place: string, edge: Failure['edge'] = 'caller.desk'): Failure {
  const service = path.split('.')[0]!;
  const frames = place === '' ? [] : [place];
  return {
    edge,
    linked: [`${path} threw ${text}`, ...frames],
    fused: [`${path} of ${service} threw ${text}`, ...frames],
  };
}

function wrong(linked: string, fused: string): Failure {
  return { edge: 'caller.desk', linked: [linked], fused: [fused] };
}

/** Calls that end the event under every placement, whatever the caller catches. */
export const FAILURES: readonly (readonly [call: string, failure: Failure])[] = [
  ['misbehave?throws', threw('desk.misbehave', 'RangeError: the desk failed', 'at misbehave (desk/desk.ts:')],
  ['misbehave?throws text', threw('desk.misbehave', 'just a text', '')],
  [
    'misbehave?rejects',
    threw('desk.misbehave', 'RangeError: the desk failed later', 'at misbehave (desk/desk.ts:'),
  ],
  [
    'misbehave?unhandled',
    threw('desk.misbehave', 'RangeError: nobody looked', 'at misbehave (desk/desk.ts:'),
  ],
  ['misbehave?never', threw('desk.misbehave', 'Error: this promise can never settle', '')],
  [
    'misbehave?till',
    threw('till.fail', 'RangeError: the till failed: from the desk', 'at fail (till/till.ts:', 'desk.till'),
  ],
  ['store?fails', threw('desk.store', 'RangeError: fails', 'at store (desk/desk.ts:')],
  ['text?error', threw('desk.text', 'Error: an error without a payload', 'at text (desk/desk.ts:')],
  [
    'text?wrong payload',
    wrong(
      'expected string',
      'desk.text of desk threw a wrong value: Mismatch: error: expected string, found 7',
    ),
  ],
  [
    'misbehave?nothing',
    wrong(
      'expected object',
      'desk.misbehave of desk gave a wrong value: Mismatch: result: expected a record, found undefined',
    ),
  ],
  [
    'wrong',
    wrong(
      'expected number',
      'caller called desk.keep of desk with a wrong value: Mismatch: order.lines[0].quantity: expected u32, found "many"',
    ),
  ],
  [
    'wrong-text',
    wrong(
      'expected string',
      'caller called desk.text of desk with a wrong value: Mismatch: fail: expected string without lone surrogates',
    ),
  ],
];
