import { expect, test } from 'vitest';
import type { ExternType, FuncType, InstanceType, ValueType } from '../component/types.ts';
import { fusedImport } from './fused-import.ts';
import { worldText } from './fused-world.ts';
import { typeTexts } from './type-text.ts';

const STRING: ValueType = { kind: 'primitive', name: 'string' };
const U32: ValueType = { kind: 'primitive', name: 'u32' };
const LINE: ValueType = {
  kind: 'record',
  fields: [
    { name: 'item-name', type: STRING },
    { name: 'count', type: U32 },
  ],
};
const REFUSAL: ValueType = { kind: 'variant', cases: [{ name: 'empty' }, { name: 'too-many', type: U32 }] };

function func(params: FuncType['params'], result?: ValueType): ExternType {
  return { kind: 'func', type: { kind: 'func', async: false, params, ...(result && { result }) } };
}

const TYPE: InstanceType = {
  kind: 'instance',
  exports: new Map<string, ExternType>([
    ['line', { kind: 'type', type: LINE }],
    ['refusal', { kind: 'type', type: REFUSAL }],
    [
      'place-order',
      func(
        [
          { name: 'first-line', type: LINE },
          { name: 'others', type: { kind: 'list', element: LINE } },
        ],
        { kind: 'result', ok: U32, err: REFUSAL },
      ),
    ],
    ['delete', func([], { kind: 'result' })],
    ['note', func([{ name: 'text', type: STRING }])],
  ]),
};

test('a fused import is a module with the functions of the contract', () => {
  const text = fusedImport({
    importer: 'shop',
    provider: 'stock-room',
    contract: 'shop:stock/stock-keeping@0.1.0',
    provided: 'shop:stock/stock-keeping@0.1.2',
    type: TYPE,
    modules: {
      entry: '/stock/stock.ts?service=stock-room',
      codec: '/codec.ts',
      mismatch: '/mismatch.ts',
      fuse: '/fuse.ts',
    },
  });
  expect(text).toBe(`import * as provider from "/stock/stock.ts?service=stock-room";
import { copyOf } from "/codec.ts";
import { within } from "/mismatch.ts";
import { fuse } from "/fuse.ts";
type ValueType = Parameters<typeof copyOf>[0];
const t0: ValueType = { kind: 'primitive', name: 'string' };
const t1: ValueType = { kind: 'primitive', name: 'u32' };
const t2: ValueType = { kind: 'record', fields: [{ name: "item-name", type: t0 }, { name: "count", type: t1 }] };
const t3: ValueType = { kind: 'list', element: t2 };
const t4: ValueType = { kind: 'variant', cases: [{ name: "empty" }, { name: "too-many", type: t1 }] };
const owner = (provider as Record<string, unknown>)["stockKeeping"];
const edge = { importer: "shop", provider: "stock-room", name: "stockKeeping", owner, within };
const f0 = fuse(edge, { name: "placeOrder", params: [{ name: "firstLine", copy: copyOf(t2) }, { name: "others", copy: copyOf(t3) }], result: copyOf(t1), error: copyOf(t4) });
export { f0 as placeOrder };
const f1 = fuse(edge, { name: "delete", params: [], error: 'empty' });
export { f1 as delete };
const f2 = fuse(edge, { name: "note", params: [{ name: "text", copy: copyOf(t0) }] });
export { f2 as note };
`);
});

test('every type of values is written so that it reads back as it was', () => {
  const all: ValueType = {
    kind: 'tuple',
    elements: [
      LINE,
      REFUSAL,
      { kind: 'fixed-list', element: U32, length: 4 },
      { kind: 'map', key: STRING, value: LINE },
      { kind: 'flags', names: ['a', 'b-c'] },
      { kind: 'enum', names: ['one', 'two'] },
      { kind: 'option', value: { kind: 'option', value: U32 } },
      { kind: 'result', ok: LINE },
      { kind: 'result', err: STRING },
      { kind: 'result' },
    ],
  };
  const texts = typeTexts();
  const name = texts.nameOf(all);
  expect(texts.nameOf(all)).toBe(name);
  const script = texts.declarations().replaceAll(': ValueType', '');
  expect(new Function(`${script}return ${name};`)()).toEqual(all);
  // Shared types are there once.
  expect(script.match(/item-name/g)).toHaveLength(1);
});

test('types without values to copy are refused', () => {
  const resource = { kind: 'resource', label: 'a:b/c#d' } as const;
  expect(() => typeTexts().nameOf({ kind: 'list', element: { kind: 'own', resource } })).toThrow(
    'values of the kind own cannot be copied',
  );
});

test('the world of fused services has their imports and exports in order', () => {
  expect(worldText(['b:c/d@1.0.0', 'a:b/c'], ['x:y/z'])).toBe(
    'package tenon:fused;\nworld fused {\n  import a:b/c;\n  import b:c/d@1.0.0;\n  export x:y/z;\n}\n',
  );
});
