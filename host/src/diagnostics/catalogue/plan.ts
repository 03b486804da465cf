import type { CatalogueEntry } from '../entry.ts';

/** What the room `plan` can report. */
export const PLAN = {} as const satisfies Record<string, CatalogueEntry>;
