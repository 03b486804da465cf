import { getRandomBytes } from 'wasi:random/random@0.2.12';
import { requireLive } from './async/loop.ts';

// QuickJS seeds Math.random while the component is built, so every instance would draw the same numbers.

/** The state of xoshiro128** (Blackman and Vigna); drawn from the host by the first call in an instance. */
let state: Uint32Array | undefined;

/** `Math.random`: a float in [0, 1) of 53 random bits, from a generator that the host seeds per instance. */
export function random(): number {
  if (state === undefined) {
    requireLive('Math.random()');
    state = new Uint32Array(getRandomBytes(16).slice().buffer);
    state[0]! |= 1; // The state must not be all zero.
  }
  const high = draw(state) >>> 5;
  const low = draw(state) >>> 6;
  return (high * 67_108_864 + low) / 9_007_199_254_740_992;
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
