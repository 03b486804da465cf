import { beforeEach, expect, test } from 'vitest';
import { clear, Store } from '../../host/test/doubles/key-value.ts';
import status from './status.ts';

const get = (path: string, method = 'GET'): Response =>
  status.fetch(new Request(`http://shop${path}`, { method }));

beforeEach(clear);

test('tells the status of an order, its id as a string', async () => {
  Store.open('default').set('123456', new TextEncoder().encode('created'));
  const response = get('/orderstatus/123456');
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ id: '123456', status: 'created' });
});

test.each(['/orderstatus/1', '/orderstatus/abc', '/orderstatus/', '/orderstatus/1/2', '/orderstatus'])(
  'answers 404 to %s',
  (path) => {
    expect(get(path).status).toBe(404);
  },
);

test('refuses other methods with 405', () => {
  expect([get('/orderstatus/1', 'POST').status, get('/orderstatus/1', 'DELETE').status]).toEqual([405, 405]);
});
