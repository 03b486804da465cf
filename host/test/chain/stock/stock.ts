import { Store } from 'fermyon:spin/key-value@2.0.0';
import type { Stock } from './contract.gen.ts';

/** How many pieces of each there are; what is reserved stays reserved within one basket only, the store counts. */
const LEVELS: Readonly<Record<string, number>> = { nail: 1000, hammer: 3, säge: 4_000_000_000, '🪚': 1 };

const decoder = new TextDecoder();
const encoder = new TextEncoder();

export const stock: Stock = {
  reserve(sku, quantity) {
    const level = LEVELS[sku] ?? 0;
    if (quantity > level) throw { sku, missing: quantity - level };
    const store = Store.open('default');
    const before = store.get(`reserved/${sku}`);
    const count = (before ? Number(decoder.decode(before)) : 0) + quantity;
    store.set(`reserved/${sku}`, encoder.encode(String(count)));
    // Beyond 2^53, and exact: what stands for a number of a warehouse's own.
    return 2 ** 60 + 1024 * quantity;
  },
  levels: (skus) => skus.map((sku) => [sku, LEVELS[sku] ?? null]),
};
