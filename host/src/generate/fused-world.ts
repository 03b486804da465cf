/** The world of services that share a component, as a WIT package of its own; names of interfaces in any order. */
export function worldText(
  imports: readonly string[],
  exports: readonly string[],
  includes: readonly string[] = [],
): string {
  return [
    'package tenon:fused;',
    'world fused {',
    ...includes.toSorted().map((name) => `  include ${name};`),
    ...imports.toSorted().map((name) => `  import ${name};`),
    ...exports.toSorted().map((name) => `  export ${name};`),
    '}',
    '',
  ].join('\n');
}
