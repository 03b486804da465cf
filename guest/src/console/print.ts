import { format } from './format.ts';
import { writeErr, writeOut } from './write.ts';

/** What console.group has indented by; lasts as long as the instance. */
let indent = '';

export function printTo(write: (text: string) => void, args: readonly unknown[]): void {
  const text = format(args);
  write(`${indent === '' ? text : text.replace(/^/gm, indent)}\n`);
}

/** `console.log`, `info` and `debug`. */
export function log(...args: unknown[]): void {
  printTo(writeOut, args);
}

/** `console.error` and `warn`. */
export function error(...args: unknown[]): void {
  printTo(writeErr, args);
}

export function indentBy(change: 1 | -1): void {
  indent = change > 0 ? `${indent}  ` : indent.slice(2);
}
