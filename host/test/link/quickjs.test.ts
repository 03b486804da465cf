import { spawnSync } from 'node:child_process';
import { beforeAll, describe, expect, test } from 'vitest';
import { componentTypeOf } from '../../src/component/signature.ts';
import type { LinkGraph } from '../../src/link/graph.ts';
import { link, type Linked } from '../../src/link/link.ts';
import { tool } from '../tools.ts';
import { reversed } from './case.ts';
import { instantiate, quickjs } from './quickjs.ts';

const wasmTools = tool('wasm-tools');
const wasmtime = tool('python-wasmtime');

const WIT = `package tenon:build;

package shop:orders@1.0.0 {
  interface types { enum state { created, fulfilled, rejected } record line { article: string, quantity: u32 } record order { id: u32, lines: list<line>, state: state } }
  interface intake { use types.{order, line}; place: func(lines: list<line>) -> result<order, string>; }
  interface fulfilment { use types.{order}; submit: func(order: order) -> result<order, string>; }
  interface stock { use types.{line}; take: func(lines: list<line>) -> result<u32, string>; }
  interface tickets { resource ticket { constructor(first: u32); next: func() -> u32; } open: func() -> ticket; }
  interface left { run: func() -> list<u32>; }
  interface right { run: func() -> list<u32>; }
}
package wasi:random@0.2.12 { interface random { get-random-u64: func() -> u64; get-random-bytes: func(len: u64) -> list<u8>; } }

package case:services@0.1.0 {
  world intake { import wasi:random/random@0.2.12; import shop:orders/fulfilment@1.0.0; export shop:orders/intake@1.0.0; }
  world fulfilment { import wasi:random/random@0.2.12; import shop:orders/stock@1.0.0; export shop:orders/fulfilment@1.0.0; }
  world stock { export shop:orders/stock@1.0.0; }
  world tickets { export shop:orders/tickets@1.0.0; }
  world left { import shop:orders/tickets@1.0.0; export shop:orders/left@1.0.0; }
  world right { import shop:orders/tickets@1.0.0; export shop:orders/right@1.0.0; }
  world both { import shop:orders/left@1.0.0; import shop:orders/right@1.0.0; export run: func() -> list<u32>; }
}
`;

const SOURCES: Readonly<Record<string, string>> = {
  intake: `import { getRandomBytes } from 'wasi:random/random@0.2.12';
    import { submit } from 'shop:orders/fulfilment@1.0.0';
    export const intake = { place: (lines) => submit({ id: getRandomBytes(1)[0], lines, state: 'created' }) };`,
  fulfilment: `import { getRandomBytes } from 'wasi:random/random@0.2.12';
    import { take } from 'shop:orders/stock@1.0.0';
    export const fulfilment = { submit(order) {
      const left = take(order.lines);
      return { ...order, id: order.id * 1000 + getRandomBytes(1)[0], state: left > 0 ? 'fulfilled' : 'rejected' };
    } };`,
  stock: `let left = 10;
    export const stock = { take(lines) {
      for (const line of lines) { if (line.quantity > 100) throw 'no ' + line.article; left -= line.quantity; }
      return Math.max(left, 0);
    } };`,
  // The first ticket is never called: jco 1.35 takes the representation 0, which it has, for a free entry.
  tickets: `class Ticket { constructor(first) { this.at = first; } next() { return this.at++; } }
    let opened = 0;
    export const tickets = { Ticket, open: () => new Ticket(opened++ * 100) };`,
  left: `import { open } from 'shop:orders/tickets@1.0.0';
    export const left = { run() { const unused = open(); const ticket = open(); return [ticket.next(), ticket.next()]; } };`,
  right: `import { open } from 'shop:orders/tickets@1.0.0';
    export const right = { run() { const ticket = open(); return [ticket.next(), ticket.next()]; } };`,
  both: `import { run as left } from 'shop:orders/left@1.0.0';
    import { run as right } from 'shop:orders/right@1.0.0';
    export function run() { return [...left(), ...right(), ...left()]; }`,
};

async function graphOf(
  root: string,
  ...edges: readonly (readonly [string, string, string])[]
): Promise<LinkGraph> {
  const names = [...new Set([root, ...edges.flatMap(([importer, , provider]) => [importer, provider])])];
  const instances = await Promise.all(
    names.map(async (name) => ({
      name,
      bytes: await quickjs(WIT, `case:services/${name}@0.1.0`, SOURCES[name] ?? ''),
    })),
  );
  return {
    root,
    instances,
    edges: edges.map(([importer, contract, provider]) => {
      const id = `shop:orders/${contract}@1.0.0`;
      return { importer, import: id, provider, export: id };
    }),
  };
}

function linked(graph: LinkGraph): Linked {
  const result = link(graph);
  if (!result.ok) throw new Error(JSON.stringify(result.diagnostics, undefined, 2));
  return result.value;
}

/** What a call throws: jco throws the error of a WIT result as it is. */
function thrownBy(call: () => unknown): unknown {
  try {
    return { returned: call() };
  } catch (error) {
    return error;
  }
}

let chain: LinkGraph;
let diamond: LinkGraph;

beforeAll(async () => {
  chain = await graphOf('intake', ['intake', 'fulfilment', 'fulfilment'], ['fulfilment', 'stock', 'stock']);
  diamond = await graphOf(
    'both',
    ['both', 'left', 'left'],
    ['both', 'right', 'right'],
    ['left', 'tickets', 'tickets'],
    ['right', 'tickets', 'tickets'],
  );
});

describe('three TypeScript services in a row', () => {
  test('answer as one component, with the host behind both that import it', async () => {
    const drawn = [7, 42, 8, 43, 9, 44];
    const random = { getRandomBytes: () => Uint8Array.of(drawn.shift() ?? 0) };
    const { intake } = await instantiate(linked(chain).bytes, { 'wasi:random/random': random });
    const lines = (quantity: number): unknown => [{ article: 'tea', quantity }];
    expect(intake?.['place']?.(lines(4))).toEqual({ id: 7042, lines: lines(4), state: 'fulfilled' });
    expect(intake?.['place']?.(lines(6))).toEqual({ id: 8043, lines: lines(6), state: 'rejected' });
    expect(thrownBy(() => intake?.['place']?.(lines(101)))).toBe('no tea');
  });

  test('import what they share once, export what the root does, and hide the stray init', () => {
    const { imports, exports, report } = linked(chain);
    expect(new Set(imports).size).toBe(imports.length);
    expect(imports.filter((name) => !name.startsWith('wasi:'))).toEqual(['shop:orders/types@1.0.0']);
    expect(exports).toEqual(['shop:orders/intake@1.0.0']);
    expect(report.notes).toEqual([{ kind: 'hidden', export: 'init' }]);
  });

  test('show the init where it is not to be hidden', () => {
    const asked: string[] = [];
    const hide = (name: string, instance: string): boolean => asked.push(`${instance}.${name}`) === 0;
    expect(linked({ ...chain, hide }).exports).toEqual(['init', 'shop:orders/intake@1.0.0']);
    expect(asked).toEqual(['intake.init', 'intake.shop:orders/intake@1.0.0']);
  });

  test('hold one engine where hoisting is on', () => {
    const hoisted = linked(chain);
    const plain = linked({ ...chain, passes: { hoist: false } });
    expect(plain.report.hoistedBytes).toBe(0);
    expect(hoisted.report.hoistedBytes).toBeGreaterThan(2_000_000);
    // The module sections' own headers and the names of hoisted modules are all that it costs.
    expect(plain.bytes.length - hoisted.bytes.length).toBeGreaterThan(hoisted.report.hoistedBytes - 100);
  });
});

test('a provider that two services share is one instance, and its resources keep their identity', async () => {
  const exports = await instantiate(linked(diamond).bytes);
  const run = exports['run'] as unknown as () => Uint32Array;
  expect([...run()]).toEqual([100, 101, 200, 201, 400, 401]);
});

test.skipIf(wasmtime.missing)(`the diamond answers alike on Wasmtime${wasmtime.reason}`, () => {
  const script = [
    'import json, sys, wasmtime',
    'from wasmtime.component import Component, Linker',
    'engine = wasmtime.Engine()',
    'component = Component(engine, sys.stdin.buffer.read())',
    'store = wasmtime.Store(engine)',
    'store.set_wasi(wasmtime.WasiConfig())',
    'linker = Linker(engine)',
    'linker.add_wasip2()',
    'print(json.dumps(linker.instantiate(store, component).get_func(store, "run")(store)))',
  ].join('\n');
  const run = spawnSync('python3', ['-c', script], { input: linked(diamond).bytes, encoding: 'utf8' });
  expect(run.stderr).toBe('');
  expect(JSON.parse(run.stdout)).toEqual([100, 101, 200, 201, 400, 401]);
});

describe.each([['chain', () => chain] as const, ['diamond', () => diamond] as const])(
  'the %s',
  (_, graph) => {
    test('has the same bytes whatever the order given', () => {
      expect(Buffer.compare(linked(reversed(graph())).bytes, linked(graph()).bytes)).toBe(0);
    });

    test('is read back with the imports and exports reported', () => {
      const { bytes, imports, exports } = linked(graph());
      const signature = componentTypeOf(bytes);
      if (!signature.ok) throw new Error(JSON.stringify(signature.diagnostics));
      expect([...signature.value.imports.keys()]).toEqual(imports);
      expect([...signature.value.exports.keys()]).toEqual(exports);
    });

    test.skipIf(wasmTools.missing).each([true, false])(
      `is valid to wasm-tools, hoist %s${wasmTools.reason}`,
      (hoist) => {
        const { bytes } = linked({ ...graph(), passes: { hoist } });
        const run = spawnSync('wasm-tools', ['validate', '--features', 'all', '-'], { input: bytes });
        expect(run.stderr.toString()).toBe('');
        expect(run.status).toBe(0);
      },
    );

    test('can be linked again, as a component like any other', () => {
      const whole = linked(graph());
      const again = linked({ root: 'unit', instances: [{ name: 'unit', bytes: whole.bytes }], edges: [] });
      expect([...again.imports].sort()).toEqual([...whole.imports].sort());
      expect(again.exports).toEqual(whole.exports);
    });
  },
);
