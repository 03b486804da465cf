import { decodePunycode, encodePunycode } from './punycode.ts';

/**
 * Domain to ASCII (URL Standard §3.3, UTS #46). The mapping table of UTS #46 is some 100 KB; this derives it
 * from what the engine knows of Unicode: NFKC, case, and properties. It refuses what it is not sure of
 * (right-to-left labels, joiners), so a host is either as elsewhere or an error, never another host.
 */

const ASCII = /^[\0-\x7f]*$/;
/** What UTS #46 drops. */
const IGNORED =
  // oxlint-disable-next-line no-misleading-character-class -- each stands for itself
  /[\u00ad\u034f\u180b-\u180d\u180f\u200b\u2060\u2064\ufe00-\ufe0f\ufeff]|[\u{e0100}-\u{e01ef}]/gu;
/** Letters, marks, digits and the few others that may stand in a label besides ASCII; scripts from right to left not. */
const ALLOWED = /^(?:[a-z0-9\-_]|[\p{L}\p{M}\p{N}\p{S}\p{P}])*$/u;
const REFUSED =
  // oxlint-disable-next-line no-misleading-character-class -- each stands for itself
  /[\u0590-\u08ff\u200c\u200d\u2ff0-\u2fff\u3002\u31ef\ufb1d-\ufdff\ufe70-\ufeff\ufffc\ufffd\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]|[\p{Bidi_C}\p{Script=Cherokee}\p{Default_Ignorable_Code_Point}]/u;

/** The ASCII form of a domain, lower-cased; undefined if it is not valid. */
export function domainToAscii(domain: string): string | undefined {
  if (ASCII.test(domain)) {
    const lower = domain.toLowerCase();
    if (!lower.includes('xn--')) return lower;
    return asciiLabels(lower);
  }
  const mapped = map(domain.replace(/[。．｡]/g, '.'));
  return mapped === undefined ? undefined : asciiLabels(mapped);
}

/** Full case folding, by way of the upper case; ß, ς and ı stay, as non-transitional processing has it. */
function fold(text: string): string {
  return text.replace(/[^ßςı]/gu, (character) => character.toUpperCase().toLowerCase());
}

/** undefined where NFKC makes a dot or a final sigma of something else, which UTS #46 does not. */
function map(text: string): string | undefined {
  const folded = fold(text.replace(IGNORED, '').replaceAll('\u1e9e', 'ß').normalize('NFKC'));
  const mapped = folded.normalize('NFKC').replace(IGNORED, '');
  const count = (of: string): number => text.split(of).length - mapped.split(of).length;
  return count('.') === 0 && count('ς') === 0 ? mapped : undefined;
}

function asciiLabels(domain: string): string | undefined {
  const labels: string[] = [];
  for (const label of domain.split('.')) {
    const ascii = labelToAscii(label);
    if (ascii === undefined) return undefined;
    labels.push(ascii);
  }
  return labels.join('.');
}

function labelToAscii(label: string): string | undefined {
  if (label.startsWith('xn--')) {
    const decoded = ASCII.test(label) ? decodePunycode(label.slice(4)) : undefined;
    if (decoded === undefined || ASCII.test(decoded) || !isValid(decoded) || map(decoded) !== decoded)
      return undefined;
    return encodePunycode(decoded) === label.slice(4) ? label : undefined;
  }
  if (ASCII.test(label)) return label;
  return isValid(label) ? `xn--${encodePunycode(label)}` : undefined;
}

function isValid(label: string): boolean {
  return ALLOWED.test(label) && !REFUSED.test(label) && !/^\p{M}/u.test(label);
}
