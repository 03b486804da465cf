/**
 * The rooms of host/src, in the order in which data flows. A room may import the rooms above it, never
 * one below; everything down to `link` is pure: bytes, text and data in and out.
 */
export const ROOMS = [
  'diagnostics',
  'binary',
  'component',
  'contract',
  'manifest',
  'plan',
  'generate',
  'link',
  'build',
  'bindings',
  'broker',
  'runtime',
  'trigger',
  'deploy',
  'cli',
] as const;

/** Rooms that do no I/O: no files, clock, randomness or network. */
export const PURE_ROOMS = ROOMS.slice(0, ROOMS.indexOf('link') + 1);
