import type { DiagnosticCode } from '../diagnostics/catalogue.ts';

/** The kinds of values that a manifest has: what is said of them in messages and in docs/manifest.md. */
export interface Kind {
  /** In the table of docs/manifest.md. */
  readonly type: string;
  /** After "expected:". */
  readonly expected: string;
  /** The code for a value of the right type that is not of this kind. */
  readonly code: DiagnosticCode;
  readonly next?: string;
}

export const KINDS = {
  text: { type: 'string', expected: 'a string', code: 'manifest/bad-value' },
  nonEmpty: { type: 'string', expected: 'a string that is not empty', code: 'manifest/bad-value' },
  name: {
    type: 'name',
    expected: 'a name in lower case, such as `orders` or `order-status`',
    code: 'manifest/bad-name',
  },
  version: { type: 'version', expected: 'a version such as "0.1.0"', code: 'manifest/bad-value' },
  boolean: { type: 'boolean', expected: '`true` or `false`', code: 'manifest/bad-value' },
  count: { type: 'integer', expected: 'a whole number from 1', code: 'manifest/bad-value' },
  retries: { type: 'integer', expected: 'a whole number from 0 to 100', code: 'manifest/bad-value' },
  qos: { type: '0, 1 or 2', expected: '0, 1 or 2', code: 'manifest/bad-value' },
  duration: {
    type: 'duration',
    expected: 'a duration in quotes, such as "30 s", "200 ms" or "5 min"',
    code: 'manifest/bad-duration',
  },
  size: {
    type: 'size',
    expected: 'a size in quotes, such as "128 MiB", "10 MB" or "512 KiB"',
    code: 'manifest/bad-size',
  },
  route: {
    type: 'route',
    expected: 'a path such as "/order", "/orders/:id" or "/static/..."',
    code: 'manifest/bad-route',
  },
  topic: {
    type: 'topic',
    expected:
      'an MQTT topic to publish to, such as "orders/submitted": without `+`, `#` and a `$` at the start',
    code: 'manifest/bad-topic',
  },
  filter: {
    type: 'topic filter',
    expected: 'an MQTT topic, or a filter such as "orders/+" or "orders/#"',
    code: 'manifest/bad-topic',
  },
  address: {
    type: 'address',
    expected: 'the address of a broker, such as "mqtt://localhost:1883" or "redis://localhost:6379"',
    code: 'manifest/bad-value',
  },
  contract: {
    type: 'contract',
    expected: 'the name of an interface, such as "orders:fulfilment/fulfilment@0.1.0"',
    code: 'manifest/bad-value',
  },
  placement: {
    type: '`fused`, `linked`, `redis` or `mqtt`',
    expected: '"fused", "linked", "redis" or "mqtt"',
    code: 'manifest/bad-value',
  },
  strings: { type: 'list of strings', expected: 'a list of strings', code: 'manifest/bad-value' },
  environment: { type: 'table of strings', expected: 'a table of strings', code: 'manifest/bad-value' },
  table: { type: 'table', expected: 'a table', code: 'manifest/bad-value' },
  tables: { type: 'array of tables', expected: 'an array of tables', code: 'manifest/bad-value' },
} as const satisfies Record<string, Kind>;

/** A kind whose values are a few words. */
export function choice(words: readonly string[]): Kind {
  const listed = (quote: string): string =>
    words
      .map((word) => quote + word + quote)
      .join(', ')
      .replace(/, ([^,]*)$/, ' or $1');
  return { type: listed('`'), expected: listed('"'), code: 'manifest/bad-value' };
}
