import type { CatalogueEntry } from '../entry.ts';

/** What the room `bindings` can report. */
export const BINDINGS = {} as const satisfies Record<string, CatalogueEntry>;
