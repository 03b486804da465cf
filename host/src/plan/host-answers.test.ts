import { expect, test } from 'vitest';
import { hostAnswers } from './host-answers.ts';

test.each([
  ['wasi:filesystem/preopens@0.2.12', 'get-directories', 'empty'],
  ['wasi:filesystem/types@0.2.12', '[method]descriptor.stat', 'trap'],
  ['wasi:cli/environment@0.2.12', 'get-environment', 'empty'],
  ['wasi:cli/environment@0.2.12', 'get-arguments', 'empty'],
  ['wasi:cli/environment@0.2.12', 'initial-cwd', undefined],
  ['wasi:random/insecure-seed@0.2.12', 'insecure-seed', 'trap'],
  ['wasi:clocks/wall-clock@0.2.12', 'now', undefined],
  ['wasi:io/poll@0.2.12', 'poll', undefined],
  ['wasi:cli/exit@0.2.12', 'exit', undefined],
  ['fermyon:spin/key-value@2.0.0', 'get', undefined],
  ['orders:fulfilment/fulfilment@0.1.0', 'submit', undefined],
])('with clocks alone, %s answers %s with %s', (importName, functionName, answer) => {
  expect(hostAnswers([{ kind: 'clocks' }])(importName, functionName)).toBe(answer);
});

test('what is granted is asked of the host', () => {
  const answers = hostAnswers([{ kind: 'environment' }, { kind: 'random' }]);
  expect(answers('wasi:cli/environment@0.2.12', 'get-environment')).toBeUndefined();
  expect(answers('wasi:random/random@0.2.12', 'get-random-bytes')).toBeUndefined();
});
