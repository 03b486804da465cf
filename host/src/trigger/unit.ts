import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BindingsConfig } from '../bindings/config.ts';
import { deferredRoutes } from '../bindings/outbox/routes.ts';
import { requireOneDatabase } from '../bindings/store/one-database.ts';
import type { Brokers } from '../broker/brokers.ts';
import type { Outboxes } from '../broker/outbox.ts';
import type { BuiltUnit } from '../build/app.ts';
import type { Plan, PlannedUnit } from '../plan/types.ts';
import type { FreshMode } from '../runtime/messages.ts';
import { createUnitHost } from '../runtime/pool.ts';
import { prepareUnit } from '../runtime/prepare.ts';
import type { LogEntry, UnitHost } from '../runtime/types.ts';
import { networkFor } from './network.ts';
import { ledgerOf } from './outboxes.ts';
import type { UnitStores } from './stores.ts';

/** What all units of an app have in common when they start. */
export interface UnitSettings {
  readonly plan: Plan;
  /** The manifest's file: paths in it are relative to its folder. */
  readonly manifest: string;
  readonly cacheFolder: string;
  /** By unit. */
  readonly stores: ReadonlyMap<string, UnitStores>;
  /** Where the outbox of a unit without stores is kept. */
  readonly stateDir: string;
  /** All resolved variables of the app. */
  readonly variables: Readonly<Record<string, string>>;
  readonly workers: number;
  readonly fresh: FreshMode;
  /** The app's own address, once it listens: for relative URLs. */
  readonly origin: () => string | undefined;
  /** The app's connections to brokers; absent where no unit may use one. */
  readonly brokers: Brokers | undefined;
  /** Absent where no unit needs one. */
  readonly outboxes: Outboxes | undefined;
  readonly log: (entry: LogEntry) => void;
}

/** A unit that runs, with what the main thread does for it. */
export interface StartedUnit {
  readonly host: UnitHost;
  close(drainMs: number): Promise<void>;
}

/** Prepares a unit, from the cache where nothing changed, and starts its workers. Throws TenonError. */
export async function startUnit({ unit, wasm }: BuiltUnit, settings: UnitSettings): Promise<StartedUnit> {
  const { plan, cacheFolder, workers, fresh, log } = settings;
  const { limits } = plan;
  const stores = settings.stores.get(unit.name) ?? {};
  requireOneDatabase(stores);
  const prepared = await prepareUnit(await readFile(wasm), preparedFolder(cacheFolder), {
    memoryLimit: limits.memory,
  });
  const network = await networkFor(unit, stores, settings);
  const config: BindingsConfig = {
    unit: unit.name,
    services: unit.services,
    grants: unit.grants,
    stores,
    variables: settings.variables,
    environment: unit.environment,
    sends: deferredRoutes(unit.sends, settings.variables),
    answered: answeredWithin(plan, unit),
    ...ledgerOf(unit, settings.outboxes, stores, settings.stateDir),
    ...(network && { network: network.address }),
  };
  try {
    const host = await createUnitHost({
      name: unit.name,
      prepared,
      workers,
      fresh,
      inFlight: limits.inFlight,
      deadlineMs: limits.deadline,
      instance: unit.instance,
      bindings: { module: import.meta.resolve(BINDINGS), config },
      log,
    });
    return {
      host,
      async close(drainMs) {
        await host.close({ drainMs });
        network?.[Symbol.dispose]();
      },
    };
  } catch (error) {
    network?.[Symbol.dispose]();
    throw error;
  }
}

/** How long the calls of a unit that are answered over Redis may take, ms: by channel, the longest that it carries. */
function answeredWithin(
  { edges, triggers }: Plan,
  { services }: PlannedUnit,
): Readonly<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const trigger of triggers) {
    if (trigger.kind !== 'redis') continue;
    for (const call of trigger.carries ?? []) {
      if (!call.reply || !services.includes(call.importer)) continue;
      const edge = edges.find(
        ({ importer, provider, provided }) =>
          importer === call.importer && provider === trigger.service && provided === call.contract,
      );
      found[trigger.channel] = Math.max(found[trigger.channel] ?? 0, edge?.settings.deadline ?? 0);
    }
  }
  return found;
}

/** Where units are kept as Node runs them, within the cache. */
export function preparedFolder(cacheFolder: string): string {
  return join(cacheFolder, 'prepared');
}

/** Imported by the workers: named as it lies beside this file, in the sources or compiled. */
const BINDINGS = import.meta.url.endsWith('.ts') ? '../bindings/create.ts' : '../bindings/create.js';
