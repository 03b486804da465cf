import type { CatalogueEntry } from '../entry.ts';

/** What the room `deploy` can report. */
export const DEPLOY = {
  'deploy/spin-name': {
    title: 'Spin cannot take a name',
    why: 'Spin is stricter than Tenon with the names of components, variables and key-value stores: each of their words begins with a letter. `tenon up` runs the app all the same.',
    next: 'Rename it in the manifest.',
    exit: 1,
  },
  'deploy/mqtt-brokers': {
    title: 'MQTT triggers have different brokers',
    why: "Spin's MQTT trigger takes the address of one broker for the whole app. `tenon up` connects to as many as the manifest names.",
    next: 'Use one broker for all MQTT triggers, or make an app of those that have another.',
    exit: 1,
  },
  'deploy/pool-limit': {
    title: 'A unit is too large for Spin',
    why: 'Spin makes instances in a pool whose places hold at most 32 memories, 64 tables and 200 core instances each. Every linked service has at least one memory of its own; fused services share one.',
    next: 'Fuse some of its services, or give them an edge over a broker.',
    exit: 1,
  },
  'deploy/fresh-instances': {
    title: 'Spin makes a new instance for every event',
    why: 'With `instance = "shared"` a service keeps its state between events on Node. Spin knows no such thing: there every event finds the service as it was built.',
    next: 'Keep what must last in a key-value store, and leave `instance` out.',
    exit: 1,
    severity: 'warning',
  },
} as const satisfies Record<string, CatalogueEntry>;
