import { Store } from 'fermyon:spin/key-value@2.0.0';

const write = (key: string): void => Store.open('default').set(key, new Uint8Array([1]));

/** What goes wrong after something was written: none of it may remain. */
const ROUTES: Record<string, () => Response> = {
  '/ok': () => new Response('fine'),
  '/keys': () => Response.json(Store.open('default').getKeys()),
  '/loop': () => {
    write('loop');
    for (;;);
  },
  '/grow': () => {
    write('grow');
    const kept: Uint8Array[] = [];
    for (;;) kept.push(new Uint8Array(1_000_000).fill(1));
  },
  '/recurse': () => {
    write('recurse');
    const deeper = (n: number): number => deeper(n + 1) + 1;
    return new Response(String(deeper(0)));
  },
  '/throw': () => {
    write('throw');
    throw new TypeError('on purpose');
  },
};

export default {
  fetch(request: Request): Response {
    const route = ROUTES[new URL(request.url).pathname];
    return route ? route() : new Response(null, { status: 404 });
  },
};
