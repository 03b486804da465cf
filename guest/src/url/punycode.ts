/** Punycode (RFC 3492) with IDNA's parameters. */

const BASE = 36;
const T_MIN = 1;
const T_MAX = 26;
const MAX = 0x7fff_ffff;

/** The ASCII form of a label, without `xn--`. */
export function encodePunycode(label: string): string {
  const codes = Array.from(label, (character) => character.codePointAt(0)!);
  const basic = codes.filter((code) => code < 0x80);
  let output = String.fromCharCode(...basic) + (basic.length > 0 ? '-' : '');
  let handled = basic.length;
  let n = 128;
  let delta = 0;
  let bias = 72;
  while (handled < codes.length) {
    const next = Math.min(...codes.filter((code) => code >= n));
    delta += (next - n) * (handled + 1);
    n = next;
    for (const code of codes) {
      if (code < n) delta += 1;
      if (code !== n) continue;
      let q = delta;
      for (let k = BASE; ; k += BASE) {
        const t = threshold(k, bias);
        if (q < t) break;
        output += toDigit(t + ((q - t) % (BASE - t)));
        q = Math.floor((q - t) / (BASE - t));
      }
      output += toDigit(q);
      bias = adapt(delta, handled + 1, handled === basic.length);
      delta = 0;
      handled += 1;
    }
    delta += 1;
    n += 1;
  }
  return output;
}

/** The label that an ASCII form (without `xn--`) stands for; undefined if it is none. */
export function decodePunycode(text: string): string | undefined {
  const split = text.lastIndexOf('-');
  const codes = Array.from(split > 0 ? text.slice(0, split) : '', (character) => character.charCodeAt(0));
  let n = 128;
  let i = 0;
  let bias = 72;
  let at = split > 0 ? split + 1 : 0;
  while (at < text.length) {
    const before = i;
    let weight = 1;
    for (let k = BASE; ; k += BASE) {
      const digit = fromDigit(text.charCodeAt(at++));
      if (digit < 0) return undefined;
      i += digit * weight;
      if (i > MAX) return undefined;
      const t = threshold(k, bias);
      if (digit < t) break;
      weight *= BASE - t;
    }
    bias = adapt(i - before, codes.length + 1, before === 0);
    n += Math.floor(i / (codes.length + 1));
    i %= codes.length + 1;
    if (n > 0x10_ffff || n < 128) return undefined;
    codes.splice(i, 0, n);
    i += 1;
  }
  return String.fromCodePoint(...codes);
}

function threshold(k: number, bias: number): number {
  return Math.min(Math.max(k - bias, T_MIN), T_MAX);
}

function adapt(delta: number, length: number, first: boolean): number {
  let rest = first ? Math.floor(delta / 700) : delta >> 1;
  rest += Math.floor(rest / length);
  let k = 0;
  while (rest > ((BASE - T_MIN) * T_MAX) >> 1) {
    rest = Math.floor(rest / (BASE - T_MIN));
    k += BASE;
  }
  return k + Math.floor(((BASE - T_MIN + 1) * rest) / (rest + 38));
}

function toDigit(digit: number): string {
  return String.fromCharCode(digit < 26 ? digit + 97 : digit + 22);
}

function fromDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 22;
  const letter = code | 32;
  return letter >= 97 && letter <= 122 ? letter - 97 : -1;
}
