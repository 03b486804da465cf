import type { CatalogueEntry } from '../entry.ts';

/** What the room `component` can report. */
export const COMPONENT = {} as const satisfies Record<string, CatalogueEntry>;
