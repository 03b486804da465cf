import { parse, TomlDate, TomlError } from 'smol-toml';
import { diagnose, type SourceSpan } from '../diagnostics/diagnostic.ts';
import { failure, success, type Result } from '../diagnostics/result.ts';
import { indexSpans, pathKey, type KeyPath, type KeySpans, type SpanIndex } from './spans.ts';

export type Table = { readonly [key: string]: unknown };

/** A manifest's text as data, with the places of its keys. */
export interface ManifestDocument {
  readonly file: string;
  readonly data: Table;
  readonly spans: SpanIndex;
}

/** Parses TOML; a syntax error carries the parser's position. */
export function readDocument(text: string, file: string): Result<ManifestDocument> {
  try {
    const data = parse(text);
    return success({ file, data, spans: indexSpans(text) });
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const { line, column } = error;
    const [reason = ''] = error.message.replace('Invalid TOML document: ', '').split('\n');
    return failure(
      diagnose('manifest/syntax', `this is not TOML: ${reason.trim()}`, {
        span: { file, line, column },
        ...adviceFor(reason),
        found: textAt(text, line, column),
      }),
    );
  }
}

/** What the parser's reasons mean for whoever wrote the text. */
const ADVICE: readonly (readonly [reason: RegExp, expected: string, next: string])[] = [
  [/redefine/, 'each table and key once', 'Remove or rename one of the two.'],
  [/control characters/, 'a string that ends on its line', 'Close the string with the quote that opened it.'],
  [
    /escape/,
    'an escape of TOML, such as `\\\\` or `\\n`',
    "Double the backslash, or write the string in '…'.",
  ],
  [
    /invalid value/,
    'a string in quotes, a number, `true`, `false`, an array or a table',
    'Put text in quotes.',
  ],
  [/in key/, '`key = value`, `[table]` or `[[table]]`', 'Complete the key or the header.'],
  [/end of structure/, 'a comma, or the end of the array or inline table', 'Close it with `]` or `}`.'],
];

function adviceFor(reason: string): { expected: string; next?: string } {
  const [, expected = 'TOML', next] = ADVICE.find(([pattern]) => pattern.test(reason)) ?? [];
  return next === undefined ? { expected } : { expected, next };
}

/** What stands at a place, up to the end of the line, for "found:". */
function textAt(text: string, line: number, column: number): string {
  const lines = text.split(/\r?\n/);
  const rest = lines[line - 1]?.slice(column - 1).trim() ?? '';
  if (rest !== '') return `\`${rest.length > 40 ? `${rest.slice(0, 39)}…` : rest}\``;
  return line >= lines.length ? 'the end of the file' : 'the end of the line';
}

export function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof TomlDate);
}

/** The value at a path; undefined where there is none. */
export function valueAt(data: unknown, path: KeyPath): unknown {
  let at: unknown = data;
  for (const segment of path) {
    if (Array.isArray(at) && typeof segment === 'number') at = at[segment];
    else at = isTable(at) && Object.hasOwn(at, segment) ? at[segment] : undefined;
  }
  return at;
}

/** One variant of the app: the root tables with the chosen profile merged over them. */
export interface Variant {
  readonly document: ManifestDocument;
  readonly profile?: string | undefined;
  /** Without `profile`. */
  readonly data: Table;
}

/** The app in a profile, which must exist; tables merge key by key, all else (arrays too) is replaced. */
export function variantOf(document: ManifestDocument, profile?: string): Variant {
  const { profile: profiles, ...base } = document.data;
  const chosen = profile === undefined ? undefined : valueAt(profiles, [profile]);
  return { document, profile, data: isTable(chosen) ? merge(base, chosen) : base };
}

function merge(base: Table, over: Table): Table {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const before = Object.hasOwn(base, key) ? base[key] : undefined;
    merged[key] = isTable(before) && isTable(value) ? merge(before, value) : value;
  }
  return merged;
}

/** Whether the variant's text says something for a path, itself and not by a default. */
export function isWritten(variant: Variant, path: KeyPath): boolean {
  return valueAt(variant.data, path) !== undefined;
}

/** Where a key of the variant stands, in the profile if that has it; for a missing one the nearest table around. */
export function locate(variant: Variant, path: KeyPath, part: keyof KeySpans = 'value'): SourceSpan {
  const { document, profile } = variant;
  for (let length = path.length; length > 0; length--) {
    const prefix = path.slice(0, length);
    const spans =
      (profile === undefined ? undefined : document.spans.get(pathKey(['profile', profile, ...prefix]))) ??
      document.spans.get(pathKey(prefix));
    if (spans) return { file: document.file, ...(length === path.length ? spans[part] : spans.key) };
  }
  return { file: document.file, line: 1, column: 1 };
}
