import { hex, Malformed, type MalformedKind } from '../binary/malformed.ts';
import type { DiagnosticCode } from '../diagnostics/catalogue.ts';
import { diagnose } from '../diagnostics/diagnostic.ts';
import { failure, type Result } from '../diagnostics/result.ts';

const CODES: Readonly<Record<MalformedKind, DiagnosticCode>> = {
  malformed: 'component/malformed',
  'unknown-opcode': 'component/unknown-opcode',
  invalid: 'component/invalid',
  limit: 'component/limit',
};

/** Runs a reader of bytes; what it throws as Malformed becomes one diagnostic with the byte's offset. */
export function guarded<T>(read: () => Result<T>): Result<T> {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return failure(
      diagnose(CODES[error.kind], error.message, {
        where: `byte ${hex(error.offset)}`,
        expected: error.expected,
        found: error.found,
      }),
    );
  }
}
