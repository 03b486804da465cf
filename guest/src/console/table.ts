import { display, inspect } from './inspect.ts';

/** The text of console.table: a row for each member of `data`, a column for each key of the rows. */
export function table(data: unknown, only?: readonly string[]): string {
  if (typeof data !== 'object' || data === null) return display(data);
  const rows = data instanceof Map ? [...data] : Object.entries(data);
  const keys = new Set<string>();
  let plain = false;
  for (const [, row] of rows) {
    if (typeof row === 'object' && row !== null) for (const key of Object.keys(row as object)) keys.add(key);
    else plain = true;
  }
  const columns = only ?? [...keys];
  const head = ['(index)', ...columns, ...(plain ? ['Values'] : [])];
  const body = rows.map(([index, row]) => {
    const isObject = typeof row === 'object' && row !== null;
    const cell = (key: string): string =>
      isObject && key in row ? inspect((row as Record<string, unknown>)[key], 3) : '';
    return [String(index), ...columns.map(cell), ...(plain ? [isObject ? '' : inspect(row)] : [])];
  });
  const widths = head.map((title, i) => Math.max(title.length, ...body.map((cells) => cells[i]!.length)) + 2);
  const line = (left: string, middle: string, right: string): string =>
    left + widths.map((width) => '─'.repeat(width)).join(middle) + right;
  const row = (cells: readonly string[]): string =>
    `│${cells.map((cell, i) => ` ${cell.padEnd(widths[i]! - 1)}`).join('│')}│`;
  return [line('┌', '┬', '┐'), row(head), line('├', '┼', '┤'), ...body.map(row), line('└', '┴', '┘')].join(
    '\n',
  );
}
