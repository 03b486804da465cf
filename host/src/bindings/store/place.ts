import { bareAddress } from '../broker-address.ts';
import type { StoreConfig } from '../config.ts';

/** Which database a store lies in: two with the same place share transactions. */
export function placeOf(store: StoreConfig): string {
  return store.type === 'redis' ? store.url : store.path;
}

/** The same for people: without the password of an address. */
export function placeName(store: StoreConfig): string {
  return store.type === 'redis' ? bareAddress(store.url) : store.path;
}

/**
 * What of a database a label names. Spin's Redis stores know no labels: all of one server and database have the
 * same keys (crates/key-value-redis/src/store.rs).
 */
export function spaceOf(label: string, store: StoreConfig): string {
  return store.type === 'redis' ? '' : label;
}
