import { describe, expect, test } from 'vitest';
import { coreExports, coreImports } from '../../binary/core-module.ts';
import { findEngine, quickJsEngine } from './engine.ts';
import { standInFor } from './stand-in.ts';

describe('the engine of the installed package', () => {
  const engine = quickJsEngine();

  test('is one for synchronous components, whole', () => {
    expect(WebAssembly.validate(engine as BufferSource)).toBe(true);
    const names = coreExports(engine).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['init', 'cabi_realloc', 'wit_dylib_export_call']));
    expect(coreImports(engine).filter(({ name }) => name.startsWith('[task-'))).toEqual([]);
  });

  test('is found wherever it stands, with anything around it', () => {
    const smaller = engine.slice();
    const library = Buffer.concat([
      Buffer.from('\0asm'),
      Buffer.from(engine),
      Buffer.from([0, 9, 9]),
      smaller,
    ]);
    expect(Buffer.compare(findEngine(library), engine)).toBe(0);
  });

  test('must be the one of two, as the package has them', () => {
    expect(() => findEngine(Buffer.from(engine))).toThrow('componentize-qjs is not built as expected');
    expect(() => findEngine(Buffer.from('no engine'))).toThrow('componentize-qjs is not built as expected');
  });
});

test('its stand-in has the same borders, and nearly nothing inside', () => {
  const engine = quickJsEngine();
  const standIn = standInFor(engine);
  expect(WebAssembly.validate(standIn as BufferSource)).toBe(true);
  expect(coreImports(standIn)).toEqual(coreImports(engine));
  expect(coreExports(standIn)).toEqual(coreExports(engine));
  expect(standIn.length).toBeLessThan(engine.length / 10);
});
