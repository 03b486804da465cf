import { now, subscribeDuration } from 'wasi:clocks/monotonic-clock@0.2.12';
import { requireLive, waitThrough } from './loop.ts';

/** Timers as in HTML §8.6: the loop sleeps on the host's monotonic clock until the next one is due. */

type Callback = (...args: unknown[]) => void;

interface Timer {
  readonly id: number;
  readonly callback: Callback;
  readonly args: unknown[];
  /** In nanoseconds. */
  readonly delay: number;
  readonly repeats: boolean;
  due: number;
}

const NANOSECONDS = 1_000_000;
/** In the order of setting, which decides between timers that are due at once. */
let timers: Timer[] = [];
let lastId = 0;

export function setTimeout<Args extends unknown[]>(
  callback: (...args: Args) => void,
  delay?: number,
  ...args: Args
): number {
  return start('setTimeout', callback as Callback, delay, args, false);
}

export function setInterval<Args extends unknown[]>(
  callback: (...args: Args) => void,
  delay?: number,
  ...args: Args
): number {
  return start('setInterval', callback as Callback, delay, args, true);
}

export function clearTimeout(id?: number): void {
  timers = timers.filter((timer) => timer.id !== id);
}

export const clearInterval = clearTimeout;

function start(
  name: string,
  callback: Callback,
  delay: number | undefined,
  args: unknown[],
  repeats: boolean,
): number {
  requireLive(`${name}()`);
  if (typeof callback !== 'function') throw new TypeError(`${name}: the callback is not a function`);
  waitThrough({ wake, drop, setAside });
  lastId += 1;
  const nanoseconds = Math.max(0, Number(delay) | 0) * NANOSECONDS;
  timers.push({ id: lastId, callback, args, delay: nanoseconds, repeats, due: now() + nanoseconds });
  return lastId;
}

function wake(): boolean {
  const timer = earliest();
  if (timer === undefined) return false;
  sleepUntil(timer.due);
  timers.splice(timers.indexOf(timer), 1);
  if (timer.repeats) {
    timer.due = now() + timer.delay;
    timers.push(timer);
  }
  timer.callback(...timer.args);
  return true;
}

function drop(): void {
  timers = [];
}

function setAside(): (() => void) | undefined {
  if (timers.length === 0) return undefined;
  const waiting = timers;
  timers = [];
  return () => {
    timers = waiting;
  };
}

function earliest(): Timer | undefined {
  let first: Timer | undefined;
  for (const timer of timers) if (first === undefined || timer.due < first.due) first = timer;
  return first;
}

function sleepUntil(due: number): void {
  const left = due - now();
  if (left <= 0) return;
  const pollable = subscribeDuration(left);
  try {
    pollable.block();
  } finally {
    pollable[Symbol.dispose]();
  }
}
