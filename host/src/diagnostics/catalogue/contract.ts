import type { CatalogueEntry } from '../entry.ts';

/** What the room `contract` can report. */
export const CONTRACT = {} as const satisfies Record<string, CatalogueEntry>;
