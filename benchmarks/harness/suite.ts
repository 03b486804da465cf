import type { Effort } from './effort.ts';
import type { Requirement } from './requirements.ts';

/** What can be asked for with `--suite`, in the order in which they run. */
export const SUITE_NAMES = ['hop', 'chain', 'event', 'engine', 'build'] as const;
export type SuiteName = (typeof SUITE_NAMES)[number];

/** One thing that is measured, in a process of its own each round. */
export interface Case {
  /** Unique in its suite. */
  readonly name: string;
  /** What its rows and lines are called. */
  readonly label: string;
  /** What must be there; the case is left out with a reason where it is not. */
  readonly needs?: readonly Requirement[];
  /** What is measured in a process of its own each, such as depths; the case as a whole if absent. */
  readonly parts?: readonly string[];
  /** For what does not vary, such as a size: measured in the first round only. */
  readonly once?: boolean;
}

/** One figure of one run of a case. */
export interface Measured {
  /** Where in the case, such as a payload or a number of connections. */
  readonly at: string;
  /** What was measured: `p50`, `CPU`, `memory`. */
  readonly measure: string;
  readonly unit: Unit;
  readonly value: number;
  /** How many samples the value was worked out from. */
  readonly samples: number;
}

export type Unit = 'µs' | 'ms' | '/s' | 'MB';

/** Which of two values is the good one. */
export function higherIsBetter(unit: Unit): boolean {
  return unit === '/s';
}

/** A suite as data, and what a process does for one of its cases. */
export interface Suite {
  readonly name: SuiteName;
  readonly title: string;
  cases(effort: Effort): readonly Case[];
  /**
   * Builds what the cases need, once; what it gives must be JSON. Modules that nothing else needs are imported while it
   * runs, as the process of every case would load them too.
   */
  prepare(effort: Effort, cases: readonly Case[]): Promise<unknown>;
  /** Checks the answers, then measures. Runs in a process that has done nothing else. */
  run(name: string, part: string, prepared: never, effort: Effort): Promise<readonly Measured[]>;
}
