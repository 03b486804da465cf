import { problem } from '../diagnostics/error.ts';

/**
 * Replaces a pattern in the glue that must be found as often as the sign of what it belongs to.
 *
 * @throws TenonError `internal/bug` where it is not: then this jco writes otherwise than the one that is known
 */
export function replaced(
  text: string,
  sign: RegExp,
  pattern: RegExp,
  replacement: (...match: string[]) => string,
): string {
  const expected = text.match(sign)?.length ?? 0;
  const found = text.match(pattern)?.length ?? 0;
  if (found === expected) return text.replace(pattern, replacement);
  throw problem('internal/bug', "something is written otherwise than expected in jco's glue", {
    where: pattern.source.slice(0, 60),
    expected: `${expected} of them`,
    found: `${found}`,
  });
}
