import { CATALOGUE } from './catalogue.ts';
import type { DiagnosticCode } from './catalogue.ts';
import { diagnose, type Diagnostic, type DiagnosticDetails } from './diagnostic.ts';
import type { ExitCode } from './entry.ts';
import type { Result } from './result.ts';

/** The one error class of the edges: carries diagnostics, of which the first error gives code and exit code. */
export class TenonError extends Error {
  override readonly name = 'TenonError';
  readonly code: DiagnosticCode;
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[], options?: { cause?: unknown }) {
    const first = diagnostics.find((d) => d.severity === 'error') ?? diagnostics[0];
    super(first?.message ?? 'unknown problem', options);
    this.code = first?.code ?? 'internal/bug';
    this.diagnostics = diagnostics;
  }

  /** The exit code of a command that ends with this error. */
  get exitCode(): ExitCode {
    return CATALOGUE[this.code].exit;
  }
}

/** A TenonError of one diagnostic. */
export function problem(
  code: DiagnosticCode,
  message: string,
  details: DiagnosticDetails & { cause?: unknown } = {},
): TenonError {
  const { cause, ...rest } = details;
  return new TenonError([diagnose(code, message, rest)], cause === undefined ? undefined : { cause });
}

/** The value of a result, or its problems thrown as one TenonError: for the edges only. */
export function unwrap<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new TenonError(result.diagnostics);
}
