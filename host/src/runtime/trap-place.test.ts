import { expect, test } from 'vitest';
import { trapPlace } from './trap-place.ts';

const ENGINE = '    at wasm://wasm/004fe01a:wasm-function[517]:0x6ccd9\n';
const CALLING = '    at adapter a-record (wasm://wasm/00018522:wasm-function[160]:0x204d)\n';
const CALLED = '    at tenon:every-type/values@1.0.0#a-u8 (wasm://wasm/0001c0ae:wasm-function[115]:0x251e)\n';

test.each([
  [
    'a call that a service makes',
    ENGINE + CALLING + ENGINE,
    ' (in a call of a-record, with its arguments or its result)',
  ],
  [
    'a function that a service provides, called by another',
    ENGINE + CALLED + ENGINE + CALLING,
    ' (in tenon:every-type/values@1.0.0#a-u8)',
  ],
  [
    'a method',
    ENGINE + CALLING.replace('a-record', '[method]counter.add'),
    ' (in a call of [method]counter.add, with its arguments or its result)',
  ],
  ['an engine alone', ENGINE, ''],
  ['host functions', '    at adapter (file:///x/adapter.js:1:1)\n', ''],
  ['no stack', undefined, ''],
])('%s', (_, stack, place) => {
  expect(trapPlace(stack && `RuntimeError: unreachable\n${stack}`)).toBe(place);
});
