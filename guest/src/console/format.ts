import { display, inspect } from './inspect.ts';

/** The formatter of the Console Standard (§2.2): `%s %d %i %f %o %O %j %c %%` in a first string argument. */
export function format(args: readonly unknown[]): string {
  const [first, ...rest] = args;
  if (typeof first !== 'string' || rest.length === 0) return args.map(display).join(' ');
  let used = 0;
  const head = first.replace(/%[sdifoOjc%]/g, (directive) => {
    if (directive === '%%') return '%';
    if (used >= rest.length) return directive;
    return directed(directive, rest[used++]);
  });
  return [head, ...rest.slice(used).map(display)].join(' ');
}

function directed(directive: string, value: unknown): string {
  switch (directive) {
    case '%s':
      return typeof value === 'object' && value !== null ? inspect(value) : String(value);
    case '%d':
      return typeof value === 'bigint'
        ? `${value}n`
        : typeof value === 'symbol'
          ? 'NaN'
          : String(Number(value));
    case '%i':
      return typeof value === 'symbol' ? 'NaN' : String(Number.parseInt(String(value), 10));
    case '%f':
      return typeof value === 'symbol' ? 'NaN' : String(Number.parseFloat(String(value)));
    case '%j':
      return JSON.stringify(value) ?? 'undefined';
    case '%c':
      return '';
    default:
      return inspect(value);
  }
}
