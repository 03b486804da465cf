import { expect, test } from 'vitest';
import { camelCase, interfaceName, pascalCase } from './names.ts';

test.each([
  ['submit', 'submit', 'Submit'],
  ['get-keys', 'getKeys', 'GetKeys'],
  ['a-u8', 'aU8', 'AU8'],
  ['HTTP-status', 'httpStatus', 'HttpStatus'],
  ['x-2', 'x2', 'X2'],
])('%s is %s and %s', (wit, camel, pascal) => {
  expect(camelCase(wit)).toBe(camel);
  expect(pascalCase(wit)).toBe(pascal);
});

test('an interface is called by the last part of its id', () => {
  expect(interfaceName('fermyon:spin/key-value@2.0.0')).toBe('key-value');
  expect(interfaceName('fermyon:spin/inbound-http')).toBe('inbound-http');
  expect(interfaceName('inline')).toBe('inline');
});
