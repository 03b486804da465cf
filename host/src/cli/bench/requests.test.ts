import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { ORDERS_MANIFEST, temporaryFolder } from '../../../test/orders/app.ts';
import { loadApp } from '../../build/load.ts';
import { TenonError } from '../../diagnostics/error.ts';
import type { Plan } from '../../plan/types.ts';
import { requestsOf } from './requests.ts';

let plan: Plan;
beforeAll(async () => {
  ({ plan } = await loadApp({ manifest: ORDERS_MANIFEST }));
});

function problemOf(work: () => unknown): TenonError {
  try {
    work();
  } catch (error) {
    if (error instanceof TenonError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

test('without any that are named, every route that is one path is asked for', () => {
  expect(requestsOf(plan, [])).toEqual([{ method: 'GET', path: '/order', service: 'receiver' }]);
});

test('a request has a method, a path and perhaps a body, and a service that answers it', () => {
  expect(requestsOf(plan, ['post /order {"details": "x y"}', 'GET /orderstatus/17?full=1'])).toEqual([
    { method: 'POST', path: '/order', body: '{"details": "x y"}', service: 'receiver' },
    { method: 'GET', path: '/orderstatus/17?full=1', service: 'status' },
  ]);
});

test('a body may come from a file', async () => {
  await using folder = await temporaryFolder('bench');
  const file = join(folder.path, 'order.json');
  writeFileSync(file, '{"details":"y"}');
  const [request] = requestsOf(plan, [`POST /order @${file}`]);
  expect(String(request?.body)).toBe('{"details":"y"}');
  expect(problemOf(() => requestsOf(plan, [`POST /order @${file}.not`])).diagnostics).toMatchObject([
    { code: 'cli/unreadable-file' },
  ]);
});

describe('a request is refused', () => {
  test.each([
    ['', 'no method and path'],
    ['/order', 'no method and path'],
    ['ORDER /order', 'the method ORDER'],
    ['GET /elsewhere', '/elsewhere, which no route matches'],
  ])('%j', (text, found) => {
    expect(problemOf(() => requestsOf(plan, [text])).diagnostics).toMatchObject([
      { code: 'cli/bench-request', found },
    ]);
  });

  test('where there is none, and no route is one path', () => {
    const without = { ...plan, triggers: plan.triggers.filter((one) => one.service === 'status') };
    expect(problemOf(() => requestsOf(without, [])).diagnostics).toMatchObject([
      { code: 'cli/bench-request', found: '/orderstatus/...' },
    ]);
  });
});
