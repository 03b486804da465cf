import { Store } from 'fermyon:spin/key-value@2.0.0';

const PATH = /^\/orderstatus\/(\d+)$/;

/** `GET /orderstatus/<id>`: 200 with the order's status, 404 for an id that no order has. */
export default {
  fetch(request: Request): Response {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return refuse(405, 'method', `use GET, not ${request.method}`, { allow: 'GET, HEAD' });
    }
    const id = PATH.exec(new URL(request.url).pathname)?.[1];
    const status = id && Store.open('default').get(id);
    if (!status) return refuse(404, 'id', 'no order has this id');
    return Response.json({ id, status: new TextDecoder().decode(status) });
  },
};

function refuse(
  status: number,
  field: string,
  problem: string,
  headers: Record<string, string> = {},
): Response {
  return Response.json({ error: { field, problem } }, { status, headers });
}
