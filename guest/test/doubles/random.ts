import { randomBytes } from 'node:crypto';

/** `wasi:random/random` on Node's randomness; counts its calls. */
export const calls = { count: 0 };

export function getRandomBytes(length: number): Uint8Array<ArrayBuffer> {
  calls.count += 1;
  return new Uint8Array(randomBytes(length));
}
