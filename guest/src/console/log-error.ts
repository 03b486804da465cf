import { format } from './format.ts';
import { writeErr } from './write.ts';

/** `console.error` for the guest's own modules, which need none of the rest. */
export function logError(...args: unknown[]): void {
  writeErr(`${format(args)}\n`);
}
