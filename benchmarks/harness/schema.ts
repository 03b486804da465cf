import { z } from 'zod';
import { SUITE_NAMES } from './suite.ts';

const figure = z.strictObject({
  at: z.string(),
  measure: z.string(),
  unit: z.enum(['µs', 'ms', '/s', 'MB']),
  /** One value each round. */
  rounds: z.array(z.number()).min(1),
  /** How many samples each of them is worked out from. */
  samples: z.array(z.int().positive()).min(1),
});

const caseResult = z.strictObject({ name: z.string(), label: z.string(), figures: z.array(figure) });

const suiteResult = z.strictObject({
  name: z.enum(SUITE_NAMES),
  title: z.string(),
  cases: z.array(caseResult),
  skipped: z.array(z.strictObject({ name: z.string(), label: z.string(), reason: z.string() })),
});

/** What a run writes: everything that a report or a comparison is made from. */
export const resultsSchema = z.strictObject({
  format: z.literal(1),
  date: z.iso.datetime(),
  quick: z.boolean(),
  machine: z.strictObject({
    /** Names files; made of processor and cores. */
    name: z.string().regex(/^[a-z0-9-]+$/),
    processor: z.string(),
    cores: z.int().positive(),
    memoryMB: z.int().positive(),
    system: z.string(),
    /** Processes that wanted a core when the run began, averaged over a minute. */
    load: z.number(),
  }),
  /** By name, of all that was measured or measured with. */
  versions: z.record(z.string(), z.string()),
  /** What reading the clock twice costs; it is part of every sample. */
  timerNs: z.number(),
  rounds: z.int().positive(),
  suites: z.array(suiteResult),
});

export type Figure = z.infer<typeof figure>;
export type CaseResult = z.infer<typeof caseResult>;
export type SuiteResult = z.infer<typeof suiteResult>;
export type Results = z.infer<typeof resultsSchema>;
