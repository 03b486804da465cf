import type { Inspection } from '../../link/inspect/inspect.ts';
import type { Plan } from '../../plan/types.ts';
import { spinAppOf, type SpinApp } from '../spin-app.ts';
import { labelsOf } from './object.ts';

/** What the manifests of a Spin app are written from. */
export interface KubeInput {
  /** The whole app's. */
  readonly plan: Plan;
  readonly app: SpinApp;
  /** The part's name, where the app is split. */
  readonly part?: string | undefined;
  /** What one instance of each unit takes of Spin's pool. */
  readonly pools: readonly Inspection['pool'][];
  /** The image's reference. */
  readonly image: string;
  /** The host name of the Ingress; any if absent. */
  readonly host?: string | undefined;
}

export const HTTP_PORT = 8080;
export const REDIS_PORT = 6379;
export const MQTT_PORT = 1883;
export const RUNTIME_CLASS = 'wasmtime-spin-v2';

const MIB = 1024 * 1024;
/** What a replica may take; see docs/deploying.md for what was measured. */
const REPLICA = 512 * MIB;
/** What it takes by itself, with its code compiled. */
const IDLE = 128 * MIB;
/** What a memory of a running instance takes, of a QuickJS service that holds no more than its own state. */
const PER_MEMORY = 3 * MIB;

export const RESOURCES = {
  requests: { cpu: '100m', memory: `${IDLE / MIB}Mi` },
  limits: { memory: `${REPLICA / MIB}Mi` },
};

export interface Needs {
  readonly http: boolean;
  readonly mqtt: boolean;
  /** A Redis server beside the app, for its stores, its messages or both. */
  readonly redis: boolean;
}

/** What the app needs beside itself. */
export function needsOf({ plan, app }: Pick<KubeInput, 'plan' | 'app'>): Needs {
  const needsStore = storesOf(app).some((label) => plan.stores[label]?.url === undefined);
  return {
    http: app.triggers.some(({ type }) => type === 'http'),
    mqtt: Object.hasOwn(app.variables, 'mqtt_address'),
    redis: needsStore || Object.hasOwn(app.variables, 'redis_address'),
  };
}

/**
 * How many instances a replica may hold at a time, and how large Spin's pool must be for them. Its defaults suit
 * units of one memory and four core instances; past the pool's end requests fail, so a replica that serves
 * fewer at a time than its memory bears would waste it, and one that serves more would be killed.
 *
 * Source: Spin 3.6.3, crates/core/src/lib.rs.
 */
export function poolVariables({ plan, pools }: KubeInput): Readonly<Record<string, string>> {
  const most = (key: keyof Inspection['pool']): number => Math.max(1, ...pools.map((pool) => pool[key].used));
  const count = Math.max(8, Math.floor((REPLICA - IDLE) / (PER_MEMORY * most('memories'))));
  return {
    SPIN_MAX_INSTANCE_COUNT: String(count),
    SPIN_WASMTIME_TOTAL_MEMORIES: String(count * most('memories')),
    SPIN_WASMTIME_TOTAL_TABLES: String(count * most('tables')),
    SPIN_WASMTIME_TOTAL_CORE_INSTANCES: String(count * most('coreInstances')),
    SPIN_MAX_INSTANCE_MEMORY: String(plan.limits.memory),
  };
}

type Variable =
  | { readonly name: string; readonly value: string }
  | { readonly name: string; readonly valueFrom: { readonly secretKeyRef: { name: string; key: string } } };

/**
 * Values of the app's variables that a manifest can know: where brokers are. Other required ones come from a Secret
 * that the user makes.
 */
export function variableValues({ plan, app }: KubeInput): readonly Variable[] {
  return Object.entries(app.variables).flatMap(([name, variable]): Variable[] => {
    if (name === 'redis_address') return [{ name, value: `redis://${plan.name}-redis:${REDIS_PORT}` }];
    if (name === 'mqtt_address')
      return [{ name, value: `mqtt://$(${serviceHost(`${plan.name}-mosquitto`)}):${MQTT_PORT}` }];
    if (variable.default !== undefined) return [];
    return [{ name, valueFrom: { secretKeyRef: { name: `${app.name}-variables`, key: name } } }];
  });
}

/** Required variables whose values only the user knows. */
export function ownVariables(input: KubeInput): readonly string[] {
  return variableValues(input).flatMap((variable) => ('valueFrom' in variable ? [variable.name] : []));
}

/** The variable in which Kubernetes gives a pod the IP address of a service. */
function serviceHost(service: string): string {
  return `${service.toUpperCase().replaceAll('-', '_')}_SERVICE_HOST`;
}

/**
 * Where Spin keeps the stores of each label: each in a database of its own, since Spin adds nothing to keys. Parts of a
 * split app share them.
 */
export function runtimeConfig({ plan, app }: KubeInput): string {
  const databases = storesOf(spinAppOf(plan));
  return storesOf(app)
    .map((label) => {
      const own = `redis://${plan.name}-redis:${REDIS_PORT}/${databases.indexOf(label)}`;
      const url = plan.stores[label]?.url ?? own;
      return `[key_value_store.${label}]\ntype = "redis"\nurl = ${JSON.stringify(url)}\n`;
    })
    .join('\n');
}

/** Labels of an app's stores, in their order. */
function storesOf({ components }: SpinApp): readonly string[] {
  return [...new Set(components.flatMap(({ keyValueStores }) => keyValueStores))].toSorted();
}

/** The labels of an app's pods; brokers let those in. */
export function podLabels({
  plan,
  part,
}: Pick<KubeInput, 'plan' | 'part'>): Readonly<Record<string, string>> {
  return labelsOf(plan.name, part ?? 'app');
}
