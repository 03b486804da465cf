import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { statement } from './statements.ts';

/** Without what only people read: each program is sent with it. */
const PRELUDE = readFileSync(join(import.meta.dirname, '..', 'prelude.js'), 'utf8')
  .replaceAll(/^ *(\/\/|\/\*).*$/gm, '')
  .replaceAll(/\n\s*/g, '\n');

/** What a program may do at its end, when what it says is already written: break what the next would need. */
const ENDS = [
  '',
  '',
  'Math.imul = () => 13; Array.prototype.flatMap = undefined; delete globalThis.parseInt; ',
  'Object.freeze(Map.prototype); Object.freeze(Math); Object.seal(Array); ',
  'Object.defineProperty(Array.prototype, 3, { get: () => "wrecked", configurable: true }); ',
  'delete JSON.parse; Date.UTC = Number.prototype.toFixed = BigInt.asIntN = () => { throw 1 }; ',
];

export interface Program {
  readonly strict: boolean;
  readonly statements: readonly string[];
  /** What it does when what it says is already written. */
  readonly end: string;
}

/** Makes the desk trap, and with it the event. */
const COLLAPSE = 'desk.collapse(); ';

export const program: fc.Arbitrary<Program> = fc.record({
  strict: fc.boolean(),
  statements: fc.array(statement, { minLength: 1, maxLength: 14, size: 'max' }),
  end: fc.oneof(
    { weight: 50, arbitrary: fc.constantFrom(...ENDS) },
    { weight: 1, arbitrary: fc.constant(COLLAPSE) },
  ),
});

/** The body of a function that takes a desk and gives a text: what the program says, and details of it. */
export function textOf({ strict, statements, end }: Program): string {
  return [
    ...(strict ? ["'use strict';"] : []),
    PRELUDE,
    ...statements,
    'const answer = JSON.stringify({ all: everything(), details });',
    end,
    'return answer;',
  ].join('\n');
}
