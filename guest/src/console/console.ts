import { format } from './format.ts';
import { inspect } from './inspect.ts';
import { table } from './table.ts';
import { writeErr, writeOut } from './write.ts';

/** Groups and counters last as long as the instance. */
let indent = '';
let counts: Record<string, number> = {};

function print(write: (text: string) => void, args: readonly unknown[]): void {
  const text = format(args);
  write(`${indent === '' ? text : text.replace(/^/gm, indent)}\n`);
}

/** `console` (Console Standard): log, info, debug to stdout, the rest to stderr, as in Node; without timers. */
export const console = {
  log: (...args: unknown[]): void => print(writeOut, args),
  info: (...args: unknown[]): void => print(writeOut, args),
  debug: (...args: unknown[]): void => print(writeOut, args),
  warn: (...args: unknown[]): void => print(writeErr, args),
  error: (...args: unknown[]): void => print(writeErr, args),

  trace(...args: unknown[]): void {
    const where = new Error().stack ?? '';
    print(writeErr, [`Trace${args.length > 0 ? `: ${format(args)}` : ''}\n${where.trimEnd()}`]);
  },

  assert(condition?: unknown, ...args: unknown[]): void {
    if (condition) return;
    const [first, ...rest] = args;
    if (typeof first === 'string') print(writeErr, [`Assertion failed: ${first}`, ...rest]);
    else print(writeErr, ['Assertion failed', ...args]);
  },

  dir: (value?: unknown): void => print(writeOut, [inspect(value)]),

  table(data?: unknown, columns?: readonly string[]): void {
    print(writeOut, [table(data, columns)]);
  },

  count(label = 'default'): void {
    counts[label] = (counts[label] ?? 0) + 1;
    print(writeOut, [`${label}: ${counts[label]}`]);
  },

  countReset(label = 'default'): void {
    counts = { ...counts, [label]: 0 };
  },

  group(...args: unknown[]): void {
    if (args.length > 0) print(writeOut, args);
    indent += '  ';
  },

  groupEnd(): void {
    indent = indent.slice(2);
  },
};
