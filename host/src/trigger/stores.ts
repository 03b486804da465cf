import { dirname, join, resolve } from 'node:path';
import type { StoreConfig } from '../bindings/config.ts';
import { storePlacesOf, type StorePlace } from '../bindings/store/runtime-config.ts';
import type { Plan, PlannedUnit } from '../plan/types.ts';

export interface StoresSettings {
  readonly plan: Plan;
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
 * The stores of each unit's labels. What neither runtime-config.toml nor the manifest describes is SQLite in the
 * state folder, as in Spin.
 *
 * @throws TenonError `bindings/runtime-config`
 */
export function storesOf(
  units: readonly PlannedUnit[],
  settings: StoresSettings,
): ReadonlyMap<string, UnitStores> {
  const { runtimeConfig } = settings;
  const places = runtimeConfig === undefined ? {} : storePlacesOf(runtimeConfig, process.cwd());
  return new Map(
    units.map(({ name, grants }) => [
      name,
      Object.fromEntries(
        grants.flatMap((grant): [string, StoreConfig][] =>
          grant.kind === 'key-value' ? [[grant.label, storeOf(grant.label, places, settings)]] : [],
        ),
      ),
    ]),
  );
}

function storeOf(
  label: string,
  places: Readonly<Record<string, StorePlace>>,
  { plan, manifest, stateDir }: StoresSettings,
): StoreConfig {
  const { type, path, url, atomic = true, durability = 'normal' } = plan.stores[label] ?? {};
  const place = places[label];
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
