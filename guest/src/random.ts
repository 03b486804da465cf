import { getRandomBytes } from 'wasi:random/random@0.2.12';
import { requireLive } from './async/loop.ts';

// QuickJS seeds Math.random while the component is built, so every instance would draw the same numbers.

/** Drawn from the host by the first call in an instance, and handed out as they are: most events need no more. */
let fresh: Uint8Array | undefined;
/** The first byte that has not been handed out. */
let next = 0;
/** The state of xoshiro128** (Blackman and Vigna), for all calls after those. */
let state: Uint32Array | undefined;

const SEED = 16;
/** Each number takes so many random bytes. */
const EACH = 8;

/** `Math.random`: a float in [0, 1) of 53 random bits, the host's own at first, then of a generator it seeds. */
export function random(): number {
  if (state !== undefined) return float(draw(state), draw(state));
  if (fresh === undefined) {
    requireLive('Math.random()');
    fresh = getRandomBytes(SEED);
  }
  const bytes = fresh;
  const at = next;
  next += EACH;
  if (next <= SEED) {
    return float(
      (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!,
      (bytes[at + 4]! << 24) | (bytes[at + 5]! << 16) | (bytes[at + 6]! << 8) | bytes[at + 7]!,
    );
  }
  state = new Uint32Array(getRandomBytes(SEED).slice().buffer);
  state[0]! |= 1; // The state must not be all zero.
  return float(draw(state), draw(state));
}

/** Of two words of 32 random bits. */
function float(a: number, b: number): number {
  return ((a >>> 5) * 67_108_864 + (b >>> 6)) / 9_007_199_254_740_992;
}

function draw(s: Uint32Array): number {
  const result = Math.imul(rotate(Math.imul(s[1]!, 5), 7), 9) >>> 0;
  const shifted = s[1]! << 9;
  s[2]! ^= s[0]!;
  s[3]! ^= s[1]!;
  s[1]! ^= s[2]!;
  s[0]! ^= s[3]!;
  s[2]! ^= shifted;
  s[3] = rotate(s[3]!, 11);
  return result;
}

function rotate(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by));
}

/**
 * `Math` as a whole with the guest's `random`, for modules that take it apart: `const { random } = Math`. Asks
 * for QuickJS' own by a way that the build does not turn into this module.
 */
const GuestMath = /* @__PURE__ */ withRandom(/* @__PURE__ */ Reflect.get(globalThis, 'Math') as Math);
export { GuestMath as Math };

function withRandom(math: Math): Math {
  const own = Object.getOwnPropertyDescriptors(math);
  own.random.value = random;
  return Object.create(Object.prototype, own) as Math;
}
