import type { CatalogueEntry } from '../entry.ts';

/** What the room `runtime` can report. */
export const RUNTIME = {
  'runtime/transpile-failed': {
    title: 'A unit cannot be turned into JavaScript',
    why: 'Node runs a component through glue code that jco generates from it. The component uses something that jco does not support, or it is damaged.',
    next: 'Validate the component with `wasm-tools validate`; if it is valid, report it with the message.',
    exit: 1,
  },
  'runtime/memory-limit': {
    title: 'A unit needs more memory than its limit from the start',
    why: 'The memory that a core module begins with is larger than `limits.memory`, so no instance of it could be made.',
    next: 'Raise `limits.memory` in the manifest.',
    exit: 1,
  },
  'runtime/start-failed': {
    title: 'A unit does not start',
    why: 'A worker could not make a first instance of the unit: an import is missing or of the wrong kind, or the component traps while it starts.',
    next: 'See the message; it names what failed.',
    exit: 1,
  },
  'runtime/missing-import': {
    title: 'A service called something that nothing provides',
    why: 'A unit may import more than it is granted, as toolchains add imports that services never call. A call of such an import traps.',
    next: 'Add the grant that the interface needs to the service in the manifest.',
    exit: 1,
  },
} as const satisfies Record<string, CatalogueEntry>;
