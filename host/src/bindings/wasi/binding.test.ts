import { expect, test } from 'vitest';
import type { Grant } from '../../plan/types.ts';
import type { EventContext } from '../binding.ts';
import { createWasiBinding } from './binding.ts';

type Functions = Record<string, (...args: never[]) => unknown>;
interface Stream {
  write(bytes: Uint8Array): void;
  checkWrite(): bigint;
  splice(source: object, length: bigint): bigint;
  read(length: bigint): Uint8Array;
}
interface Pollable {
  ready(): boolean;
  block(): void;
}

const ALL: Grant[] = [{ kind: 'clocks' }, { kind: 'random' }, { kind: 'stdio' }, { kind: 'environment' }];

function setup(grants = ALL) {
  const lines: string[] = [];
  const binding = createWasiBinding({
    grants,
    environment: { A: '1' },
    line: (stream, text) => lines.push(`${stream}: ${text}`),
  });
  const of = (id: string) => binding.imports[`wasi:${id}@0.2.12`] as Functions;
  return { binding, of, lines };
}

function event(ms = 60_000): EventContext {
  return { id: 1, deadline: Date.now() + ms, claim: new Int32Array(new SharedArrayBuffer(4)), attempt: 1 };
}

test('output becomes lines, whole at the end of the event whichever way it ends', () => {
  const { binding, of, lines } = setup();
  const out = of('cli/stdout')['getStdout']?.() as Stream;
  const err = of('cli/stderr')['getStderr']?.() as Stream;
  binding.begin?.(event());
  out.write(new TextEncoder().encode('one\ntw'));
  err.write(new TextEncoder().encode('bad'));
  expect(lines).toEqual(['stdout: one']);
  binding.commit?.(event());
  expect(lines).toEqual(['stdout: one', 'stdout: tw', 'stderr: bad']);
  out.write(new TextEncoder().encode('lost?'));
  binding.abort?.(event());
  expect(lines.at(-1)).toBe('stdout: lost?');
  expect(out.checkWrite()).toBeGreaterThan(0n);
});

test('standard input has ended', () => {
  const { of } = setup();
  const input = of('cli/stdin')['getStdin']?.() as Stream;
  const closed = (call: () => unknown): unknown => {
    try {
      return call();
    } catch (error) {
      return error;
    }
  };
  expect(closed(() => input.read(1n))).toEqual({ tag: 'closed' });
  const out = of('cli/stdout')['getStdout']?.() as Stream;
  expect(closed(() => out.splice(input, 1n))).toEqual({ tag: 'closed' });
});

test('clocks go on, and a pollable is ready once its time has come', () => {
  const { binding, of } = setup();
  binding.begin?.(event());
  const clock = of('clocks/monotonic-clock') as unknown as {
    now(): bigint;
    subscribeDuration(ns: bigint): Pollable;
    subscribeInstant(at: bigint): Pollable;
  };
  const before = clock.now();
  const timer = clock.subscribeDuration(3_000_000n);
  expect(timer.ready()).toBe(false);
  timer.block();
  expect(timer.ready()).toBe(true);
  expect(clock.now() - before).toBeGreaterThanOrEqual(3_000_000n);
  expect(clock.subscribeInstant(before).ready()).toBe(true);

  const { poll } = of('io/poll') as unknown as { poll(list: Pollable[]): Uint32Array };
  const never = clock.subscribeDuration(10n ** 18n);
  expect([...poll([never, clock.subscribeDuration(1_000_000n), timer])]).toEqual([2]);
  expect([...poll([never, clock.subscribeDuration(1_000_000n)])]).toEqual([1]);
  expect(() => poll([])).toThrow(expect.objectContaining({ code: 'bindings/empty-poll' }));

  const wall = of('clocks/wall-clock')['now']?.() as { seconds: bigint; nanoseconds: number };
  expect(Math.abs(Number(wall.seconds) * 1000 + wall.nanoseconds / 1e6 - Date.now())).toBeLessThan(60_000);
});

test('a sleep ends with the deadline of its event', () => {
  const { binding, of } = setup();
  binding.begin?.(event(5));
  const timer = of('clocks/monotonic-clock')['subscribeDuration']?.((10n ** 18n) as never) as Pollable;
  expect(() => timer.block()).toThrow(expect.objectContaining({ code: 'bindings/deadline' }));
});

test('random bytes have the length asked for and are never the same twice', () => {
  const { of } = setup();
  const random = of('random/random') as unknown as {
    getRandomBytes(length: bigint): Uint8Array;
    getRandomU64(): bigint;
  };
  const lengths = [0, 1, 16, 1000, 1025, 100_000];
  expect(lengths.map((length) => random.getRandomBytes(BigInt(length)).length)).toEqual(lengths);
  const drawn = new Set(Array.from({ length: 5_000 }, () => random.getRandomU64()));
  expect(drawn.size).toBe(5_000);
  expect([...drawn].every((number) => number >= 0n && number < 2n ** 64n)).toBe(true);
  // Every bit is both 0 and 1 at some time.
  let or = 0n;
  let and = 2n ** 64n - 1n;
  for (const number of drawn) {
    or |= number;
    and &= number;
  }
  expect([or, and]).toEqual([2n ** 64n - 1n, 0n]);
});

test('no call makes the host keep as many bytes as a guest likes to name', () => {
  const { of } = setup();
  const out = of('cli/stdout')['getStdout']?.() as { writeZeroes(length: bigint): void };
  expect(() => out.writeZeroes(2n ** 40n)).toThrow('allowed');
  expect(() => of('random/random')['getRandomBytes']?.((2n ** 32n) as never)).toThrow('at most');
});

test('exit ends the event, with its status', () => {
  const { of } = setup();
  expect(() => of('cli/exit')['exit']?.({ tag: 'err' } as never)).toThrow('status 1');
  expect(() => of('cli/exit')['exitWithCode']?.(7 as never)).toThrow('status 7');
});

test.each([
  [
    'clocks',
    'clocks/monotonic-clock',
    'subscribeDuration',
    'wasi:clocks/monotonic-clock@0.2.12#subscribe-duration',
  ],
  ['clocks', 'clocks/wall-clock', 'now', 'wasi:clocks/wall-clock@0.2.12#now'],
  ['random', 'random/random', 'getRandomU64', 'wasi:random/random@0.2.12#get-random-u64'],
  ['random', 'random/insecure-seed', 'insecureSeed', 'wasi:random/insecure-seed@0.2.12#insecure-seed'],
  ['stdio', 'cli/stdout', 'getStdout', 'wasi:cli/stdout@0.2.12#get-stdout'],
])('without the grant %s, a call of %s#%s says so', (grant, id, name, shown) => {
  const { of } = setup(ALL.filter(({ kind }) => kind !== grant));
  let thrown: Error | undefined;
  try {
    of(id)[name]?.();
  } catch (error) {
    thrown = error as Error;
  }
  expect(thrown).toMatchObject({
    code: 'bindings/grant-missing',
    message: `${shown} was called without the grant \`${grant}\``,
  });
  expect(thrown?.stack).toContain(`${grant} is not granted: ${shown}`);
});

test('the environment is what was granted, and empty without', () => {
  expect(setup().of('cli/environment')['getEnvironment']?.()).toEqual([['A', '1']]);
  expect(setup([]).of('cli/environment')['getEnvironment']?.()).toEqual([]);
});
