import { parse } from 'smol-toml';

/** A key path into a parsed document: names, and positions in arrays. */
export type KeyPath = readonly (string | number)[];

/** Lines and columns from 1, columns and length in UTF-16 code units, never beyond the line. */
export interface TextSpan {
  readonly line: number;
  readonly column: number;
  readonly length: number;
}

export interface KeySpans {
  /** The key as written (its last segment where it is dotted or in a header); for an array's element, the element. */
  readonly key: TextSpan;
  /** The value as written, up to the end of its first line; for a table with a header, the key. */
  readonly value: TextSpan;
}

/** Where each key of a document stands, by `pathKey` of its path. */
export type SpanIndex = ReadonlyMap<string, KeySpans>;

export function pathKey(path: KeyPath): string {
  return JSON.stringify(path);
}

/**
 * Finds where each key and value of a TOML text stands, tables by their headers, arrays of tables and inline
 * values by position. The text must be valid TOML (parse it first): the scanner only follows it, it checks
 * nothing. Source: TOML 1.1, toml.io.
 */
export function indexSpans(text: string): SpanIndex {
  return new Scanner(text).document();
}

interface Segment {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

class Scanner {
  readonly #text: string;
  readonly #lineStarts: number[] = [0];
  readonly #spans = new Map<string, KeySpans>();
  /** Paths whose span is only a part of some longer header or dotted key: their own header replaces it. */
  readonly #implied = new Set<string>();
  readonly #tableCounts = new Map<string, number>();
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1))
      this.#lineStarts.push(at + 1);
  }

  document(): SpanIndex {
    let table: KeyPath = [];
    for (this.#blank(); this.#at < this.#text.length; this.#blank()) {
      if (this.#text[this.#at] === '[') table = this.#header();
      else this.#pair(table);
    }
    return this.#spans;
  }

  /** `[a.b]` or `[[a.b]]`: the path of the table that follows. */
  #header(): KeyPath {
    const array = this.#text.startsWith('[[', this.#at);
    this.#at += array ? 2 : 1;
    const segments = this.#key();
    this.#at += array ? 2 : 1;
    let path: KeyPath = [];
    segments.forEach((segment, position) => {
      path = [...path, segment.name];
      const last = position === segments.length - 1;
      this.#record(path, segment, segment, !last);
      const count = this.#tableCounts.get(pathKey(path)) ?? 0;
      if (last && array) {
        this.#tableCounts.set(pathKey(path), count + 1);
        path = [...path, count];
        this.#record(path, segment, segment, false);
      } else if (count > 0) {
        path = [...path, count - 1];
      }
    });
    return path;
  }

  /** `a.b = value` inside the table at `table`. */
  #pair(table: KeyPath): void {
    const segments = this.#key();
    let path = table;
    segments.forEach((segment, position) => {
      path = [...path, segment.name];
      if (position < segments.length - 1) this.#record(path, segment, segment, true);
    });
    this.#at += 1; // =
    this.#space();
    const value = this.#value(path);
    const segment = segments.at(-1);
    if (segment) this.#record(path, segment, value, false);
  }

  /** A dotted key; leaves the position at what follows it. */
  #key(): Segment[] {
    const segments: Segment[] = [];
    do {
      this.#space();
      const start = this.#at;
      const quote = this.#text[start];
      if (quote === '"' || quote === "'") {
        this.#string();
        const [name = ''] = Object.keys(parse(`${this.#text.slice(start, this.#at)} = 1`));
        segments.push({ name, start, end: this.#at });
      } else {
        this.#skip(/[^\s.=\]#]*/y);
        segments.push({ name: this.#text.slice(start, this.#at), start, end: this.#at });
      }
      this.#space();
    } while (this.#text[this.#at] === '.' && ++this.#at);
    return segments;
  }

  /** Any value; records what is inside of it, and leaves the position behind it. */
  #value(path: KeyPath): { start: number; end: number } {
    const start = this.#at;
    const first = this.#text[start];
    if (first === '"' || first === "'") this.#string();
    else if (first === '[') this.#array(path);
    else if (first === '{') this.#inlineTable(path);
    else {
      this.#skip(/[^,\]}#\n]*/y);
      while (this.#at > start && /\s/.test(this.#text[this.#at - 1] ?? '')) this.#at -= 1;
    }
    return { start, end: this.#at };
  }

  #array(path: KeyPath): void {
    this.#at += 1;
    for (let position = 0; ; position++) {
      this.#blank();
      if (this.#text[this.#at] === ']') break;
      const element = [...path, position];
      const value = this.#value(element);
      this.#record(element, value, value, false);
      this.#blank();
      if (this.#text[this.#at] === ',') this.#at += 1;
    }
    this.#at += 1;
  }

  #inlineTable(path: KeyPath): void {
    this.#at += 1;
    for (;;) {
      this.#blank();
      if (this.#text[this.#at] === '}') break;
      this.#pair(path);
      this.#blank();
      if (this.#text[this.#at] === ',') this.#at += 1;
    }
    this.#at += 1;
  }

  /** A string of any of the four kinds. */
  #string(): void {
    const rest = this.#text.slice(this.#at, this.#at + 3);
    if (rest === '"""') this.#skip(/"""(?:\\[^]|[^\\])*?"""(?!")"{0,2}/y);
    else if (rest === "'''") this.#skip(/'''[^]*?'''(?!')'{0,2}/y);
    else if (rest.startsWith('"')) this.#skip(/"(?:\\.|[^"\\])*"/y);
    else this.#skip(/'[^']*'/y);
  }

  #blank(): void {
    this.#skip(/(?:\s|#[^\n]*|\uFEFF)*/y);
  }

  #space(): void {
    this.#skip(/[ \t]*/y);
  }

  #skip(pattern: RegExp): void {
    pattern.lastIndex = this.#at;
    if (pattern.test(this.#text)) this.#at = pattern.lastIndex;
  }

  #record(
    path: KeyPath,
    key: { start: number; end: number },
    value: { start: number; end: number },
    implied: boolean,
  ): void {
    const name = pathKey(path);
    if (this.#spans.has(name) && !(this.#implied.has(name) && !implied)) return;
    this.#spans.set(name, { key: this.#span(key), value: this.#span(value) });
    if (implied) this.#implied.add(name);
    else this.#implied.delete(name);
  }

  #span({ start, end }: { start: number; end: number }): TextSpan {
    let low = 0;
    let high = this.#lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#lineStarts[middle] ?? 0) <= start) low = middle;
      else high = middle - 1;
    }
    const lineStart = this.#lineStarts[low] ?? 0;
    const lineEnd = this.#text.indexOf('\n', start);
    const text = this.#text.slice(start, lineEnd === -1 ? end : Math.min(end, lineEnd)).trimEnd();
    return { line: low + 1, column: start - lineStart + 1, length: Math.max(1, text.length) };
  }
}
