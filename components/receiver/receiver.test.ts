import { beforeEach, describe, expect, test, vi } from 'vitest';
import { clear, Store } from '../../host/test/doubles/key-value.ts';
import receiver from './receiver.ts';

const post = (body: string): Promise<Response> =>
  receiver.fetch(new Request('http://shop/order', { method: 'POST', body }));
const text = (value: Uint8Array | undefined): string => new TextDecoder().decode(value);

beforeEach(clear);

describe('POST /order', () => {
  test('answers 202 with a task that links to the status', async () => {
    const response = await post('{"details":"two cheeses"}');
    expect(response.status).toBe(202);
    const { task } = (await response.json()) as { task: { href: string; id: number; status: string } };
    expect(task).toEqual({ href: `/orderstatus/${task.id}`, id: task.id, status: 'created' });
    expect(task.id).toBeGreaterThanOrEqual(100_000);
    expect(task.id).toBeLessThanOrEqual(999_998);
  });

  test('hands the order on, so that it is fulfilled', async () => {
    const { task } = (await (await post('{"details":"x"}')).json()) as { task: { id: number } };
    expect(text(Store.open('default').get(String(task.id)))).toBe('fulfilled');
  });

  test('draws again while an id is taken', async () => {
    Store.open('default').set('100000', new Uint8Array([1]));
    const draw = vi
      .spyOn(Math, 'random')
      .mockReturnValueOnce(0)
      .mockReturnValueOnce(0)
      .mockReturnValue(0.9999999);
    const { task } = (await (await post('{"details":"x"}')).json()) as { task: { id: number } };
    expect(task.id).toBe(999_998);
    expect(draw).toHaveBeenCalledTimes(3);
    draw.mockRestore();
  });

  test('gives up with 503 when no id is free', async () => {
    Store.open('default').set('100000', new Uint8Array([1]));
    const draw = vi.spyOn(Math, 'random').mockReturnValue(0);
    expect((await post('{"details":"x"}')).status).toBe(503);
    draw.mockRestore();
  });

  test.each([
    ['not JSON', '{', 'body'],
    ['an array', '[]', 'body'],
    ['no details', '{}', 'details'],
    ['empty details', '{"details":""}', 'details'],
    ['details of another type', '{"details":1}', 'details'],
  ])('refuses %s with 400, names the field and stores nothing', async (_, body, field) => {
    const response = await post(body);
    expect(response.status).toBe(400);
    expect(((await response.json()) as { error: { field: string } }).error.field).toBe(field);
    expect(Store.open('default').getKeys()).toEqual([]);
  });

  test('refuses other methods with 405', async () => {
    const response = await receiver.fetch(new Request('http://shop/order'));
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
  });
});
