import type { CatalogueEntry } from '../entry.ts';

/** What the room `runtime` can report. */
export const RUNTIME = {} as const satisfies Record<string, CatalogueEntry>;
