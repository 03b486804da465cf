import type { Diagnostic, SourceSpan } from './diagnostic.ts';

/** A diagnostic as `--json` prints it: the same fields, absent ones left out, stable in name and order. */
export interface DiagnosticJson {
  readonly code: string;
  readonly severity: string;
  readonly message: string;
  readonly span?: SpanJson;
  readonly where?: string;
  readonly expected?: string;
  readonly found?: string;
  readonly next: string;
  readonly related?: readonly { readonly message: string; readonly span?: SpanJson }[];
}

interface SpanJson {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly length: number;
}

export function diagnosticToJson(diagnostic: Diagnostic): DiagnosticJson {
  const { code, severity, message, span, where, expected, found, next, related } = diagnostic;
  return {
    code,
    severity,
    message,
    ...(span && { span: spanToJson(span) }),
    ...(where !== undefined && { where }),
    ...(expected !== undefined && { expected }),
    ...(found !== undefined && { found }),
    next,
    ...(related && {
      related: related.map((other) => ({
        message: other.message,
        ...(other.span && { span: spanToJson(other.span) }),
      })),
    }),
  };
}

function spanToJson({ file, line, column, length = 1 }: SourceSpan): SpanJson {
  return { file, line, column, length };
}
