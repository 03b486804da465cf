import type { Paint } from './output.ts';

/** A heading and rows in columns; nothing where there are no rows. */
export function table(title: string, rows: readonly (readonly string[])[], paint: Paint): string {
  if (rows.length === 0) return '';
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => (column < row.length - 1 ? (row[column] ?? '').length : 0))),
  );
  const lines = rows.map(
    (row) =>
      `  ${row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join('  ')}`,
  );
  return `${paint('bold', title)}\n${lines.map((line) => `${line.trimEnd()}\n`).join('')}`;
}
