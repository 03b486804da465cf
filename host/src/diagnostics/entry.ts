import type { Severity } from './diagnostic.ts';

/** Whose problem it is, as an exit code: 1 the user's input, 2 usage, 3 the environment, 70 a bug of ours. */
export type ExitCode = 1 | 2 | 3 | 70;

/** What the catalogue knows of a code; docs/errors.md is generated from it. */
export interface CatalogueEntry {
  /** A heading: what it means, in a few words. */
  readonly title: string;
  /** Why it happens, for docs/errors.md: one to three sentences. */
  readonly why: string;
  /** What to do next, when the place that finds it knows nothing better. */
  readonly next: string;
  readonly exit: ExitCode;
  readonly severity?: Severity;
}
