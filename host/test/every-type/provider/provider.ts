import type {
  Colour,
  Counter as CounterHandle,
  Resources,
  Results,
  Token as TokenHandle,
  Users,
  Values,
} from './contract.gen.ts';
import { echoes } from '../echoes.ts';

export const values: Values = {
  ...echoes,
  anOptionInTheMiddle: (a, b) => (b === 'nothing' ? undefined : a),
};

/** What a function throws where its result has an error with a value. */
class Failure<T> extends Error {
  readonly payload: T;

  constructor(payload: T) {
    super('asked to fail');
    this.payload = payload;
  }
}

let lastText = '';

export const results: Results = {
  both(fail) {
    if (fail) throw new Failure('both failed');
    return 7;
  },
  onlyOk(fail) {
    if (fail) throw new Error('has no value');
    return 'fine';
  },
  onlyError(fail) {
    if (fail) throw new Failure({ tag: 'because', val: 'it was asked to' });
  },
  neither(fail) {
    if (fail) throw new Error('has no value');
  },
  async enumError(fail) {
    if (fail) throw new Failure<Colour>('dark-blue');
    return 8;
  },
  okOption(fail) {
    if (fail) throw new Failure('no bytes');
    return new Uint8Array([1, 2, 3]);
  },

  takeBoth: (v) => v.tag === 'ok' && v.val === 7,
  takeOnlyOk: (v) => v.tag === 'ok' && v.val === 'fine',
  takeOnlyError: (v) => v.tag === 'err' && v.val.tag === 'because' && v.val.val === 'why',
  takeNeither: (v) => v.tag === 'ok',

  noResult(text) {
    lastText = text;
  },
  noParameters: () => lastText,
};

class Counter implements CounterHandle {
  #value: number;

  constructor(start: number) {
    this.#value = start;
  }

  async add(amount: number): Promise<number> {
    this.#value += amount;
    return this.#value;
  }

  currentValue(): number {
    return this.#value;
  }

  static larger(a: Counter, b: Counter): number {
    return Math.max(a.#value, b.#value);
  }

  static parse(text: string): Counter {
    if (!/^\d+$/.test(text)) throw new Failure(`${text} is no number`);
    return new Counter(Number(text));
  }
}

const issued = new Set<TokenHandle>();

class Token implements TokenHandle {
  readonly number = issued.size;
}

export const resources: Resources = {
  Counter,
  Token,
  issue() {
    const token = new Token();
    issued.add(token);
    return token;
  },
  redeem: (token) => issued.delete(token),
  look: (counter) => counter.currentValue(),
  passOn: (counter) => counter,
  all(counters) {
    const first = counters[0];
    return first && [first, new Token()];
  },
};

export const users: Users = {
  count: (tally) => tally.currentValue(),
};
