import { count as tillCount, fail, sum, write } from 'tenon:placements/till@1.0.0';
import type { Desk, Order } from './contract.gen.ts';
import { count } from '../counter.ts';

const NOTHING: Order = { id: 0, lines: [], note: null, data: new Uint8Array() };
let last: Order = NOTHING;

export const desk: Desk = {
  async price(order) {
    await Promise.resolve();
    return sum(order.lines);
  },
  check(fails) {
    if (fails) throw new Error('any error means it');
  },
  text(how) {
    if (how === 'text') throw 'a text that is no Error';
    if (how === 'payload') throw Object.assign(new Error('with a payload'), { payload: 'the payload' });
    if (how === 'wrong payload') throw Object.assign(new Error('with a payload'), { payload: 7 });
    if (how === 'error') throw new Error('an error without a payload');
    return how;
  },
  keep(order) {
    last = order;
    order.lines.reverse();
    order.note = 'changed by the desk';
    order.data[0] = 99;
  },
  kept: () => last,
  misbehave(how): Order {
    const line = { name: 'a', quantity: -1 };
    switch (how) {
      case 'wrong member':
        return { ...NOTHING, lines: [{ name: 'b', quantity: 2 }, line] };
      case 'nothing':
        return undefined as never;
      case 'throws':
        throw new RangeError('the desk failed');
      case 'throws text':
        throw 'just a text';
      case 'rejects':
        return Promise.reject(new RangeError('the desk failed later')) as never;
      case 'unhandled':
        void Promise.reject(new RangeError('nobody looked'));
        return NOTHING;
      case 'never':
        return new Promise(() => {}) as never;
      case 'till':
        return failInTill();
      default:
        return NOTHING;
    }
  },
  large: (value) => value,
  async sleep(milliseconds) {
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    return milliseconds;
  },
  counts: () => [count(), tillCount()],
  store(value, how) {
    write(value);
    if (how !== '') throw new RangeError(how);
  },
};

function failInTill(): Order {
  try {
    fail('from the desk');
  } catch {
    // A trap of another component is not to be caught.
  }
  return NOTHING;
}
