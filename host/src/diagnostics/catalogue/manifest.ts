import type { CatalogueEntry } from '../entry.ts';

/** What the room `manifest` can report. */
export const MANIFEST = {
  'manifest/syntax': {
    title: 'The manifest is not TOML',
    why: 'The text breaks a rule of TOML, so nothing in it can be read. The place is where the parser stopped; the slip may be just before it.',
    next: 'Correct the line; strings are quoted, tables are `[name]`, arrays of tables `[[name]]`.',
    exit: 1,
  },
  'manifest/unknown-key': {
    title: 'A key that the manifest does not have',
    why: 'Every key has a meaning, so that a misspelt one is never ignored in silence.',
    next: 'Remove the key, or look it up in docs/manifest.md.',
    exit: 1,
  },
  'manifest/missing-key': {
    title: 'A key is missing',
    why: 'The table cannot do without this key, and there is no default that would be right.',
    next: 'Add the key; docs/manifest.md lists the keys of each table.',
    exit: 1,
  },
  'manifest/wrong-type': {
    title: 'A value has the wrong type',
    why: 'TOML tells strings, numbers, booleans, arrays and tables apart, and nothing is converted silently.',
    next: 'Write the value as docs/manifest.md shows it.',
    exit: 1,
  },
  'manifest/bad-value': {
    title: 'A value that the key cannot have',
    why: 'The type is right, but the value is not among those that have a meaning.',
    next: 'Use one of the expected values.',
    exit: 1,
  },
  'manifest/bad-duration': {
    title: 'Not a duration',
    why: 'Durations are positive numbers with a unit, in quotes: `ms`, `s`, `min` or `h`. A bare number would leave the unit to guessing.',
    next: 'Write a number with a unit, in quotes.',
    exit: 1,
  },
  'manifest/bad-size': {
    title: 'Not a size',
    why: 'Sizes are positive numbers with a unit, in quotes: `B`, `kB`, `MB`, `GB`, or `KiB`, `MiB`, `GiB` for powers of 1024.',
    next: 'Write a number with a unit, in quotes.',
    exit: 1,
  },
  'manifest/bad-name': {
    title: 'A name of the wrong form',
    why: 'Names become file names, parts of image names and Spin component ids, so their letters are restricted.',
    next: 'Rename it, everywhere it is used.',
    exit: 1,
  },
  'manifest/bad-route': {
    title: 'Not a route',
    why: 'Routes follow Spin: an absolute path of segments, `:name` for any one segment, and `/...` only at the end.',
    next: 'Write an absolute path without query, with `/...` only at the end.',
    exit: 1,
  },
  'manifest/bad-topic': {
    title: 'Not an MQTT topic',
    why: 'Nobody can publish to a topic with wildcards or with `$` at its start, and in a filter `+` must be a whole level and `#` the last one.',
    next: 'Write a topic such as `orders/submitted`; wildcards are for triggers only.',
    exit: 1,
  },
  'manifest/conflicting-keys': {
    title: 'Keys that do not go together',
    why: 'Two keys of a table exclude each other, or one of them must be there.',
    next: 'Keep the one that is meant.',
    exit: 1,
  },
  'manifest/unknown-profile': {
    title: 'A profile that the manifest does not have',
    why: '`--profile` names a table `[profile.<name>]` of the manifest.',
    next: 'Use one of the profiles of the manifest, or add it.',
    exit: 2,
  },
  'manifest/bad-place': {
    title: 'A `--place` that fits no edge',
    why: '`--place importer.provider=placement` overrides the placement of one edge between two services of the manifest.',
    next: 'Write for example `--place receiver.fulfilment=linked`.',
    exit: 2,
  },
} as const satisfies Record<string, CatalogueEntry>;
