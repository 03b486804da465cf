/**
 * What the orders app answers, row by row. A portable row holds wherever the units run: on Node, on Wasmtime,
 * under Spin. A host-only row is about what stands before the unit: routes, limits, well-known paths.
 */
export interface Row {
  readonly name: string;
  readonly portable: boolean;
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly status: number;
  /** The answer's JSON, or parts of it. */
  readonly json?: Readonly<Record<string, unknown>>;
  /** The answer's text, where it is not JSON. */
  readonly text?: string;
  readonly answerHeaders?: Readonly<Record<string, string>>;
}

const order = (body: string): Pick<Row, 'method' | 'path' | 'body' | 'portable'> => ({
  portable: true,
  method: 'POST',
  path: '/order',
  body,
});
const wrong = (field: string, problem: string): Pick<Row, 'status' | 'json'> => ({
  status: 400,
  json: { error: { field, problem } },
});

/** Rows that store nothing. */
export const REFUSALS: readonly Row[] = [
  { name: 'empty body', ...order(''), status: 400 },
  { name: 'invalid JSON', ...order('{"details":'), status: 400 },
  { name: 'JSON array', ...order('[]'), ...wrong('body', 'expected an object with "details"') },
  { name: 'JSON null', ...order('null'), ...wrong('body', 'expected an object with "details"') },
  { name: 'JSON string', ...order('"x"'), ...wrong('body', 'expected an object with "details"') },
  { name: 'details missing', ...order('{}'), ...wrong('details', 'is missing') },
  { name: 'details empty', ...order('{"details":""}'), ...wrong('details', 'must not be empty') },
  { name: 'details blank', ...order('{"details":"  "}'), ...wrong('details', 'must not be empty') },
  {
    name: 'details a number',
    ...order('{"details":7}'),
    ...wrong('details', 'expected a string, found a number'),
  },
  {
    name: 'details null',
    ...order('{"details":null}'),
    ...wrong('details', 'expected a string, found null'),
  },
  {
    name: 'details an array',
    ...order('{"details":["a"]}'),
    ...wrong('details', 'expected a string, found an array'),
  },
  {
    name: 'details an object',
    ...order('{"details":{}}'),
    ...wrong('details', 'expected a string, found an object'),
  },
  {
    name: 'GET order',
    portable: true,
    method: 'GET',
    path: '/order',
    status: 405,
    answerHeaders: { allow: 'POST' },
  },
  { name: 'DELETE order', portable: true, method: 'DELETE', path: '/order', status: 405 },
  { name: 'unknown id', portable: true, method: 'GET', path: '/orderstatus/99', status: 404 },
  { name: 'id of the wrong form', portable: true, method: 'GET', path: '/orderstatus/abc', status: 404 },
  { name: 'no id', portable: true, method: 'GET', path: '/orderstatus/', status: 404 },
  { name: 'below an id', portable: true, method: 'GET', path: '/orderstatus/123456/x', status: 404 },
  {
    name: 'POST status',
    portable: true,
    method: 'POST',
    path: '/orderstatus/1',
    status: 405,
    answerHeaders: { allow: 'GET, HEAD' },
  },
  { name: 'no route', portable: false, method: 'GET', path: '/nowhere', status: 404, text: '' },
  { name: 'root', portable: false, method: 'GET', path: '/', status: 404, text: '' },
  {
    name: 'body over the limit',
    portable: false,
    method: 'POST',
    path: '/order',
    body: `{"details":"${'x'.repeat(10 * 1024 * 1024)}"}`,
    status: 413,
  },
  {
    name: 'health',
    portable: false,
    method: 'GET',
    path: '/.well-known/spin/health',
    status: 200,
    text: 'OK',
  },
  {
    name: 'unknown well-known path',
    portable: false,
    method: 'GET',
    path: '/.well-known/spin/nothing',
    status: 404,
  },
  {
    name: 'a deeper path is not the exact route',
    portable: false,
    method: 'POST',
    path: '/order/1',
    body: '{"details":"x"}',
    status: 404,
  },
  {
    name: 'a longer name is not the route',
    portable: false,
    method: 'POST',
    path: '/orders',
    body: '{"details":"x"}',
    status: 404,
  },
  {
    name: 'case matters',
    portable: false,
    method: 'POST',
    path: '/Order',
    body: '{"details":"x"}',
    status: 404,
  },
];

/** Rows that accept an order; the status they link to says `fulfilled`. */
export const ORDERS: readonly Row[] = [
  { name: 'an order', ...order('{"details":"your order"}'), status: 202 },
  { name: 'unicode details', ...order('{"details":"Zwei Stück „Käse“ 🧀"}'), status: 202 },
  { name: 'escapes in details', ...order('{"details":"a\\u0000b\\n\\"c\\""}'), status: 202 },
  {
    name: 'further members are ignored',
    ...order('{"details":"x","id":7,"status":"rejected"}'),
    status: 202,
  },
  { name: 'large details', ...order(`{"details":"${'y'.repeat(50_000)}"}`), status: 202 },
  {
    name: 'a query string',
    portable: true,
    method: 'POST',
    path: '/order?from=shop',
    body: '{"details":"x"}',
    status: 202,
  },
  { name: 'white space around JSON', ...order(' \n{"details":"x"}\t '), status: 202 },
  {
    name: 'a trailing slash is the same route',
    portable: false,
    method: 'POST',
    path: '/order/',
    body: '{"details":"x"}',
    status: 202,
  },
];
