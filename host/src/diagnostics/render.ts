import type { Diagnostic, Severity, SourceSpan } from './diagnostic.ts';

export interface RenderOptions {
  /** The text of a file that a span names, if it can be read: its line is shown under the message. */
  readonly source: (file: string) => string | undefined;
  /** Whether to write ANSI colours. */
  readonly color: boolean;
  /** Files below this folder are shown relative to it. */
  readonly cwd?: string | undefined;
}

const TAB = '    ';
const ANSI: Record<Severity | 'bold' | 'dim', string> = {
  error: '\x1b[1;31m',
  warning: '\x1b[1;33m',
  note: '\x1b[1;36m',
  bold: '\x1b[1m',
  dim: '\x1b[2m',
};

/**
 * Diagnostics as text for people: per diagnostic its code and message, the place with the source line and a
 * caret under it, what was expected and found, related places, and what to do next. Ends with a newline
 * unless there is nothing to say.
 */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], options: RenderOptions): string {
  return diagnostics.map((diagnostic) => renderOne(diagnostic, options)).join('\n');
}

/**
 * A text without what would steer the terminal or turn the direction of writing: each such character is
 * replaced by one that can be seen, so that columns stay.
 */
function visible(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '\ufffd');
}

function renderOne(diagnostic: Diagnostic, options: RenderOptions): string {
  const { severity, code, span, where, expected, found, next, related } = diagnostic;
  const message = visible(diagnostic.message);
  const paint = (style: keyof typeof ANSI, text: string): string =>
    options.color ? `${ANSI[style]}${text}\x1b[0m` : text;
  const label = (name: string, text: string): string =>
    `  ${paint('dim', `${name}:`.padEnd(9))} ${indentRest(visible(text), 12)}`;

  const lines = [`${paint(severity, `${severity}[${code}]`)}${paint('bold', `: ${message}`)}`];
  if (span) lines.push(...place(span, options, (text) => paint(severity, text)));
  if (where !== undefined) lines.push(label('in', where));
  if (expected !== undefined) lines.push(label('expected', expected));
  if (found !== undefined) lines.push(label('found', found));
  for (const other of related ?? []) {
    lines.push(label('see', other.message));
    if (other.span) lines.push(...place(other.span, options, (text) => paint('note', text)));
  }
  lines.push(label('next', next));
  return `${lines.join('\n')}\n`;
}

/** ` --> file:line:column`, and where the file can be read its line with a caret below. */
function place(span: SourceSpan, options: RenderOptions, paint: (text: string) => string): string[] {
  const at = ` --> ${shown(span.file, options.cwd)}:${span.line}:${span.column}`;
  const written = options.source(span.file)?.split(/\r?\n/)[span.line - 1];
  if (written === undefined) return [at];
  const line = visible(written);
  const number = String(span.line);
  const margin = ' '.repeat(number.length);
  const before = line.slice(0, span.column - 1).replaceAll('\t', TAB);
  const marked = line.slice(span.column - 1, span.column - 1 + (span.length ?? 1)).replaceAll('\t', TAB);
  const caret = '^'.repeat(Math.max(1, columns(marked)));
  return [
    `${margin}${at}`,
    `${margin} |`,
    `${number} | ${line.replaceAll('\t', TAB)}`,
    `${margin} | ${' '.repeat(columns(before))}${paint(caret)}`,
  ];
}

/** Terminal columns, near enough: one per code point, none for combining marks, two for East Asian wide ones. */
function columns(text: string): number {
  let width = 0;
  for (const character of text) {
    if (/\p{Mark}/u.test(character)) continue;
    width +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]|\p{Emoji_Presentation}/u.test(
        character,
      )
        ? 2
        : 1;
  }
  return width;
}

function indentRest(text: string, by: number): string {
  return text.replaceAll('\n', `\n${' '.repeat(by)}`);
}

function shown(file: string, cwd: string | undefined): string {
  const folder = cwd?.replace(/\/+$/, '');
  return folder !== undefined && file.startsWith(`${folder}/`) ? file.slice(folder.length + 1) : file;
}
