import type { CatalogueEntry } from '../entry.ts';

/** What the room `build` can report. */
export const BUILD = {} as const satisfies Record<string, CatalogueEntry>;
