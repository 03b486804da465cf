import { join } from 'node:path';
import type { StoreConfig } from '../config.ts';

/**
 * Where the outbox and inbox of a unit lie: where its atomic stores are, so that one transaction holds all that
 * an event does; else where its other stores are; else in a file of the state folder.
 */
export function ledgerStore(stores: Readonly<Record<string, StoreConfig>>, stateDir: string): StoreConfig {
  const all = Object.values(stores);
  const atomic = all.filter((store) => store.atomic);
  const [first] = atomic.length > 0 ? atomic : all;
  if (!first) {
    const path = join(stateDir, 'sqlite_key_value.db');
    return { type: 'sqlite', path, atomic: true, durability: 'normal' };
  }
  if (first.type === 'redis') return first;
  // One that waits for the disk makes all of its database wait (open.ts).
  const full = atomic.some((store) => store.type === 'sqlite' && store.durability === 'full');
  return full ? { ...first, durability: 'full' } : first;
}
