/** What the chain of services answers, worked out in one function: every placement must agree with it. */

export interface Line {
  readonly sku: string;
  readonly quantity: number;
  readonly marks: { readonly gift: boolean; readonly fragile: boolean; readonly express: boolean };
  readonly note: string | null;
  readonly discount:
    | { readonly tag: 'none' }
    | { readonly tag: 'percent' | 'amount'; readonly val: number }
    | { readonly tag: 'code'; readonly val: string };
}

export interface Basket {
  readonly id: number;
  readonly currency: 'eur' | 'usd' | 'yen';
  readonly lines: readonly Line[];
  readonly address: readonly [string, number, number | null] | null;
  readonly signature: readonly number[];
}

export interface Answer {
  readonly status: 200 | 422;
  readonly body: unknown;
  /** What is reserved of each sku by this basket. */
  readonly reserved: Readonly<Record<string, number>>;
}

const LEVELS: Readonly<Record<string, number>> = { nail: 1000, hammer: 3, säge: 4_000_000_000, '🪚': 1 };
const PIECES: Readonly<Record<string, number>> = { nail: 5, hammer: 1999, säge: 2 ** 33, '🪚': 1 };
export const SKUS = Object.keys(LEVELS);

export function answerOf({ id, currency, lines }: Basket): Answer {
  const refused = (body: unknown, reserved = {}): Answer => ({ status: 422, body, reserved });
  if (lines.length === 0) return refused({ tag: 'empty' });
  const unknown = lines.find(({ sku }) => !SKUS.includes(sku));
  if (unknown) return refused({ tag: 'unknown-sku', val: unknown.sku });
  const large = lines.find(({ quantity }) => quantity > 3_000_000_000);
  if (large) {
    return refused({ tag: 'too-many', val: { sku: large.sku, missing: large.quantity - 3_000_000_000 } });
  }
  const reserved: Record<string, number> = {};
  const prices: unknown[] = [];
  let total = 0;
  for (const { sku, quantity, discount } of lines) {
    const cost = costOf(PIECES[sku]! * quantity, discount);
    if (typeof cost !== 'number') return refused({ tag: 'bad-code', val: cost.code }, reserved);
    const level = LEVELS[sku]!;
    if (quantity > level) {
      prices.push({ sku, reserved: { tag: 'err', val: { sku, missing: quantity - level } } });
      continue;
    }
    reserved[sku] = (reserved[sku] ?? 0) + quantity;
    prices.push({ sku, reserved: { tag: 'ok', val: [2 ** 60 + 1024 * quantity, cost] } });
    total += cost;
  }
  const any = (mark: keyof Line['marks']): boolean => lines.some(({ marks }) => marks[mark]);
  const marks = { gift: any('gift'), fragile: any('fragile'), express: any('express') };
  return { status: 200, body: { basket: id, currency, total, prices, marks }, reserved };
}

function costOf(full: number, discount: Line['discount']): number | { readonly code: string | null } {
  switch (discount.tag) {
    case 'none':
      return full;
    case 'percent':
      return Math.floor((full * (100 - Math.min(discount.val, 100))) / 100);
    case 'amount':
      return Math.max(0, full - discount.val);
    case 'code':
      if (discount.val === 'HALF') return Math.floor(full / 2);
      return { code: discount.val === '' ? null : discount.val };
  }
}
