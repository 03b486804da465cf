import { echo, judge, ping } from 'bench:hop/callee@0.1.0';

const TEXT = 'sixteen bytes ok';
const LINES = ['apple', 'pear', 'plum'].map((sku, index) => ({ sku, quantity: index + 1 }));

/** One call of each kind, and whether its answer is right. */
const CALLS: Record<string, (n: number) => boolean> = {
  ping: (n) => ping(n) === n + 1,
  echo: () => echo(TEXT) === TEXT,
  judge: (n) => judge({ id: n, lines: LINES }) === 'accepted',
};

/** `GET /hop?call=ping&count=1000` makes so many calls and answers how many were answered right. */
export default {
  fetch(request: Request): Response {
    const query = new URL(request.url).searchParams;
    const call = CALLS[query.get('call') ?? ''];
    if (!call) return new Response('unknown call', { status: 400 });
    const count = Number(query.get('count'));
    let right = 0;
    for (let n = 0; n < count; n++) if (call(n)) right++;
    return Response.json({ right });
  },
};
