/** How long and how often things are measured. */
export interface Effort {
  readonly quick: boolean;
  /** How often each case runs, in a process of its own each time. */
  readonly rounds: number;
  /** So long a process runs its first point before anything is timed, ms: engines compile while it does. */
  readonly coldMs: number;
  /** At most so long is one point of a case warmed up, ms. */
  readonly warmMs: number;
  /** At least so long is it sampled, ms. */
  readonly sampleMs: number;
  /** At least so many samples are taken. */
  readonly minSamples: number;
  /** Calls too short for the timer are timed in batches of about this length, ms. */
  readonly batchMs: number;
  /** Services in a row. */
  readonly depths: readonly number[];
  readonly connections: readonly number[];
  /** So long is each load of an app kept up, ms. */
  readonly loadMs: number;
  /** Requests per second of the open loop. */
  readonly rates: readonly number[];
}

/** For a report. */
export const FULL: Effort = {
  quick: false,
  rounds: 5,
  coldMs: 200,
  warmMs: 20,
  sampleMs: 30,
  minSamples: 15,
  batchMs: 2,
  depths: [1, 2, 5, 10],
  connections: [1, 8, 64],
  loadMs: 200,
  rates: [100, 300],
};

/** To see that all of it works; its figures mean little. */
export const QUICK: Effort = {
  quick: true,
  rounds: 1,
  coldMs: 0,
  warmMs: 10,
  sampleMs: 10,
  minSamples: 3,
  batchMs: 1,
  depths: [2],
  connections: [1],
  loadMs: 100,
  rates: [50],
};
