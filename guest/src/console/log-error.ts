import { errorText } from './error-text.ts';
import { writeErr } from './write.ts';

/** Logs an error with its causes to stderr, for the guest's own modules: `console` would be much more code. */
export function logError(what: string, error: unknown): void {
  let text = `${what} ${textOf(error)}`;
  let cause = error;
  for (let depth = 0; depth < 5 && cause instanceof Error && cause.cause !== undefined; depth++) {
    ({ cause } = cause);
    text += `\n  caused by ${textOf(cause)}`;
  }
  writeErr(`${text}\n`);
}

function textOf(value: unknown): string {
  if (value instanceof Error) return errorText(value);
  try {
    return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  } catch {
    return String(value);
  }
}
