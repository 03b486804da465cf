import { Store } from 'fermyon:spin/key-value@2.0.0';
import * as desk from 'tenon:placements/desk@1.0.0';
import type { Order } from 'tenon:placements/types@1.0.0';

const order = (): Order => ({
  id: 4_000_000_000,
  lines: [
    { name: 'cheese', quantity: 2 },
    { name: '🧀', quantity: 5 },
  ],
  note: 'a note',
  data: new Uint8Array([1, 2, 3]),
});

/** Swallows whatever is thrown, and leaves a trace if it could. */
function swallowing(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    Store.open('default').set('swallowed', new Uint8Array());
    return `swallowed ${String(error)}`;
  } finally {
    Store.open('default').set('finally', new Uint8Array());
  }
}

/** What the caller does with its desk, by name; the argument is text. */
export const CALLS: Readonly<Record<string, (argument: string) => unknown>> = {
  price: () => desk.price(order()),
  'price-of-nothing': () => desk.price({ ...order(), lines: [] }),
  'price-of-much': () => desk.price({ ...order(), lines: [{ name: 'x', quantity: 101 }] }),
  check: (how) => desk.check(how === 'fail'),
  text: (how) => desk.text(how),
  large: () => [desk.large(2 ** 31), desk.large(2 ** 32 - 1), desk.large(0)],
  counts: () => [desk.counts(), desk.counts()],

  'keep-a-copy'() {
    const mine = order();
    desk.keep(mine);
    const before = desk.kept();
    mine.note = 'changed by the caller';
    mine.lines[0]!.quantity = 77;
    mine.data[1] = 77;
    const given = desk.kept();
    given.lines.pop();
    given.data[2] = 55;
    return [mine, before, given, desk.kept()];
  },
  'further-members'() {
    desk.keep({ ...order(), further: 'member' } as Order);
    return desk.kept();
  },
  'missing-note'() {
    const { id, lines, data } = order();
    desk.keep({ id, lines, data } as unknown as Order);
    return desk.kept();
  },

  sleep: (milliseconds) => desk.sleep(Number(milliseconds)),
  async 'jobs-of-the-caller'() {
    const steps: string[] = [];
    const job = Promise.resolve().then(() => void steps.push('job'));
    const timer = new Promise<void>((resolve) => {
      setTimeout(() => {
        steps.push('timer');
        resolve();
      }, 1);
    });
    desk.sleep(5);
    steps.push('called');
    await job;
    steps.push('awaited');
    await timer;
    return steps;
  },

  misbehave: (how) => swallowing(() => desk.misbehave(how)),
  store(how) {
    Store.open('default').set('before', new Uint8Array());
    swallowing(() => desk.store('stored', how));
    return 'done';
  },
  /** An argument that is not of its type. */
  wrong: () => swallowing(() => desk.keep({ ...order(), lines: [{ name: 'x', quantity: 'many' }] } as never)),
  'wrong-text': () => swallowing(() => desk.text('\ud800')),
  stored: () => {
    const store = Store.open('default');
    return store.getKeys().sort();
  },
};
