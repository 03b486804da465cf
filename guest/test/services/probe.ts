/* oxlint-disable unicorn/no-unnecessary-await -- what awaiting a plain value does is tested */
import { exported } from '../../src/async/loop.ts';
import { makeBuiltins } from '../../src/engine/builtins.ts';

makeBuiltins();

/** Exercises the guest from inside a component; each name is a scenario that answers JSON. */
const scenarios: Record<string, (argument: string) => unknown> = {
  globals: () => Object.getOwnPropertyNames(globalThis),
  random: () => [
    Math.random(),
    Math.random(),
    crypto.randomUUID(),
    [...crypto.getRandomValues(new Uint8Array(8))],
  ],
  clocks: () => ({ date: Date.now(), now: performance.now(), origin: performance.timeOrigin }),
  async sleep(argument) {
    const before = performance.now();
    await new Promise((resolve) => {
      setTimeout(resolve, Number(argument));
    });
    return performance.now() - before;
  },
  async order() {
    const log: string[] = [];
    const step = async (name: string): Promise<void> => {
      log.push(`${name} 1`);
      await null;
      log.push(`${name} 2`);
      await Promise.resolve();
      log.push(`${name} 3`);
    };
    queueMicrotask(() => log.push('microtask'));
    await Promise.all([step('a'), step('b')]);
    for await (const value of numbers()) log.push(String(value));
    try {
      await fail();
    } catch (error) {
      log.push((error as Error).message);
    } finally {
      log.push('finally');
    }
    return log;
  },
  console() {
    console.log('%s is %d', 'answer', 42, { nested: [1, new Map([['k', 'ü']])] });
    console.warn(new Error('careful').message);
    console.table([{ a: 1 }]);
    console.log('x'.repeat(10_000));
    return null;
  },
  text(argument) {
    const bytes = new TextEncoder().encode(argument);
    const damaged = Uint8Array.of(...bytes, 0xff, 0xed, 0xa0, 0x80);
    return [
      bytes.length,
      new TextDecoder().decode(bytes) === argument,
      new TextDecoder().decode(damaged).slice(-4),
    ];
  },
  url: (argument) => [new URL(argument).href, [...new URL(argument).searchParams]],
  clone: () => structuredClone({ date: new Date(0), bytes: Uint8Array.of(1), set: new Set([1]) }),
  builtins() {
    const engine = Reflect.get(globalThis, '__cqjs') as { getMemoryUsage(): { objCount: number } };
    const made: string[] = [];
    const first = <T>(name: string, look: () => T): T => {
      const before = engine.getMemoryUsage().objCount;
      const value = look();
      if (engine.getMemoryUsage().objCount > before) made.push(name);
      return value;
    };
    first('nothing', () => undefined);
    first('JSON.stringify', () => JSON.stringify);
    first('String.prototype.padEnd', () => ''.padEnd);
    first('Array.prototype.flatMap', () => Array.prototype.flatMap);
    first('Map.prototype.forEach', () => Map.prototype.forEach);
    first('Uint8Array.fromBase64', () => Uint8Array.fromBase64);
    first('encodeURIComponent', () => encodeURIComponent);
    first('Math.hypot', () => Math.hypot);
    // Left to those who use it, which shows that the others would be made here as well.
    first('DataView.prototype.getInt8', () => DataView.prototype.getInt8);
    return made;
  },
  forever: () => new Promise(() => {}),
  abort: () =>
    new Promise((resolve) => {
      AbortSignal.timeout(50).addEventListener('abort', (event) => {
        resolve(((event as unknown as { target: AbortSignal }).target.reason as Error).name);
      });
    }),
  fromAsync: () => Array.fromAsync([Promise.resolve(1), 2]),
};

async function* numbers(): AsyncGenerator<number> {
  yield 1;
  yield 2;
}

async function fail(): Promise<never> {
  await null;
  throw new Error('failed');
}

const answer = exported(async (name: string, argument: string) => {
  const result = await scenarios[name]!(argument);
  return JSON.stringify(result);
});

export const run = (name: string, argument: string): string => {
  try {
    return answer(name, argument);
  } catch (error) {
    return `threw ${(error as Error).message}`;
  }
};
