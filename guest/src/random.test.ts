import { describe, expect, test, vi } from 'vitest';
import { calls } from '../test/doubles/random.ts';
import { exported } from './async/loop.ts';
import { crypto as guestCrypto } from './crypto.ts';
import { Math as GuestMath, random } from './random.ts';

const live = <T>(work: () => T): T => exported(work)() as T;

describe('Math.random', () => {
  test('draws evenly from [0, 1), and asks the host at most twice', () => {
    const before = calls.count;
    const drawn = live(() => Array.from({ length: 20_000 }, random));
    expect(calls.count - before).toBe(2);
    expect(drawn.every((x) => x >= 0 && x < 1)).toBe(true);
    const buckets = Array.from({ length: 20 }, () => 0);
    for (const x of drawn) buckets[Math.floor(x * 20)]! += 1;
    // Chi-squared of 19 degrees of freedom: beyond 60 once in some 300,000 runs.
    expect(buckets.reduce((sum, count) => sum + (count - 1_000) ** 2 / 1_000, 0)).toBeLessThan(60);
    expect(new Set(drawn).size).toBeGreaterThan(19_990);
  });

  test('starts elsewhere in another instance, with one question to the host for two numbers', async () => {
    const first = live(random);
    const starts = new Set([first]);
    for (let instance = 0; instance < 200; instance++) {
      vi.resetModules();
      const fresh = await import('./random.ts');
      const { exported: freshExported } = await import('./async/loop.ts');
      const before = (await import('../test/doubles/random.ts')).calls.count;
      const [a, b] = freshExported(() => [fresh.random(), fresh.random()])() as [number, number];
      expect([a, b].every((x) => x >= 0 && x < 1)).toBe(true);
      starts.add(a);
      starts.add(b);
      expect((await import('../test/doubles/random.ts')).calls.count - before).toBe(1);
    }
    expect(starts.size).toBe(401);
    expect(Math.max(...starts)).toBeGreaterThan(0.9);
    expect(Math.min(...starts)).toBeLessThan(0.1);
  });

  test('has a Math with everything else as it is', () => {
    expect(GuestMath.random).toBe(random);
    expect(GuestMath.max(1, 2)).toBe(2);
    expect(Object.getOwnPropertyNames(GuestMath).sort()).toEqual(Object.getOwnPropertyNames(Math).sort());
    expect(String(GuestMath)).toBe('[object Math]');
    expect(Math.random).not.toBe(random);
  });
});

describe('crypto', () => {
  test('fills integer arrays in their bounds', () => {
    const buffer = new ArrayBuffer(64);
    const array = live(() => guestCrypto.getRandomValues(new Uint32Array(buffer, 16, 8)));
    expect(array.some((x) => x !== 0)).toBe(true);
    expect(new Uint8Array(buffer, 0, 16)).toEqual(new Uint8Array(16));
    expect(new Uint8Array(buffer, 48)).toEqual(new Uint8Array(16));
  });

  test.each([
    ['floats', new Float64Array(1)],
    ['a data view', new DataView(new ArrayBuffer(1))],
    ['more than the quota', new Uint8Array(65_537)],
  ])('refuses %s as Node does', (_, array) => {
    const outcome = (work: (array: never) => unknown): unknown => {
      try {
        return work(array as never);
      } catch (error) {
        return (error as Error).name;
      }
    };
    expect(outcome((array) => live(() => guestCrypto.getRandomValues(array)))).toBe(
      outcome((array) => crypto.getRandomValues(array)),
    );
  });

  test('makes UUIDs of version 4', () => {
    const ids = live(() => Array.from({ length: 500 }, () => guestCrypto.randomUUID()));
    for (const id of ids)
      expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    expect(new Set(ids).size).toBe(500);
  });
});
