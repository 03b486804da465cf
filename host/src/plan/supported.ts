import type { Placement } from './types.ts';

/**
 * What the manifest can say and this version does not carry out: refused at plan time, never ignored. Whoever
 * carries one of these out deletes its line here.
 */
export interface NotYet {
  /** A key's path in the manifest; `*` stands for any name or position. */
  readonly key: string;
  /** Only this value is refused. */
  readonly value?: unknown;
  /** What it is, to stand before "is not carried out yet". */
  readonly what: string;
  /** What works today. */
  readonly today: string;
}

export const NOT_YET: readonly NotYet[] = [
  { key: 'trigger.mqtt.*', what: 'an MQTT trigger', today: '`[[trigger.http]]`' },
  { key: 'trigger.redis.*', what: 'a Redis trigger', today: '`[[trigger.http]]`' },
  { key: 'edge.*.*.tee', what: 'a tee', today: 'an edge without `tee`' },
  { key: 'edge.*.*.oneway', value: true, what: 'a one-way edge', today: 'an edge whose calls are answered' },
  { key: 'edge.*.*.topic', what: 'an edge over MQTT', today: 'a linked edge, which has no `topic`' },
  { key: 'edge.*.*.channel', what: 'an edge over Redis', today: 'a linked edge, which has no `channel`' },
  { key: 'edge.*.*.qos', what: 'an edge over MQTT', today: 'a linked edge, which has no `qos`' },
  {
    key: 'edge.*.*.delivery',
    what: 'the choice of delivery',
    today: 'a linked edge, which has no `delivery`',
  },
  {
    key: 'edge.*.*.deadline',
    what: 'a deadline per edge',
    today: '`deadline` in `[limits]`, for the whole event',
  },
  { key: 'edge.*.*.retries', what: 'retrying calls', today: 'a linked edge, which has no `retries`' },
  { key: 'edge.*.*.dead_letter', what: 'a dead letter', today: 'a linked edge, which has no `dead_letter`' },
  { key: 'edge.*.*.claim', what: 'claiming messages', today: 'a linked edge, which has no `claim`' },
  { key: 'store.*.type', value: 'redis', what: 'a Redis store', today: '`type = "sqlite"`' },
];

/** The placements that are carried out. */
export const PLACEMENTS_TODAY: readonly Placement[] = ['fused', 'linked'];

/** Host interfaces that Spin has and Tenon's host does not yet give: id without version, or a package with `/`. */
export const INTERFACES_NOT_YET: readonly string[] = [
  'fermyon:spin/redis',
  'fermyon:spin/mqtt',
  'wasi:http/',
  'wasi:keyvalue/',
  'wasi:config/',
];
