import { CATALOGUE, type DiagnosticCode } from './catalogue.ts';

/** A place in a source text. Lines and columns count from 1, columns in UTF-16 code units. */
export interface SourceSpan {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** How many characters the caret line underlines; 1 if absent. */
  readonly length?: number;
}

export type Severity = 'error' | 'warning' | 'note';

/** One problem, as data: rooms return these, only the edges render or throw them. */
export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  /** What is wrong, in one sentence that names the thing. */
  readonly message: string;
  readonly span?: SourceSpan;
  /** Where it is when no file has it: a component, an edge, a path in a type. */
  readonly where?: string;
  readonly expected?: string;
  readonly found?: string;
  /** What to do next. */
  readonly next: string;
  readonly related?: readonly { readonly message: string; readonly span?: SourceSpan }[];
}

export interface DiagnosticDetails {
  readonly span?: SourceSpan | undefined;
  readonly where?: string | undefined;
  readonly expected?: string | undefined;
  readonly found?: string | undefined;
  /** Overrides the catalogue's general advice with one that fits this case. */
  readonly next?: string | undefined;
  readonly severity?: Severity | undefined;
  readonly related?: Diagnostic['related'] | undefined;
}

/** Makes a diagnostic; severity and next step come from the catalogue unless given. */
export function diagnose(code: DiagnosticCode, message: string, details: DiagnosticDetails = {}): Diagnostic {
  const entry = CATALOGUE[code];
  const { span, where, expected, found, related } = details;
  return {
    code,
    severity: details.severity ?? entry.severity ?? 'error',
    message,
    ...(span && { span }),
    ...(where !== undefined && { where }),
    ...(expected !== undefined && { expected }),
    ...(found !== undefined && { found }),
    next: details.next ?? entry.next,
    ...(related && { related }),
  };
}
