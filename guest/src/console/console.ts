import { format } from './format.ts';
import { inspect } from './inspect.ts';
import { error, indentBy, log } from './print.ts';
import { table } from './table.ts';

/** Counters last as long as the instance. */
const counts = /* @__PURE__ */ new Map<string, number>();

/** `console` (Console Standard): log, info, debug to stdout, the rest to stderr, as in Node; without timers. */
export const console = {
  log,
  info: log,
  debug: log,
  warn: error,
  error,

  trace(...args: unknown[]): void {
    const where = new Error().stack ?? '';
    error(`Trace${args.length > 0 ? `: ${format(args)}` : ''}\n${where.trimEnd()}`);
  },

  assert(condition?: unknown, ...args: unknown[]): void {
    if (condition) return;
    const [first, ...rest] = args;
    if (typeof first === 'string') error(`Assertion failed: ${first}`, ...rest);
    else error('Assertion failed', ...args);
  },

  dir(value?: unknown): void {
    log(inspect(value));
  },

  table(data?: unknown, columns?: readonly string[]): void {
    log(table(data, columns));
  },

  count(label = 'default'): void {
    const count = (counts.get(label) ?? 0) + 1;
    counts.set(label, count);
    log(`${label}: ${count}`);
  },

  countReset(label = 'default'): void {
    counts.delete(label);
  },

  group(...args: unknown[]): void {
    if (args.length > 0) log(...args);
    indentBy(1);
  },

  groupEnd(): void {
    indentBy(-1);
  },
};
