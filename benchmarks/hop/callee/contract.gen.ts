// Generated from the world bench:hop-callee/callee@0.1.0 by `tenon types`; do not edit.
/// <reference path="./imports.gen.d.ts" />

export type Verdict =
  | 'accepted'
  | 'refused';

export interface Line {
  sku: string;
  quantity: number;
}

export interface Order {
  id: number;
  lines: Line[];
}

/** What is called: one function per shape of payload. */
export interface Callee {
  ping(n: number): number | Promise<number>;
  echo(text: string): string | Promise<string>;
  judge(order: Order): Verdict | Promise<Verdict>;
}

export interface World {
  callee: Callee;
}
