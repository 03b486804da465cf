import type { Code } from './code.ts';

/** Expressions by what they come to, so that most programs do something before they fail. */
export interface Expressions {
  readonly num: Code;
  readonly str: Code;
  readonly bool: Code;
  readonly list: Code;
  readonly big: Code;
  readonly object: Code;
  readonly map: Code;
  readonly date: Code;
  readonly re: Code;
  readonly lines: Code;
  readonly rule: Code;
}

/** What an expression of one kind can be, made of expressions. */
export type Alternatives = (of: Expressions) => readonly Code[];
