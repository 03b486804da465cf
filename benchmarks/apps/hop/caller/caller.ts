import { echo, judge, ping } from 'bench:hop/callee@0.1.0';

type Order = Parameters<typeof judge>[0];
interface Callee {
  ping(n: number): number;
  echo(text: string): string;
  judge(order: Order): string;
}

/** The same as the service does, in the caller's own module: what a plain call costs in the engine. */
const own: Callee = {
  ping: (n) => n + 1,
  echo: (text) => text,
  judge: (order) => (order.lines.every((line) => line.quantity > 0) ? 'accepted' : 'refused'),
};
const callees: Record<string, Callee> = { own, service: { ping, echo, judge } };

/**
 * `GET /hop?call=echo&size=16&count=1000` makes so many calls with a string of that size, or an order of so many
 * lines, and answers how many were answered right; `&to=own` calls the caller's own function instead.
 */
export default {
  fetch(request: Request): Response {
    const query = new URL(request.url).searchParams;
    const callee = callees[query.get('to') ?? 'service'];
    if (!callee) return new Response('unknown callee', { status: 400 });
    const size = Number(query.get('size'));
    const count = Number(query.get('count'));
    let right = 0;
    switch (query.get('call')) {
      case 'ping':
        for (let n = 0; n < count; n++) if (callee.ping(n) === n + 1) right++;
        break;
      case 'echo': {
        const text = 'sixteen bytes ok'.repeat(size / 16);
        if (count > 0 && callee.echo(text) !== text) return Response.json({ right });
        // Their lengths from here on: to compare texts would be measured with the call.
        for (let n = 0; n < count; n++) if (callee.echo(text).length === size) right++;
        break;
      }
      case 'judge': {
        const lines = Array.from({ length: size }, (_, line) => ({ sku: `sku-${line}`, quantity: line + 1 }));
        const wrong = [...lines.slice(1), { sku: 'none', quantity: 0 }];
        if (count > 0 && callee.judge({ id: 0, lines: wrong }) !== 'refused') return Response.json({ right });
        for (let n = 0; n < count; n++) if (callee.judge({ id: n, lines }) === 'accepted') right++;
        break;
      }
      default:
        return new Response('unknown call', { status: 400 });
    }
    return Response.json({ right });
  },
};
