import type { CatalogueEntry } from '../entry.ts';

/** What the room `manifest` can report. */
export const MANIFEST = {} as const satisfies Record<string, CatalogueEntry>;
