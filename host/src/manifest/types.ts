/** A manifest with its profile merged and defaults filled in; tables as in docs/manifest.md. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly description?: string;
  readonly defaultPlacement: 'fused' | 'linked' | 'redis' | 'mqtt';
  readonly grantsDefault: boolean;
  readonly variables: Readonly<
    Record<string, { readonly default?: string; readonly required: boolean; readonly secret: boolean }>
  >;
  readonly services: Readonly<Record<string, ManifestService>>;
  /** By `importer.provider`. */
  readonly edges: Readonly<Record<string, EdgeSettings>>;
  readonly triggers: {
    readonly http: readonly { readonly route: string; readonly service: string }[];
    readonly mqtt: readonly MqttTrigger[];
    readonly redis: readonly RedisTrigger[];
  };
  readonly limits: Limits;
  readonly stores: Readonly<Record<string, StoreSettings>>;
}

export interface ManifestService {
  readonly path?: string;
  readonly component?: string;
  readonly entry?: string;
  readonly world?: string;
  readonly toolchain: 'quickjs' | 'starlingmonkey';
  readonly grants: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly instance: 'fresh' | 'shared';
}

export interface EdgeSettings {
  readonly contract?: string;
  readonly placement?: 'fused' | 'linked' | 'redis' | 'mqtt';
  readonly oneway: boolean;
  readonly topic?: string;
  readonly channel?: string;
  /** Absent: what the variable `mqtt_address` or `redis_address` says. */
  readonly address?: string;
  readonly qos: 0 | 1 | 2;
  readonly delivery?: 'outbox' | 'direct';
  /** ms */
  readonly deadline: number;
  readonly retries: number;
  readonly deadLetter?: string;
  readonly claim: string;
  readonly tee?: TeeSettings;
}

export interface TeeSettings {
  readonly mqtt?: string;
  readonly redis?: string;
  /** Absent: what the variable `mqtt_address` or `redis_address` says. */
  readonly address?: string;
  readonly format: 'json' | 'cloudevents';
  readonly result: boolean;
  readonly required: boolean;
  readonly qos: 0 | 1 | 2;
}

export interface MqttTrigger {
  readonly topic: string;
  readonly qos: 0 | 1 | 2;
  readonly service: string;
  readonly address?: string;
  readonly retries: number;
  readonly deadLetter?: string;
}

export interface RedisTrigger {
  readonly channel: string;
  readonly service: string;
  readonly address?: string;
  readonly retries: number;
  readonly deadLetter?: string;
}

export interface Limits {
  /** ms */
  readonly deadline: number;
  /** bytes per instance */
  readonly memory: number;
  /** bytes */
  readonly body: number;
  /** worker threads per unit; absent: as many as cores */
  readonly workers?: number;
  /** events waiting or running, per worker */
  readonly inFlight: number;
}

export interface StoreSettings {
  readonly type: 'sqlite' | 'redis';
  readonly path?: string;
  readonly url?: string;
  readonly atomic: boolean;
  readonly durability: 'normal' | 'full';
}
