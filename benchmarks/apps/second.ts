import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from '@bytecodealliance/jco-transpile/wasm-tools';
import { buildApp, type BuiltApp } from '../../host/src/build/app.ts';
import { STACK } from '../../host/src/build/quickjs/initialize.ts';
import { quickjs } from '../../host/test/link/quickjs.ts';
import type { Chain } from './chain.ts';

const PAGE = 65_536;
const LINK = 'path = "link1"';

/**
 * A chain of two whose second service is something else than what Tenon builds, to tell apart what of a further service
 * is the engine, what its memory, and what is there in any case: as componentize-qjs leaves it, and in WebAssembly text
 * without any engine, with as much memory as the engine has, with less, or with one page. All of them answer alike.
 */
export async function buildSeconds(
  { manifest }: Chain,
  memory: number,
): Promise<ReadonlyMap<string, BuiltApp>> {
  const asBuilt = { flatten: false, hoist: false };
  const variants: readonly [name: string, component: Uint8Array, options: object][] = [
    ['as componentize-qjs has it', await byToolchain(), asBuilt],
    ['no engine, its memory', await withoutEngine(memory / PAGE), {}],
    // As little as QuickJS could do with: its constants and a context, without a stack or room for a call.
    ['no engine, 384 KiB', await withoutEngine(6), {}],
    ['no engine, one page', await withoutEngine(1), {}],
  ];
  const apps = new Map<string, BuiltApp>();
  for (const [name, component, options] of variants) {
    const own = `second-${name.replace(/\W+/g, '-')}`;
    const beside = (file: string): string => join(manifest, '..', file);
    writeFileSync(beside(`${own}.wasm`), component);
    const text = readFileSync(manifest, 'utf8');
    if (!text.includes(LINK)) throw new Error(`${manifest} has no ${LINK}`);
    writeFileSync(beside(`${own}.toml`), text.replace(LINK, `component = "${own}.wasm"`));
    const outDir = beside(`.out/${own}`);
    apps.set(name, await buildApp({ manifest: beside(`${own}.toml`), outDir, ...options }));
  }
  return apps;
}

function byToolchain(): Promise<Uint8Array> {
  const wit = `package bench:link1-service@0.1.0;
world service { export bench:link1/link1@0.1.0; }
package bench:link1@0.1.0 { interface link1 { ask: func(n: u32) -> u32; } }`;
  return quickjs(wit, 'service', 'export const link1 = { ask: (n) => n + 1 };');
}

/** A component that adds one, whose memory is full but for what would be the stack where there is room for one. */
function withoutEngine(pages: number): Promise<Uint8Array> {
  const size = pages * PAGE;
  const start = size > 2 * STACK ? STACK : PAGE;
  const data = size > start ? `(data (i32.const ${start}) "${'x'.repeat(size - start)}")` : '';
  return parse(`(component
    (core module $m
      (memory ${pages}) ${data}
      (func (export "ask") (param i32) (result i32) local.get 0 i32.const 1 i32.add))
    (core instance $i (instantiate $m))
    (func $ask (param "n" u32) (result u32) (canon lift (core func $i "ask")))
    (instance $link1 (export "ask" (func $ask)))
    (export "bench:link1/link1@0.1.0" (instance $link1)))`);
}
