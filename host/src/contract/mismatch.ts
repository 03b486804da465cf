/**
 * A value that is not of its type. It is thrown where that shows and gains its path on the way out, so that
 * values which fit pay nothing for it: `order.lines[2].quantity: expected u32, found -1`.
 */
export class Mismatch extends TypeError {
  override readonly name: string = 'Mismatch';
  readonly expected: string;
  readonly found: string;
  /** Where in the value: `order.lines[2].quantity`. */
  path = '';

  constructor(expected: string, found: string) {
    super(`expected ${expected}, found ${found}`);
    this.expected = expected;
    this.found = found;
  }

  /** Puts a step or a name in front of the path. */
  within(step: string): this {
    this.path = step + this.path;
    this.message = `${this.path.replace(/^\./, '')}: expected ${this.expected}, found ${this.found}`;
    return this;
  }
}

export function mismatch(expected: string, value: unknown): never {
  throw new Mismatch(expected, describe(value));
}

/** What was caught, with a step in front of its path if it is a mismatch. */
export function within(error: unknown, step: string): unknown {
  return error instanceof Mismatch ? error.within(step) : error;
}

const LONGEST_TEXT = 40;

/** A value in a few words: numbers and short texts themselves, else what kind of thing it is. */
export function describe(value: unknown): string {
  switch (typeof value) {
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value);
    case 'bigint':
      return `${value}n`;
    case 'string':
      return JSON.stringify(value.length > LONGEST_TEXT ? `${value.slice(0, LONGEST_TEXT)}…` : value);
    case 'object':
      if (value === null) return 'null';
      if (Array.isArray(value))
        return value.length === 1 ? 'an array of 1 item' : `an array of ${value.length} items`;
      return ArrayBuffer.isView(value) ? 'bytes or numbers of a typed array' : 'an object';
    case 'function':
      return 'a function';
    case 'symbol':
      return 'a symbol';
    default:
      return String(value);
  }
}
