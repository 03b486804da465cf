import { parse } from '@bytecodealliance/jco-transpile/wasm-tools';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unwrap } from '../../src/diagnostics/error.ts';
import { compose } from '../../src/link/compose.ts';
import { dot, mermaid } from '../../src/link/inspect/graph-text.ts';
import { inspect } from '../../src/link/inspect/inspect.ts';
import { shop } from './shop.ts';

const [receiver, fulfilment, log, door] = await Promise.all([
  shop('receiver'),
  shop('fulfilment'),
  shop('log'),
  shop('door'),
]);
const inner = unwrap(
  compose([
    { name: 'receiver', bytes: receiver },
    { name: 'fulfilment', bytes: fulfilment },
  ]),
).bytes;
const whole = unwrap(
  compose([
    { name: 'door', bytes: door },
    { name: 'inner', bytes: inner },
    { name: 'log', bytes: log },
  ]),
).bytes;

describe('inspecting', () => {
  test('a composition shows its instances and who is wired to whom', () => {
    const { name, instances, wires } = unwrap(inspect(inner));
    expect(name).toBe('receiver');
    expect(instances.map((instance) => instance.name)).toEqual(['fulfilment', 'receiver']);
    expect(wires).toEqual([
      { importer: 'fulfilment', import: 'shop:log/log@1.0.0' },
      {
        importer: 'receiver',
        import: 'orders:fulfilment/fulfilment@0.1.0',
        provider: 'fulfilment',
      },
      { importer: 'receiver', import: 'shop:log/log@1.0.0' },
    ]);
  });

  test('a composition of a composition shows the outermost instances', () => {
    const { instances, wires } = unwrap(inspect(whole));
    expect(instances.map(({ name }) => name)).toEqual(['log', 'inner', 'door']);
    expect(wires.map(({ importer, provider }) => `${importer} ${provider}`)).toEqual([
      'inner log',
      'door inner',
    ]);
  });

  test('imports and exports have their functions and types', () => {
    const { imports, exports } = unwrap(inspect(inner));
    expect(exports).toMatchObject([
      {
        name: 'shop:receiver/receiver@1.0.0',
        kind: 'instance',
        functions: [{ name: 'place', type: 'func(items: list<string>) -> string' }],
      },
    ]);
    expect(imports.map(({ name }) => name)).toEqual(['shop:log/log@1.0.0']);
    expect(unwrap(inspect(receiver)).imports[0]).toMatchObject({
      functions: [{ name: 'submit', type: 'func(order: order) -> result<string, string>' }],
      types: [
        { name: 'line', type: 'record { sku: string, count: u32 }' },
        { name: 'order', type: 'record { id: string, lines: list<line> }' },
      ],
    });
  });

  test('every byte is counted once', () => {
    for (const bytes of [receiver, inner, whole]) {
      const { sizes, parts } = unwrap(inspect(bytes));
      for (const size of [sizes, ...parts.map((part) => part.sizes)]) {
        expect(size.code + size.data + size.custom + size.rest).toBe(size.total);
        expect(Math.min(...Object.values(size))).toBeGreaterThanOrEqual(0);
      }
      expect(sizes.total).toBe(bytes.length);
      expect(parts.reduce((sum, part) => sum + part.sizes.total, 0)).toBeLessThan(bytes.length);
    }
  });

  test('what an instance takes of the pool is the sum over its instances, however often one component stands', async () => {
    const wat = `(component
      (core module $m (memory 1) (memory 2) (table 3 funcref) (table 4 funcref) (table 5 funcref))
      (component $c (core instance (instantiate (module 0))) (core module (memory 1)) (core instance (instantiate 0)))
      (component $d (core module $own (memory 1) (table 1 funcref)) (core instance (instantiate $own)) (core instance (instantiate $own)))
      (core instance (instantiate $m))
      (instance (instantiate $d))
      (instance (instantiate $d))
    )`.replace('(core instance (instantiate (module 0))) ', '');
    const { pool, instances } = unwrap(inspect(await parse(wat)));
    expect([pool.memories.used, pool.tables.used, pool.coreInstances.used]).toEqual([2 + 4, 3 + 4, 1 + 4]);
    expect(instances.map(({ name }) => name)).toEqual(['d', 'd-2']);
  });

  test('modules that components share are told, with who shares them', async () => {
    const module = `(core module (memory 1) (data (i32.const 0) "${'x'.repeat(200)}"))`;
    const source = (name: string): string => `(component ${module} (core instance (instantiate 0))
      ${name === 'a' ? '(import "b" (func))' : ''}
      (core module $f (func (export "f"))) (core instance $i (instantiate $f))
      (func (export "${name}") (canon lift (core func $i "f"))))`;
    const inputs = [
      { name: 'a', bytes: await parse(source('a')) },
      { name: 'b', bytes: await parse(source('b')) },
    ];
    // Neither needs the module that they share, so that it would be left out.
    const composed = unwrap(compose(inputs, { trim: false }));
    const { hoisted, parts, wires } = unwrap(inspect(composed.bytes));
    expect(hoisted.modules).toBe(1);
    expect(hoisted.bytes).toBeGreaterThan(200);
    expect(parts[0]).toMatchObject({ kind: 'core-module', name: 'shared-0', usedBy: ['b', 'a'] });
    expect(wires).toEqual([{ importer: 'a', import: 'b', provider: 'b' }]);
  });

  test('toolchains come from producers sections at any depth', () => {
    const { producers } = unwrap(inspect(whole));
    expect(producers).toContainEqual({
      field: 'processed-by',
      name: 'wit-component',
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
    });
  });

  test('the graph can be drawn', () => {
    expect(mermaid(unwrap(inspect(inner)))).toBe(`flowchart LR
  n0["fulfilment"]
  n1["receiver"]
  n2["outside"]
  n0 -- "shop:log@1.0.0" --> n2
  n1 -- "orders:fulfilment/fulfilment@0.1.0" --> n0
  n1 -- "shop:log@1.0.0" --> n2
`);
    expect(dot(unwrap(inspect(inner)))).toContain(
      '  "receiver" -> "fulfilment" [label="orders:fulfilment/fulfilment@0.1.0"];\n',
    );
  });
});

describe('what is no good component', () => {
  test('a core module is refused with advice', () => {
    const result = inspect(Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00));
    expect(result.diagnostics).toMatchObject([{ code: 'link/core-module' }]);
  });

  test('instances that double at every level end in a diagnostic', async () => {
    let wat = '(component $c0)';
    for (let level = 1; level <= 24; level++) {
      wat += ` (component $c${level} (alias outer 1 $c${level - 1} (component $x)) (instance (instantiate $x)) (instance (instantiate $x)))`;
    }
    const result = inspect(await parse(`(component ${wat} (instance (instantiate $c24)))`));
    expect(result.ok).toBe(false);
    expect(result.diagnostics).toMatchObject([{ code: 'component/limit' }]);
  });

  test('changed or cut bytes never throw', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat({ max: whole.length - 1 }), fc.nat({ max: 255 })), { maxLength: 4 }),
        fc.nat({ max: whole.length }),
        (changes, length) => {
          const bytes = whole.slice();
          for (const [at, value] of changes) bytes[at] = value;
          for (const one of [bytes, bytes.subarray(0, length)]) {
            const result = inspect(one);
            expect(result.ok || result.diagnostics.length > 0).toBe(true);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});
