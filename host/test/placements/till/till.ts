import { Store } from 'fermyon:spin/key-value@2.0.0';
import type { Refusal, Till } from './contract.gen.ts';
import { count } from '../counter.ts';

const MOST = 100;

/** What a function throws for its result's error. */
class Refused extends Error {
  readonly payload: Refusal;

  constructor(payload: Refusal) {
    super('refused');
    this.payload = payload;
  }
}

export const till: Till = {
  sum(lines) {
    if (lines.length === 0) throw new Refused({ tag: 'empty' });
    const sum = lines.reduce((before, { quantity }) => before + quantity, 0);
    if (sum > MOST) throw new Refused({ tag: 'too-many', val: sum });
    return sum;
  },
  count,
  write(value) {
    Store.open('default').set('value', new TextEncoder().encode(value));
  },
  fail(how) {
    throw new RangeError(`the till failed: ${how}`);
  },
};
