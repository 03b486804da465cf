import { tokenizeWit, type WitToken } from './wit-tokens.ts';

/** A WIT text with the name under which diagnostics show it. */
export interface WitFile {
  readonly file: string;
  readonly text: string;
}

/** A reference to an interface or world of another package: `orders:fulfilment/fulfilment@0.1.0`. */
export interface WitReference {
  /** `orders:fulfilment@0.1.0` */
  readonly package: string;
  readonly name: string;
  readonly token: WitToken;
  readonly length: number;
}

/** The part of a file that belongs to one package. */
export interface WitChunk {
  readonly file: string;
  /** The package's id, `orders:fulfilment@0.1.0`; absent when the file does not say. */
  readonly package?: string;
  /** Where it says so. */
  readonly header?: WitToken;
  readonly headerLength: number;
  /**
   * The file's text with everything that belongs to other packages, and the package line, made blank: every
   * character that is left stands at its line and column of the file.
   */
  readonly text: string;
  readonly worlds: readonly WitToken[];
  readonly references: readonly WitReference[];
  /** `use` statements outside of interfaces and worlds, as [start, end) in the text. */
  readonly uses: readonly (readonly [number, number])[];
}

/** Takes a file apart: what its `package x;` line covers, and each `package y { … }`. */
export function chunksOf({ file, text }: WitFile): WitChunk[] {
  const tokens = tokenizeWit(text);
  const chunks: WitChunk[] = [];
  const rest: WitToken[] = [];
  let main = text;
  let header: PackageName | undefined;

  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at];
    if (token === undefined) break;
    if (token.text !== 'package' || !isStatementStart(tokens, at)) {
      const end = token.text === '{' ? endOfBlock(tokens, at) : at;
      rest.push(...tokens.slice(at, end + 1));
      at = end;
      continue;
    }
    const name = packageName(tokens, at + 1);
    const after = tokens[name.next];
    if (after?.text === '{') {
      const end = endOfBlock(tokens, name.next);
      const close = tokens[end];
      const inside = tokens.slice(name.next + 1, end);
      const until = close?.offset ?? text.length;
      chunks.push(chunk(file, name, inside, onlyBetween(text, after.end, until)));
      main = blank(main, token.offset, close?.end ?? text.length);
      at = end;
    } else {
      header ??= name;
      main = blank(
        main,
        token.offset,
        after?.text === ';' ? after.end : (tokens[name.next - 1]?.end ?? token.end),
      );
      at = after?.text === ';' ? name.next : name.next - 1;
    }
  }
  if (header || rest.length > 0 || chunks.length === 0) chunks.unshift(chunk(file, header, rest, main));
  return chunks;
}

interface PackageName {
  readonly id: string;
  readonly token: WitToken | undefined;
  readonly length: number;
  /** The index of the token after the name. */
  readonly next: number;
}

/** Reads `ns:pkg@1.0.0` from a position. */
function packageName(tokens: readonly WitToken[], start: number): PackageName {
  let next = start;
  while (tokens[next]?.kind === 'word' || tokens[next]?.text === ':') next++;
  let id = tokens
    .slice(start, next)
    .map((token) => token.text.replace(/^%/, ''))
    .join('');
  const version = tokens[next];
  if (version?.kind === 'version') {
    id += `@${version.text}`;
    next++;
  }
  const token = tokens[start];
  return { id, token, length: (tokens[next - 1]?.end ?? 0) - (token?.offset ?? 0), next };
}

function chunk(
  file: string,
  name: PackageName | undefined,
  tokens: readonly WitToken[],
  text: string,
): WitChunk {
  const worlds: WitToken[] = [];
  const uses: [number, number][] = [];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at];
    if (token?.text === '{') at = endOfBlock(tokens, at);
    else if (token?.text === 'world' && tokens[at + 1]) worlds.push(tokens[at + 1] as WitToken);
    else if (token?.text === 'use') {
      const end = tokens.findIndex((other, index) => index > at && other.text === ';');
      uses.push([token.offset, tokens[end]?.end ?? text.length]);
    }
  }
  return {
    file,
    ...(name && { package: name.id, ...(name.token && { header: name.token }) }),
    headerLength: name?.length ?? 0,
    text,
    worlds,
    references: referencesIn(tokens),
    uses,
  };
}

/** Every `ns:pkg/name@1.0.0`: only references to other packages are spelt with a colon and a slash. */
function referencesIn(tokens: readonly WitToken[]): WitReference[] {
  const references: WitReference[] = [];
  for (let at = 0; at + 4 < tokens.length; at++) {
    const [namespace, colon, name, slash, item, version] = tokens.slice(at, at + 6);
    if (!namespace || !name || !item || colon?.text !== ':' || slash?.text !== '/') continue;
    if (namespace.kind !== 'word' || name.kind !== 'word' || item.kind !== 'word') continue;
    const suffix = version?.kind === 'version' ? `@${version.text}` : '';
    references.push({
      package: `${namespace.text}:${name.text}${suffix}`.replaceAll('%', ''),
      name: item.text.replace(/^%/, ''),
      token: namespace,
      length: (suffix ? (version as WitToken) : item).end - namespace.offset,
    });
  }
  return references;
}

/** Whether a keyword opens a statement: not a name in one, as in `package: string`. */
function isStatementStart(tokens: readonly WitToken[], at: number): boolean {
  const before = tokens[at - 1]?.text;
  return (
    (before === undefined || before === ';' || before === '}' || before === ')') &&
    tokens[at + 1]?.kind === 'word'
  );
}

/** The index of the brace that closes the one at `open`, or of the last token. */
export function endOfBlock(tokens: readonly WitToken[], open: number): number {
  let depth = 0;
  for (let at = open; at < tokens.length; at++) {
    if (tokens[at]?.text === '{') depth++;
    else if (tokens[at]?.text === '}' && --depth === 0) return at;
  }
  return tokens.length - 1;
}

/** A file's folder; its files share a package. */
export function folderOf(file: string): string {
  return file.slice(0, Math.max(0, file.lastIndexOf('/')));
}

function blank(text: string, start: number, end: number): string {
  return text.slice(0, start) + text.slice(start, end).replace(/[^\n]/g, ' ') + text.slice(end);
}

function onlyBetween(text: string, start: number, end: number): string {
  return blank(blank(text, end, text.length), 0, start);
}
