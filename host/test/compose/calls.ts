import { Model, representation, type GeneratedService } from './services.ts';

/** A value of `choice`, as jco represents it. */
type Choice =
  | { readonly tag: 'none' }
  | { readonly tag: 'num'; readonly val: number }
  | { readonly tag: 'at'; readonly val: { readonly x: number; readonly y: bigint } };

/** A call of a function, or `cell`: what a new cell made with the number answers. */
export type Call =
  | readonly ['num' | 'cell', number]
  | readonly ['pick', Choice]
  | readonly ['text', string]
  | readonly ['many', readonly Choice[]];

const FAR: Choice = { tag: 'at', val: { x: 4_294_967_295, y: -9_000_000_000_000_000_000n } };

/** What is asked of a composition, one after the other: each call leaves its mark in the counters. */
export const CALLS: readonly Call[] = [
  ['num', 1],
  ['num', 4_000_000_000],
  ['pick', { tag: 'none' }],
  ['pick', { tag: 'num', val: 7 }],
  ['pick', FAR],
  ['text', ''],
  ['text', 'träge Ware ✓ 🛒'],
  ['many', []],
  ['many', [{ tag: 'none' }, FAR, { tag: 'num', val: 3 }, FAR]],
  ['cell', 5],
  ['num', 2],
];

/** What the first service answers to those calls by its arithmetic, as JSON can carry it. */
export function expectedAnswers(services: readonly GeneratedService[]): unknown[] {
  const model = new Model(services);
  let nums = 0;
  return CALLS.map(([name, argument]) => {
    switch (name) {
      case 'num':
        nums++;
        return model.num(argument);
      case 'cell':
        // The first service counts its own calls of `num`.
        return representation(0, argument) + nums;
      case 'pick':
        return plain(model.pick(...flat(argument)));
      case 'text':
        return model.text(argument);
      case 'many':
        return plain(model.many(argument.map(flat)));
    }
  });
}

function flat(choice: Choice): [tag: number, a: number, b: bigint] {
  switch (choice.tag) {
    case 'none':
      return [0, 0, 0n];
    case 'num':
      return [1, choice.val, 0n];
    case 'at':
      return [2, choice.val.x, choice.val.y];
  }
}

/** Integers of 64 bits as text, since JSON has no such numbers. */
export function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? `${one}` : one)));
}

type Api = Readonly<Record<string, (...args: unknown[]) => unknown>> & {
  readonly Cell: new (n: number) => { get(): number };
};

/** What a composition on Node answers to the calls: the interface as jco's glue exports it. */
export function answersOf(exported: unknown): unknown[] {
  const api = exported as Api;
  return CALLS.map(([name, argument]) =>
    name === 'cell' ? new api.Cell(argument).get() : plain(api[name]!(argument)),
  );
}
