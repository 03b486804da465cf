import type { CatalogueEntry } from '../entry.ts';

/** What the room `link` can report. */
export const LINK = {} as const satisfies Record<string, CatalogueEntry>;
