import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf, type Cache } from '../cache.ts';
import { scratchFolder } from '../scratch.ts';
import { packageVersion } from '../versions.ts';
import { quickJsEngine } from './engine.ts';
import { standInFor } from './stand-in.ts';

/** Part of the key of what is kept: raise it when the stand-in changes. */
const STAND_IN_VERSION = 1;

/**
 * The component that componentize-qjs makes of a world when it is given a stand-in for its engine, and no code. It
 * depends on the world alone, so it is kept: a service is built anew without the toolchain until its world changes.
 * Throws the toolchain's Error at a world that it cannot bind.
 */
export async function skeletonOf(
  wit: { readonly source: string; readonly world: string },
  cache: Cache,
): Promise<Uint8Array> {
  const key = digestOf(
    `componentize-qjs ${packageVersion('componentize-qjs')}`,
    `stand-in ${STAND_IN_VERSION}`,
    `${process.platform} ${process.arch}`,
    wit.source,
    wit.world,
  );
  const known = await cache.get('skeleton', key, ['skeleton.wasm']);
  if (known) return known.files['skeleton.wasm'];
  const { componentize } = await import('componentize-qjs');
  const folder = await scratchFolder(join(cache.folder, 'tmp'), 'quickjs-');
  try {
    const witPath = join(folder, 'world.wit');
    await writeFile(witPath, wit.source);
    const runtimeBytes = Buffer.from(standInFor(quickJsEngine()));
    const { component } = await componentize({ witPath, world: wit.world, jsSource: '', runtimeBytes });
    const stored = await cache.put('skeleton', key, { 'skeleton.wasm': component });
    return stored.files['skeleton.wasm'];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
