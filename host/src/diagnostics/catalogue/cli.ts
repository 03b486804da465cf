import type { CatalogueEntry } from '../entry.ts';

/** What the room `cli` can report. */
export const CLI = {
  'internal/bug': {
    title: 'Something is wrong in Tenon itself',
    why: 'A check inside Tenon failed, or an exception reached the edge that no room turned into a diagnostic.',
    next: 'Run again with --verbose and report the stack trace with the command that led to it.',
    exit: 70,
  },
} as const satisfies Record<string, CatalogueEntry>;
