import type { CatalogueEntry } from '../entry.ts';

/** What the room `trigger` can report. */
export const TRIGGER = {} as const satisfies Record<string, CatalogueEntry>;
