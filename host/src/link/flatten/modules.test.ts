import { parse } from '@bytecodealliance/jco-transpile/wasm-tools';
import { expect, test } from 'vitest';
import { stateModule } from './modules.ts';
import { NotThisShape } from './not-this-shape.ts';

test('stubs trap, do nothing, or write a list without elements', async () => {
  const main = await parse('(module (memory (export "memory") 1) (data (i32.const 16) "xxxxxxxxxxxx"))');
  const type = Uint8Array.of(0x60, 0x01, 0x7f, 0x00);
  const stubs = new Map(
    (['trap', 'nothing', 'empty'] as const).map((does) => [does, { does, type }] as const),
  );
  const module = stateModule(main, stubs, 0).finish();
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module as BufferSource));
  const { memory, trap, nothing, empty } = exports as Record<string, (at: number) => void> & {
    memory: WebAssembly.Memory;
  };
  const words = (): number[] => [...new Uint32Array(memory.buffer, 16, 3)];
  const before = words();
  expect(() => trap!(16)).toThrow(WebAssembly.RuntimeError);
  nothing!(16);
  expect(words()).toEqual(before);
  empty!(16);
  expect(words()).toEqual([8, 0, before[2]]);
});

test('data stays as it is, however close together its segments lie', async () => {
  const main = await parse(
    '(module (memory 1) (data (i32.const 16) "a") (data (i32.const 18) "b") (data "c"))',
  );
  const bytes = Buffer.from(stateModule(main, new Map(), 0).finish());
  const section = Uint8Array.of(0x03, 0x00, 0x41, 0x10, 0x0b, 0x01, 0x61, 0x00, 0x41, 0x12, 0x0b, 0x01, 0x62);
  expect(bytes.includes(section)).toBe(true);
  expect(WebAssembly.validate(bytes)).toBe(true);
});

test('state of others is not the shape: its place in memory is not known', async () => {
  const main = await parse(
    '(module (import "a" "b" (global i32)) (memory 1) (data (global.get 0) "a") (export "m" (memory 0)))',
  );
  expect(() => stateModule(main, new Map(), 0)).toThrow(NotThisShape);
});
