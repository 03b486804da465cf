import { tokenizeWit, type WitToken } from '../../contract/wit-tokens.ts';

/** Where in a text a problem is: line and column from 1, and how many characters it covers. */
export interface WitPlace {
  readonly kind: 'syntax' | 'names';
  readonly line: number;
  readonly column: number;
  readonly length: number;
}

/** What the parser says about a text: the message of its first problem, or undefined. */
export type WitProbe = (text: string) => Promise<string | undefined>;

/** So many occurrences of a name are tried; a text that has more is reported at the first. */
const MAX_TRIES = 200;

/**
 * Finds the place of a parser's message that carries none. wit-parser reads from left to right and stops at
 * the first problem, within a millisecond or two, so its own answers to changed texts tell where that is:
 * the shortest beginning of the text that gives the same message ends with the offending token; and a name
 * that leads nowhere is the occurrence whose renaming changes the name in the message.
 */
export async function locate(text: string, message: string, probe: WitProbe): Promise<WitPlace | undefined> {
  const tokens = tokenizeWit(text);
  if (message.startsWith('unterminated block comment')) {
    const offset = await openComment(text, message, probe);
    return offset === undefined ? undefined : { kind: 'syntax', ...lineAndColumn(text, offset), length: 2 };
  }
  if (SYNTAX.test(message)) {
    const token = await locateSyntax(text, tokens, message, probe);
    return token && { kind: 'syntax', ...placeOf(token) };
  }
  const name = nameIn(message);
  const token =
    name === undefined
      ? await locateStatement(text, tokens, message, probe)
      : await locateName(text, tokens, message, name, probe);
  return token && { kind: 'names', ...placeOf(token) };
}

/** Messages of the lexer and the grammar; all others come after the whole text was read. */
const SYNTAX =
  /^(expected |unexpected |invalid |unterminated|found |identifiers must|control code|input contains)/i;

async function locateSyntax(
  text: string,
  tokens: readonly WitToken[],
  message: string,
  probe: WitProbe,
): Promise<WitToken | undefined> {
  let low = 0;
  let high = tokens.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((await probe(text.slice(0, tokens[middle]?.end))) === message) high = middle;
    else low = middle + 1;
  }
  return tokens[low];
}

/** Where the comment starts that is never closed: comments nest, and up to the outermost all is well. */
async function openComment(text: string, message: string, probe: WitProbe): Promise<number | undefined> {
  const starts = [...text.matchAll(/\/\*/g)].map(({ index }) => index).slice(-MAX_TRIES);
  for (const start of starts.reverse()) {
    if ((await probe(text.slice(0, start))) !== message) return start;
  }
  return undefined;
}

function lineAndColumn(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}

async function locateName(
  text: string,
  tokens: readonly WitToken[],
  message: string,
  name: string,
  probe: WitProbe,
): Promise<WitToken | undefined> {
  const occurrences = tokens.filter((token) => token.text.replace(/^%/, '') === name);
  let repaired: WitToken | undefined;
  let fresh = `${name}-x`;
  while (text.includes(fresh)) fresh += 'x';
  for (const token of occurrences.slice(0, MAX_TRIES)) {
    const answer = await probe(text.slice(0, token.offset) + fresh + text.slice(token.end));
    if (answer === message.replaceAll(name, fresh)) return token;
    // Where renaming makes the problem go away, the later of several is the one too many.
    if (answer === undefined) repaired = token;
  }
  return repaired ?? occurrences[0];
}

/** A message that names nothing is about the shortest statement without which it is not given, the last of those. */
async function locateStatement(
  text: string,
  tokens: readonly WitToken[],
  message: string,
  probe: WitProbe,
): Promise<WitToken | undefined> {
  let found: WitToken | undefined;
  let shortest = Number.POSITIVE_INFINITY;
  for (const [start, end] of statements(tokens).slice(0, MAX_TRIES)) {
    const [first, last] = [tokens[start], tokens[end]];
    if (!first || !last || last.end - first.offset >= shortest) continue;
    if ((await probe(text.slice(0, first.offset) + text.slice(last.end))) === message) continue;
    shortest = last.end - first.offset;
    found = first;
  }
  return found;
}

/** Statements as [first, last] token, each up to its semicolon or closing brace; those in braces as well. */
function statements(tokens: readonly WitToken[]): [number, number][] {
  const found: [number, number][] = [];
  const starts: number[] = [];
  let start = 0;
  for (const [at, { text }] of tokens.entries()) {
    if (text === '{') {
      starts.push(start);
      start = at + 1;
    } else if (text === '}') {
      start = starts.pop() ?? at;
      found.push([start, at]);
      start = at + 1;
    } else if (text === ';') {
      if (start < at) found.push([start, at]);
      start = at + 1;
    }
  }
  return found.sort(([a], [b]) => b - a);
}

/** The name that a message is about: the first in backticks or quotes, without its package. */
function nameIn(message: string): string | undefined {
  const quoted = /[`'"]([^`'"]+)[`'"]/.exec(message)?.[1];
  return quoted?.replace(/^.*[:/#.]/, '').replace(/@.*$/, '');
}

function placeOf(token: WitToken): Omit<WitPlace, 'kind'> {
  return { line: token.line, column: token.column, length: token.end - token.offset };
}
