import { Store } from 'fermyon:spin/key-value@2.0.0';
import { checkout } from 'tenon:chain/cart@1.0.0';
import { piece } from 'tenon:chain/pricing@1.0.0';
import type { Basket } from 'tenon:chain/types@1.0.0';

/** Bytes and nothing else are no JSON: they travel as a list of numbers. */
function basketOf(json: string): Basket {
  const basket = JSON.parse(json) as Basket & { signature: number[] };
  return { ...basket, signature: Uint8Array.from(basket.signature) };
}

/** `POST /basket`, `GET /piece?<sku>`, and what is in the store: `GET /store?<key>`. */
export default {
  async fetch(request: Request): Promise<Response> {
    const { pathname, search } = new URL(request.url);
    const argument = decodeURIComponent(search.slice(1));
    switch (pathname) {
      case '/basket': {
        try {
          return Response.json(checkout(basketOf(await request.text())));
        } catch (error) {
          const { payload } = error as { payload?: unknown };
          if (payload === undefined) throw error;
          return Response.json(payload, { status: 422 });
        }
      }
      case '/piece':
        return Response.json({ piece: piece(argument) ?? null });
      case '/store': {
        const value = Store.open('default').get(argument);
        return new Response(value ?? null, { status: value ? 200 : 404 });
      }
      default:
        return new Response(null, { status: 404 });
    }
  },
};
