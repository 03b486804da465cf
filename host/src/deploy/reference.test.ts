import { expect, test } from 'vitest';
import { parseReference, referenceText } from './reference.ts';

test.each([
  ['localhost:5000/orders:0.1.0', 'localhost:5000/orders:0.1.0'],
  ['localhost/orders', 'localhost/orders:1.0.0'],
  ['127.0.0.1:5000/a/b/c:x', '127.0.0.1:5000/a/b/c:x'],
  ['[::1]:5000/orders', '[::1]:5000/orders:1.0.0'],
  ['ghcr.io/team/orders_app:v1', 'ghcr.io/team/orders_app:v1'],
  ['orders', 'docker.io/library/orders:1.0.0'],
  ['team/orders:2', 'docker.io/team/orders:2'],
  ['docker.io/team/orders:2', 'docker.io/team/orders:2'],
])('%s', (text, whole) => {
  expect(referenceText(parseReference(text, '1.0.0'))).toBe(whole);
});

test('a version that is no tag becomes one', () => {
  expect(parseReference('ghcr.io/orders', '1.0.0-rc.1+build.5').tag).toBe('1.0.0-rc.1_build.5');
});

test.each([
  ['', 'nothing'],
  ['localhost:5000/', 'nothing'],
  ['localhost:5000/Orders', 'Orders'],
  ['localhost:5000/orders:', 'nothing'],
  ['localhost:5000/orders:a b', 'a b'],
  ['localhost:5000/orders@sha256:0', '@sha256:0'],
  ['local host:5000/orders', 'local host:5000'],
  ['https://ghcr.io/orders', 'https:'],
])('%j is refused', (text, found) => {
  expect(() => parseReference(text, '1.0.0')).toThrow(
    expect.objectContaining({
      code: 'deploy/reference',
      exitCode: 2,
      diagnostics: [expect.objectContaining({ found })],
    }),
  );
});
