/** What is called, with what: the same for every row of the hop suite. */
export interface Payload {
  readonly name: string;
  readonly call: 'ping' | 'echo' | 'judge';
  /** Bytes of the string, or lines of the order. */
  readonly size: number;
}

export const PAYLOADS: readonly Payload[] = [
  { name: 'u32', call: 'ping', size: 0 },
  { name: '16 B', call: 'echo', size: 16 },
  { name: '1 KB', call: 'echo', size: 1024 },
  { name: '64 KB', call: 'echo', size: 64 * 1024 },
  { name: '1 MB', call: 'echo', size: 1024 * 1024 },
  { name: '1 line', call: 'judge', size: 1 },
  { name: '10 lines', call: 'judge', size: 10 },
  { name: '100 lines', call: 'judge', size: 100 },
];

export interface Order {
  readonly id: number;
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
}

export type Argument = number | string | Order;

export function argumentOf({ call, size }: Payload): Argument {
  switch (call) {
    case 'ping':
      return 41;
    case 'echo':
      return 'sixteen bytes ok'.repeat(size / 16);
    case 'judge':
      return {
        id: 7,
        lines: Array.from({ length: size }, (_, line) => ({ sku: `sku-${line}`, quantity: line + 1 })),
      };
  }
}

/** The callee of every row that is no service, and what their answers are held against. */
export function answer(call: Payload['call'], argument: Argument): Argument {
  if (call === 'ping') return (argument as number) + 1;
  if (call === 'echo') return argument;
  return (argument as Order).lines.every((line) => line.quantity > 0) ? 'accepted' : 'refused';
}
