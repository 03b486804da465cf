import { randomFillSync } from 'node:crypto';

/** Asking the system for a few bytes costs much more than asking for many: small requests share. */
const POOL = new Uint8Array(4096);
let used = POOL.length;

/** More than this in one call is a mistake, or meant to fill the memory of the host. */
const MAX_BYTES = 64 * 1024 * 1024;

function randomBytes(length: bigint): Uint8Array {
  const count = Number(length);
  if (count > MAX_BYTES)
    throw new RangeError(`${length} random bytes were asked for, ${MAX_BYTES} are given at most`);
  if (count > POOL.length / 4) return randomFillSync(new Uint8Array(count));
  if (used + count > POOL.length) {
    randomFillSync(POOL);
    used = 0;
  }
  const bytes = POOL.slice(used, used + count);
  // No byte is given twice, nor left lying about.
  POOL.fill(0, used, used + count);
  used += count;
  return bytes;
}

function randomU64(): bigint {
  const bytes = randomBytes(8n);
  return new DataView(bytes.buffer).getBigUint64(0, true);
}

/** wasi:random. What may be guessable is as good as what may not. */
export const RANDOM = {
  random: { getRandomBytes: randomBytes, getRandomU64: randomU64 },
  insecure: { getInsecureRandomBytes: randomBytes, getInsecureRandomU64: randomU64 },
  insecureSeed: { insecureSeed: (): [bigint, bigint] => [randomU64(), randomU64()] },
};
