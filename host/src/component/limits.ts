/**
 * What we take of a component, so that hostile bytes end in a diagnostic in bounded time and space. Real
 * components stay far below: a composition of ten services nests 3 deep with types of size 500.
 */
export const LIMITS = {
  /** Components and type bodies within one another. */
  nesting: 64,
  /** A type's depth, and its size when everything shared is counted again (as in wasm-tools). */
  typeDepth: 100,
  typeSize: 1_000_000,
  /** Imports, and exports, of the outermost component. */
  externs: 4096,
  /** Definitions and declarations in one file. */
  definitions: 1_000_000,
  /** Types visited by substitution while working out signatures: about a second's worth. */
  substitutions: 1_000_000,
} as const;
