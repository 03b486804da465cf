import { median, quantile } from '../../host/src/cli/bench/statistics.ts';
import type { Effort } from './effort.ts';
import type { Measured } from './suite.ts';

/**
 * Does so many calls in a row; resolves when the last is answered. What has a clock of its own, or a known overhead
 * to take away, gives the µs that they took.
 */
export type Calls = (count: number) => Promise<number | undefined>;

export interface Timing {
  /** µs of each sample, per call. */
  readonly samples: readonly number[];
  /** Calls that one sample is made of. */
  readonly batch: number;
  /** µs of processor time per call, of all processes that take part; absent where the system does not tell. */
  readonly cpu?: number;
}

export interface TimingOptions {
  /** Times every call by itself, for calls that are long beside the timer's own cost. */
  readonly individually?: boolean;
  /** ns of processor time used so far by all that take part. */
  readonly cpu?: () => number | undefined;
}

/** Warm-up ends when the medians of two windows of so many samples differ by no more than this. */
const WINDOW = 5;
const STABLE = 0.05;

/** About so long is a row of calls before anything is timed, ms. */
const ROW_MS = 10;

/** Whether this process has timed nothing yet. */
let cold = true;

/** Warms up until times are stable, or for as long as the effort allows; then samples. */
export async function time(calls: Calls, effort: Effort, options: TimingOptions = {}): Promise<Timing> {
  // An engine compiles what runs often only after a while, until when times are stable too.
  if (cold) await compile(calls, effort.coldMs);
  cold = false;
  // Cold calls would tell too small a batch.
  await warmUp(() => sampleOf(calls, 1), effort.warmMs);
  const batch = options.individually ? 1 : await batchFor(calls, effort.batchMs);
  if (batch > 1) await warmUp(() => sampleOf(calls, batch), effort.warmMs);
  const samples: number[] = [];
  const cpuBefore = options.cpu?.();
  const ends = performance.now() + effort.sampleMs;
  while (samples.length < effort.minSamples || performance.now() < ends) {
    samples.push(await sampleOf(calls, batch));
  }
  const cpuAfter = options.cpu?.();
  return {
    samples,
    batch,
    ...(cpuBefore !== undefined &&
      cpuAfter !== undefined && { cpu: (cpuAfter - cpuBefore) / 1000 / (samples.length * batch) }),
  };
}

/** Calls for so long, and in a row: what surrounds a call must not be most of what runs. */
async function compile(calls: Calls, ms: number): Promise<void> {
  const ends = performance.now() + ms;
  for (let count = 1; performance.now() < ends;) {
    const began = performance.now();
    await calls(count);
    if (performance.now() - began < ROW_MS) count *= 2;
  }
}

/** µs per call. */
async function sampleOf(calls: Calls, batch: number): Promise<number> {
  const began = performance.now();
  const own = await calls(batch);
  return (own ?? (performance.now() - began) * 1000) / batch;
}

/** So many calls as take about `ms`: by the fastest of three tries, since anything else may be somebody else's time. */
async function batchFor(calls: Calls, ms: number): Promise<number> {
  for (let count = 1; ; count *= 2) {
    let fastest = Infinity;
    for (let n = 0; n < 3; n++) fastest = Math.min(fastest, ((await sampleOf(calls, count)) * count) / 1000);
    if (fastest >= ms / 2) return Math.max(1, Math.round((count * ms) / fastest));
  }
}

/** Whether the last window of samples is like the one before it. */
export function isStable(samples: readonly number[]): boolean {
  if (samples.length < 2 * WINDOW) return false;
  const before = median(samples.slice(-2 * WINDOW, -WINDOW));
  const last = median(samples.slice(-WINDOW));
  return Math.abs(last - before) <= STABLE * before;
}

export async function warmUp(sample: () => Promise<number>, atMostMs: number): Promise<void> {
  const samples: number[] = [];
  const ends = performance.now() + atMostMs;
  while (!isStable(samples) && performance.now() < ends) samples.push(await sample());
}

/** The figures of a report: percentiles, and the processor time per call where it is known. */
export function timesOf(at: string, { samples, batch, cpu }: Timing): Measured[] {
  const of = (measure: string, value: number): Measured => ({
    at,
    measure,
    unit: 'µs',
    value,
    samples: samples.length,
  });
  return [
    of('p50', median(samples)),
    of('p90', quantile(samples, 0.9)),
    of('p99', quantile(samples, 0.99)),
    ...(cpu === undefined ? [] : [{ ...of('CPU', cpu), samples: samples.length * batch }]),
  ];
}

/** What reading the clock twice costs, ns: the part of each sample that is none of what is measured. */
export function timerCost(): number {
  const samples = Array.from({ length: 200 }, () => {
    const began = performance.now();
    for (let n = 0; n < 100; n++) performance.now();
    return ((performance.now() - began) * 1e6) / 100;
  });
  return Math.round(median(samples));
}
