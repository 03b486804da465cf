import { TomlDate } from 'smol-toml';

/** A TOML value in a few words, for "found:". */
export function describeValue(value: unknown): string {
  if (typeof value === 'string')
    return value.length > 60
      ? `the string ${JSON.stringify(value.slice(0, 57))}…`
      : `the string ${JSON.stringify(value)}`;
  if (typeof value === 'number' || typeof value === 'bigint') return `the number ${value}`;
  if (typeof value === 'boolean') return `\`${value}\``;
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : `an array of ${value.length}`;
  if (value instanceof TomlDate) return `the date ${value.toISOString()}`;
  return value === undefined ? 'nothing' : 'a table';
}

/** A key path as TOML writes it: `service.receiver.grants[0]`. */
export function pathText(path: readonly (string | number)[]): string {
  return path
    .map((segment, position) => {
      if (typeof segment === 'number') return `[${segment}]`;
      const name = /^[A-Za-z0-9_-]+$/.test(segment) ? segment : JSON.stringify(segment);
      return position === 0 ? name : `.${name}`;
    })
    .join('');
}
