import { note } from 'tenon:chain/ledger@1.0.0';
import { offer } from 'tenon:chain/pricing@1.0.0';
import type { Cart, Quote, Refusal } from './contract.gen.ts';

export const cart: Cart = {
  checkout(basket) {
    const skus = [basket.lines.map(({ sku }) => sku), []];
    let priced: Quote;
    try {
      priced = offer(basket);
    } catch (error) {
      const { payload } = error as { payload?: Refusal };
      if (!payload) throw error;
      note({ basket: basket.id, outcome: { tag: 'err', val: payload }, skus });
      throw payload;
    }
    note({ basket: basket.id, outcome: { tag: 'ok', val: priced }, skus });
    return priced;
  },
};
