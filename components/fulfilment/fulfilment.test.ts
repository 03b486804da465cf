import { beforeEach, expect, test } from 'vitest';
import { clear, Store } from '../../host/test/doubles/key-value.ts';
import { fulfilment } from './fulfilment.ts';

beforeEach(clear);

test('a submitted order gets the status `fulfilled` under its id', () => {
  fulfilment.submit({ id: 123_456, details: 'x', status: 'created' });
  expect(new TextDecoder().decode(Store.open('default').get('123456'))).toBe('fulfilled');
});
