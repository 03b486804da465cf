import { dirname, join, resolve } from 'node:path';
import type { StoreConfig } from '../bindings/config.ts';
import { storePlacesOf, type StorePlace } from '../bindings/store/runtime-config.ts';
import type { Plan, PlannedUnit } from '../plan/types.ts';

export interface StoresSettings {
  /** The manifest's. */
  readonly stores: Plan['stores'];
  /** The manifest's file: paths in it are relative to its folder. */
  readonly manifest: string;
  /** Where stores without a path are kept. */
  readonly stateDir: string;
  /** Path of a runtime-config.toml, which goes before the manifest. */
  readonly runtimeConfig: string | undefined;
}

/** By label. */
export type UnitStores = Readonly<Record<string, StoreConfig>>;

/**
 * The stores of some labels. What neither runtime-config.toml nor the manifest describes is SQLite in the state
 * folder, as in Spin.
 *
 * @throws TenonError `bindings/runtime-config`
 */
export function storesOf(labels: readonly string[], settings: StoresSettings): UnitStores {
  const { runtimeConfig } = settings;
  const places = runtimeConfig === undefined ? {} : storePlacesOf(runtimeConfig, process.cwd());
  return Object.fromEntries(labels.map((label) => [label, storeOf(label, places[label], settings)]));
}

/** Where an app keeps its state if nothing else is said, beside its manifest. */
export function stateFolder(manifest: string, app: string): string {
  return join(dirname(manifest), '.spin', app);
}

/** The labels of a unit's stores. */
export function labelsOf({ grants }: Pick<PlannedUnit, 'grants'>): readonly string[] {
  return grants.flatMap((grant) => (grant.kind === 'key-value' ? [grant.label] : []));
}

function storeOf(
  label: string,
  place: StorePlace | undefined,
  { stores, manifest, stateDir }: StoresSettings,
): StoreConfig {
  const { type, path, url, atomic = true, durability = 'normal' } = stores[label] ?? {};
  if (place?.type === 'redis') return { ...place, atomic };
  if (place) return { ...place, atomic, durability };
  if (type === 'redis' && url !== undefined) return { type, url, atomic };
  const file = path === undefined ? join(stateDir, 'sqlite_key_value.db') : resolve(dirname(manifest), path);
  return { type: 'sqlite', path: file, atomic, durability };
}

/** Whether workers reach some of these through the main thread. */
export function usesRedis(stores: UnitStores): boolean {
  return Object.values(stores).some(({ type }) => type === 'redis');
}
