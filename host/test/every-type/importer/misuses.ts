import { Counter, issue, look, passOn, redeem } from 'tenon:every-type/resources@1.0.0';

/** Uses of handles that are no longer there. */
export const MISUSES: Readonly<Record<string, () => unknown>> = {
  'lend-given-away'() {
    const counter = new Counter(1);
    passOn(counter);
    return look(counter);
  },
  'call-given-away'() {
    const counter = new Counter(1);
    passOn(counter);
    return counter.currentValue();
  },
  'give-away-twice'() {
    const token = issue();
    redeem(token);
    return redeem(token);
  },
  'call-dropped'() {
    const counter = new Counter(1);
    counter[Symbol.dispose]();
    return counter.currentValue();
  },
  'drop-twice'() {
    const counter = new Counter(1);
    counter[Symbol.dispose]();
    counter[Symbol.dispose]();
    return 'done';
  },
};
