import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder, type BuiltApp } from '../../host/src/build/app.ts';
import { prepareUnit } from '../../host/src/runtime/prepare.ts';

/** Where `tenon up` looks for transpiled units. */
export function preparedFolder(manifest: string): string {
  return join(cacheFolder(manifest), 'prepared');
}

/** Transpiles the units of an app, so that no process does it while it is measured. */
export async function prepareApp(built: BuiltApp, manifest: string): Promise<void> {
  for (const { wasm } of built.units) {
    const options = { memoryLimit: built.plan.limits.memory };
    await prepareUnit(await readFile(wasm), preparedFolder(manifest), options);
  }
}
