import type { AppTables } from './schema.ts';
import type { EdgeSettings, Manifest, TeeSettings } from './types.ts';

type EdgeTable = AppTables['edge'][string][string];

/** The validated tables under the names that the program uses. */
export function toManifest(tables: AppTables): Manifest {
  const { http, mqtt, redis } = tables.trigger;
  const { in_flight: inFlight, ...limits } = tables.limits;
  return {
    name: tables.name,
    version: tables.version,
    ...present({ description: tables.description }),
    defaultPlacement: tables.default_placement,
    grantsDefault: tables.grants_default,
    variables: mapValues(tables.variables, present),
    services: mapValues(tables.service, present),
    edges: Object.fromEntries(
      Object.entries(tables.edge).flatMap(([importer, providers]) =>
        Object.entries(providers).map(([provider, edge]) => [`${importer}.${provider}`, toEdge(edge)]),
      ),
    ),
    triggers: { http, mqtt: mqtt.map(toTrigger), redis: redis.map(toTrigger) },
    limits: present({ ...limits, inFlight }),
    stores: mapValues(tables.store, present),
  };
}

function toEdge({ dead_letter: deadLetter, tee, ...edge }: EdgeTable): EdgeSettings {
  return present({ ...edge, deadLetter, tee: tee && (present(tee) as TeeSettings) });
}

function toTrigger<T extends { readonly dead_letter?: string | undefined }>({
  dead_letter: deadLetter,
  ...trigger
}: T) {
  return present({ ...trigger, deadLetter });
}

type Present<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** Without the keys whose value is undefined. */
function present<T extends object>(value: T): Present<T> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Present<T>;
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, map: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
