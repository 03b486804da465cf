import { levels, reserve } from 'tenon:chain/stock@1.0.0';
import type { Basket, Line, Marks, Price, Refusal } from 'tenon:chain/types@1.0.0';
import type { Pricing } from './contract.gen.ts';

const PIECES: Readonly<Record<string, number>> = { nail: 5, hammer: 1999, säge: 2 ** 33, '🪚': 1 };
const MOST = 3_000_000_000;

function refuse(refusal: Refusal): never {
  throw refusal;
}

function priceOf({ sku, quantity, discount }: Line): number {
  const full = PIECES[sku]! * quantity;
  switch (discount.tag) {
    case 'none':
      return full;
    case 'percent':
      return Math.floor((full * (100 - Math.min(discount.val, 100))) / 100);
    case 'amount':
      return Math.max(0, full - discount.val);
    case 'code':
      if (discount.val === 'HALF') return Math.floor(full / 2);
      return refuse({ tag: 'bad-code', val: discount.val === '' ? null : discount.val });
  }
}

/** Shortages are part of a quote; what the contract of the stock calls an error is caught here. */
function reserved(line: Line): Price {
  const { sku, quantity } = line;
  const cost = priceOf(line);
  try {
    return { sku, reserved: { tag: 'ok', val: [reserve(sku, quantity), cost] } };
  } catch (error) {
    const { payload } = error as { payload?: { sku: string; missing: number } };
    if (!payload) throw error;
    return { sku, reserved: { tag: 'err', val: payload } };
  }
}

function anyMark(lines: readonly Line[], mark: keyof Marks): boolean {
  return lines.some(({ marks }) => marks[mark] === true);
}

export const pricing: Pricing = {
  offer({ id, currency, lines }: Basket) {
    if (lines.length === 0) refuse({ tag: 'empty' });
    for (const [sku, level] of levels(lines.map((line) => line.sku))) {
      if (level === null || level === undefined) refuse({ tag: 'unknown-sku', val: sku });
    }
    const large = lines.find(({ quantity }) => quantity > MOST);
    if (large) refuse({ tag: 'too-many', val: { sku: large.sku, missing: large.quantity - MOST } });
    const prices = lines.map(reserved);
    return {
      basket: id,
      currency,
      total: prices.reduce((sum, { reserved: one }) => sum + (one.tag === 'ok' ? one.val[1] : 0), 0),
      prices,
      marks: {
        gift: anyMark(lines, 'gift'),
        fragile: anyMark(lines, 'fragile'),
        express: anyMark(lines, 'express'),
      },
    };
  },
  piece: (sku) => PIECES[sku] ?? null,
};
