import { componentOf } from '../link/case.ts';

interface Variant {
  /** The version of the package that holds the contract. */
  readonly version?: string;
  /** The type of a line's count. */
  readonly count?: string;
  readonly name?: string;
}

/**
 * Components of a small shop, real ones as to their types, whose functions trap: a receiver that imports
 * fulfilment and log, a fulfilment that imports log, a log; and a door that imports the receiver.
 */
export async function shop(
  world: 'receiver' | 'fulfilment' | 'log' | 'door',
  { version = '0.1.0', count = 'u32', name = 'fulfilment' }: Variant = {},
): Promise<Uint8Array> {
  const wit = `package t:t;
package orders:fulfilment@${version} {
  interface ${name} {
    record line { sku: string, count: ${count} }
    record order { id: string, lines: list<line> }
    submit: func(order: order) -> result<string, string>;
  }
}
package shop:receiver@1.0.0 { interface receiver { place: func(items: list<string>) -> string; } }
package shop:log@1.0.0 { interface log { note: func(text: string); } }
package s:s {
  world receiver {
    import orders:fulfilment/${name}@${version};
    import shop:log/log@1.0.0;
    export shop:receiver/receiver@1.0.0;
  }
  world fulfilment { import shop:log/log@1.0.0; export orders:fulfilment/${name}@${version}; }
  world log { export shop:log/log@1.0.0; }
  world door { import shop:receiver/receiver@1.0.0; export open: func(); }
}`;
  return await componentOf(wit, `s:s/${world}`);
}
