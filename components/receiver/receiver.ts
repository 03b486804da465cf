import { Store } from 'fermyon:spin/key-value@2.0.0';
import { submit } from 'orders:fulfilment/fulfilment@0.1.0';

const FIRST_ID = 100_000;
const LAST_ID = 999_998;
/** So many ids taken in a row mean that next to none is left: better an answer than an endless search. */
const MAX_DRAWS = 1_000;

/** `POST /order {"details": …}`: stores the order as `created`, hands it on and answers 202 at once. */
export default {
  async fetch(request: Request): Promise<Response> {
    if (request.method !== 'POST') {
      return refuse(405, 'method', `use POST, not ${request.method}`, { allow: 'POST' });
    }
    const read = readDetails(await request.text());
    if ('problem' in read) return refuse(400, read.field, read.problem);

    const store = Store.open('default');
    const id = drawFreeId(store);
    if (id === undefined) return refuse(503, 'id', 'no free order number was found');

    // `created` is stored before the order is handed on, so that it can never overwrite `fulfilled`.
    store.set(String(id), new TextEncoder().encode('created'));
    submit({ id, details: read.details, status: 'created' });
    return Response.json({ task: { href: `/orderstatus/${id}`, id, status: 'created' } }, { status: 202 });
  },
};

/** The order's details, or the field that is wrong and why. */
function readDetails(body: string): { details: string } | { field: string; problem: string } {
  let order: unknown;
  try {
    order = JSON.parse(body);
  } catch (error) {
    return { field: 'body', problem: `expected JSON: ${(error as Error).message}` };
  }
  if (typeof order !== 'object' || order === null || Array.isArray(order)) {
    return { field: 'body', problem: 'expected an object with "details"' };
  }
  const { details } = order as { details?: unknown };
  if (details === undefined) return { field: 'details', problem: 'is missing' };
  if (typeof details !== 'string') {
    return { field: 'details', problem: `expected a string, found ${describe(details)}` };
  }
  if (details.trim() === '') return { field: 'details', problem: 'must not be empty' };
  return { details };
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** A random id that no stored order has; the host runs the event again if another takes it meanwhile. */
function drawFreeId(store: Store): number | undefined {
  for (let draw = 0; draw < MAX_DRAWS; draw++) {
    const id = FIRST_ID + Math.floor(Math.random() * (LAST_ID - FIRST_ID + 1));
    if (!store.exists(String(id))) return id;
  }
  return undefined;
}

function refuse(
  status: number,
  field: string,
  problem: string,
  headers: Record<string, string> = {},
): Response {
  return Response.json({ error: { field, problem } }, { status, headers });
}
