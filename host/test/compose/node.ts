import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createHandleLedger } from '../../src/runtime/handles.ts';
import { createInstance, type Instantiate } from '../../src/runtime/instance.ts';
import { prepareUnit } from '../../src/runtime/prepare.ts';

/** An instance of a component that imports nothing, made as the runtime makes one in a worker; its exports. */
export async function runtimeInstance(
  component: Uint8Array,
  cache: string,
): Promise<Readonly<Record<string, unknown>>> {
  const prepared = await prepareUnit(component, cache, { memoryLimit: 16 * 2 ** 20 });
  const modules = new Map<string, WebAssembly.Module>();
  for (const name of prepared.modules)
    modules.set(name, await WebAssembly.compile(await readFile(join(prepared.directory, name))));
  const { instantiate } = (await import(/* @vite-ignore */ pathToFileURL(prepared.glue).href)) as {
    instantiate: Instantiate;
  };
  const { exports } = createInstance({
    instantiate,
    modules,
    imports: {},
    fastIntrinsics: prepared.intrinsics === 'fast',
    resettable: false,
    ledger: createHandleLedger(),
  });
  return exports;
}
