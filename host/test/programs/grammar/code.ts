import * as fc from 'fast-check';

/** Program text that is made up; it shrinks with its parts. */
export type Code = fc.Arbitrary<string>;

/** Text with made-up parts in it: code`${number} + 1`. */
export function code(texts: TemplateStringsArray, ...parts: readonly Code[]): Code {
  return fc
    .tuple(...parts)
    .map((made) => texts.map((text, index) => (index === 0 ? text : made[index - 1] + text)).join(''));
}

/** One of some words. */
export const word = (words: string): Code => fc.constantFrom(...words.split(' '));

/** A list of made-up parts, with what stands between them. */
export const some = (of: Code, minLength: number, maxLength: number, between = ', '): Code =>
  fc.array(of, { minLength, maxLength }).map((parts) => parts.join(between));
