import type { ComponentType } from '../component/types.ts';
import type { SourceSpan } from '../diagnostics/diagnostic.ts';
import type { Manifest } from '../manifest/types.ts';

/** How an edge is carried. */
export type Placement = 'fused' | 'linked' | 'redis' | 'mqtt';

export type Toolchain = 'quickjs' | 'starlingmonkey' | 'prebuilt';

/** What the plan is told of a service beyond the manifest: its world as encoded by its toolchain. */
export interface ServiceWorld {
  readonly service: string;
  /** Imports and exports; for a prebuilt component as read from its bytes. */
  readonly world: ComponentType;
  /** The world's id, `orders:receiver/receiver@0.1.0`, where it has one. */
  readonly worldId?: string;
  /** The file that declares the world, for diagnostics. */
  readonly file: string;
  /** Where the world declares an import or export, where that is known. */
  readonly spanOf?: (name: string) => SourceSpan | undefined;
}

/** A manifest's grant, parsed: `key-value:<label>`, `variables:<name>`, `http:<host>`, `clocks`, … */
export type Grant =
  | { readonly kind: 'key-value'; readonly label: string }
  | { readonly kind: 'variables'; readonly name: string }
  /**
   * In Spin's `allowed_outbound_hosts` syntax, always with a scheme: `https://api.example.com`, `*://*:*`; or a
   * variable that holds such, `{{ mqtt_address }}`.
   */
  | { readonly kind: 'http' | 'mqtt' | 'redis'; readonly host: string }
  | { readonly kind: 'clocks' | 'random' | 'stdio' | 'environment' };

export interface PlannedService {
  readonly name: string;
  readonly toolchain: Toolchain;
  /** Folder of a service built here, absolute or relative to the manifest's folder as in the manifest. */
  readonly path?: string;
  /** File of a prebuilt component, likewise. */
  readonly component?: string;
  readonly entry?: string;
  readonly worldId?: string;
  readonly world: ComponentType;
  readonly grants: readonly Grant[];
  readonly environment: Readonly<Record<string, string>>;
  readonly instance: 'fresh' | 'shared';
}

/** One import of a contract, bound to the service that provides it. */
export interface PlannedEdge {
  readonly importer: string;
  readonly provider: string;
  /** The importer's import name and the provider's export name; they differ only in version on one track. */
  readonly contract: string;
  readonly provided: string;
  readonly placement: Placement;
  /** The manifest's settings of the edge, defaults filled in. */
  readonly settings: Manifest['edges'][string];
}

export type PlannedTrigger =
  | { readonly kind: 'http'; readonly route: string; readonly service: string }
  | (MessageTrigger & { readonly kind: 'mqtt'; readonly topic: string; readonly qos: 0 | 1 | 2 })
  | (MessageTrigger & { readonly kind: 'redis'; readonly channel: string });

/** What triggers of both kinds of broker have in common. */
export interface MessageTrigger {
  /** The unit's root, which handles the messages. */
  readonly service: string;
  /** Absent: what the variable `mqtt_address` or `redis_address` says. */
  readonly address?: string;
  /** How often a failed message is tried again, the pause doubling from 200 ms. */
  readonly retries: number;
  /** Topic or channel for messages that failed every time. */
  readonly deadLetter: string;
  /** Path of the member that identifies a message of JSON: `_tenon.id`, `id`. */
  readonly claim: string;
  /** The calls that it carries, where it was generated for edges; absent for one that the manifest names. */
  readonly carries?: readonly CarriedCall[];
}

/** One function of an edge, as its calls arrive. */
export interface CarriedCall {
  readonly importer: string;
  /** The provider's name of it, that of its export. */
  readonly contract: string;
  readonly function: string;
  /** Whether the caller waits for a reply. */
  readonly reply: boolean;
}

/** Messages that a unit's services publish: the calls of a broker edge, or a tee's copies. */
export interface PlannedSend {
  readonly kind: 'mqtt' | 'redis';
  readonly purpose: 'edge' | 'tee';
  readonly importer: string;
  readonly provider: string;
  /** The importer's name of it, that of its import. */
  readonly contract: string;
  readonly function: string;
  /** Topic or channel. */
  readonly topic: string;
  /** Whether other functions travel there too, so that messages name theirs. */
  readonly shared: boolean;
  /** 1 for Redis, where it says nothing. */
  readonly qos: 0 | 1 | 2;
  /**
   * `outbox`: with the event's commit, kept until delivered; `memory`: after the commit, lost with the process;
   * `direct`: at once, while the service waits.
   */
  readonly delivery: 'outbox' | 'memory' | 'direct';
  /** Absent: what the variable `mqtt_address` or `redis_address` says. */
  readonly address?: string;
}

/** One root service with all it reaches by fused and linked edges: one composed component. */
export interface PlannedUnit {
  /** The root service's name. */
  readonly name: string;
  readonly root: string;
  /** All its services, providers before importers, the root last. */
  readonly services: readonly string[];
  readonly edges: readonly PlannedEdge[];
  readonly triggers: readonly PlannedTrigger[];
  /** In the order of kind, topic and function. */
  readonly sends: readonly PlannedSend[];
  /** The union of its services' grants, without repeats. */
  readonly grants: readonly Grant[];
  readonly environment: Readonly<Record<string, string>>;
  readonly instance: 'fresh' | 'shared';
}

/** Manifest and contracts resolved: every edge bound, every unit closed. */
export interface Plan {
  readonly name: string;
  readonly version: string;
  readonly description?: string;
  readonly profile?: string;
  readonly services: readonly PlannedService[];
  readonly edges: readonly PlannedEdge[];
  readonly units: readonly PlannedUnit[];
  readonly triggers: readonly PlannedTrigger[];
  readonly limits: Manifest['limits'];
  readonly stores: Manifest['stores'];
  readonly variables: Manifest['variables'];
}
