import { mkdirSync, symlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { cacheFolder } from '../../src/build/app.ts';
import { ORDERS_MANIFEST } from '../orders/app.ts';

/** Lets a copy of the sample take from the sample's own cache what is built already, and leave there what is not. */
export function shareCache(manifest: string): void {
  mkdirSync(cacheFolder(ORDERS_MANIFEST), { recursive: true });
  mkdirSync(dirname(cacheFolder(manifest)), { recursive: true });
  symlinkSync(cacheFolder(ORDERS_MANIFEST), cacheFolder(manifest));
}
