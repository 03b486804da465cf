import * as fc from 'fast-check';
import { SKUS, type Basket, type Line } from './oracle.ts';

/** Strings with everything that an encoding can get wrong. */
const text = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
  fc.constantFrom('', 'säge', '🪚', '"\\\u0000\u2028', 'null', '_tenon'),
);

/** Numbers of 64 bits that a service can hold, beyond 2^53 too. */
const wide = fc.oneof(
  fc.nat(),
  fc.maxSafeNat(),
  fc.nat({ max: 1024 }).map((n) => 2 ** 63 - 1024 * (n + 1)),
);

const discount: fc.Arbitrary<Line['discount']> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ tag: 'none' as const }) },
  fc.record({ tag: fc.constant('percent' as const), val: fc.nat({ max: 255 }) }),
  fc.record({ tag: fc.constant('amount' as const), val: wide }),
  fc.record({ tag: fc.constant('code' as const), val: fc.oneof(fc.constant('HALF'), text) }),
);

const line: fc.Arbitrary<Line> = fc.record({
  sku: fc.oneof({ weight: 12, arbitrary: fc.constantFrom(...SKUS) }, text),
  quantity: fc.oneof(
    { weight: 8, arbitrary: fc.nat({ max: 5 }) },
    fc.constantFrom(0, 1000, 1001, 3_000_000_000, 3_000_000_001, 4_294_967_295),
  ),
  marks: fc.record({ gift: fc.boolean(), fragile: fc.boolean(), express: fc.boolean() }),
  note: fc.option(text),
  discount,
});

const floor: fc.Arbitrary<number | null> = fc.option(fc.integer({ min: -128, max: 127 }));

/** Baskets whose ids differ by `id`: what is noted of one must not be taken for another's. */
export function baskets(id: () => number): fc.Arbitrary<Basket> {
  return fc.record({
    id: fc.constant(0).map(id),
    currency: fc.constantFrom('eur', 'usd', 'yen'),
    lines: fc.array(line, { maxLength: 6 }),
    address: fc.option(fc.tuple(text, fc.nat({ max: 65_535 }), floor)),
    signature: fc.array(fc.nat({ max: 255 }), { maxLength: 8 }),
  });
}
