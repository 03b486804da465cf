import { compareText } from '../plan/context.ts';
import type { Plan, PlannedTrigger, PlannedUnit } from '../plan/types.ts';

/** A plan as Spin sees it: what spin.toml and the locked app of an artifact are written from. */
export interface SpinApp {
  readonly name: string;
  readonly version: string;
  readonly description?: string;
  /** By name, in the order of names. */
  readonly variables: Readonly<Record<string, SpinVariable>>;
  /** What holds for all triggers of a type: `[application.trigger.<type>]`. */
  readonly triggerSettings: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Those of one type together. */
  readonly triggers: readonly SpinTrigger[];
  readonly components: readonly SpinComponent[];
}

export interface SpinVariable {
  /** Absent where the variable is required. */
  readonly default?: string;
  readonly secret: boolean;
}

export interface SpinTrigger {
  readonly type: 'http' | 'mqtt' | 'redis';
  /** The component that it starts. */
  readonly component: string;
  /** What the type has beside: `route`; `topic` and `qos`; `channel` and perhaps `address`. */
  readonly settings: Readonly<Record<string, string>>;
}

/** A unit: its component with what it may do. Every list and table is in the order of its texts. */
export interface SpinComponent {
  /** The unit's name. */
  readonly id: string;
  /** File of the component, beside spin.toml. */
  readonly source: string;
  readonly description: string;
  readonly keyValueStores: readonly string[];
  readonly allowedOutboundHosts: readonly string[];
  /** Values are templates over the app's variables: `{{ region }}`. */
  readonly variables: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, string>>;
}

type Broker = 'mqtt' | 'redis';

/** What the manifest need not declare: where brokers are, for what it gives no address. */
const BROKER_VARIABLES: Readonly<Record<Broker, Readonly<Record<string, SpinVariable>>>> = {
  mqtt: {
    mqtt_address: { default: 'mqtt://127.0.0.1:1883', secret: false },
    mqtt_password: { default: '', secret: true },
    mqtt_username: { default: '', secret: false },
  },
  redis: { redis_address: { default: 'redis://127.0.0.1:6379', secret: false } },
};

/** How often Spin's MQTT trigger says that it is there, in seconds; it has no default of its own. */
const KEEP_ALIVE = '30';

/**
 * What of a plan Spin needs to know: one component for each unit, with the key-value stores, outbound hosts,
 * variables and environment that the unit's grants and messages need, and nothing else.
 */
export function spinAppOf(plan: Plan): SpinApp {
  const triggers = plan.units.flatMap(({ triggers }) => triggers);
  const brokers = brokersWithoutAddress(plan.units);
  const variables: Record<string, SpinVariable> = {};
  for (const broker of brokers) Object.assign(variables, BROKER_VARIABLES[broker]);
  for (const [name, { default: value, required, secret }] of Object.entries(plan.variables)) {
    variables[name] = { ...(!required && { default: value ?? '' }), secret };
  }
  return {
    name: plan.name,
    version: plan.version,
    ...(plan.description !== undefined && { description: plan.description }),
    variables: inOrder(variables),
    triggerSettings: triggerSettings(triggers),
    triggers: triggers.map(triggerOf).toSorted((a, b) => compareText(a.type, b.type)),
    components: plan.units.map(componentOf),
  };
}

function triggerOf(trigger: PlannedTrigger): SpinTrigger {
  const { kind: type, service: component } = trigger;
  switch (trigger.kind) {
    case 'http':
      return { type, component, settings: { route: trigger.route } };
    case 'mqtt':
      return { type, component, settings: { topic: trigger.topic, qos: String(trigger.qos) } };
    case 'redis':
      return {
        type,
        component,
        settings: {
          channel: trigger.channel,
          ...(trigger.address !== undefined && { address: trigger.address }),
        },
      };
  }
}

/** Source: spin-trigger-mqtt 0.7, which wants all four; Spin, crates/trigger-redis/src/lib.rs. */
function triggerSettings(triggers: readonly PlannedTrigger[]): SpinApp['triggerSettings'] {
  const mqtt = triggers.find(({ kind }) => kind === 'mqtt');
  const redis = triggers.some((trigger) => trigger.kind === 'redis' && trigger.address === undefined);
  const variable = (name: string): string => `{{ ${name} }}`;
  return {
    ...(mqtt?.kind === 'mqtt' && {
      mqtt: {
        address: mqtt.address ?? variable('mqtt_address'),
        username: mqtt.address === undefined ? variable('mqtt_username') : '',
        password: mqtt.address === undefined ? variable('mqtt_password') : '',
        keep_alive_interval: KEEP_ALIVE,
      },
    }),
    ...(redis && { redis: { address: variable('redis_address') } }),
  };
}

function componentOf(unit: PlannedUnit): SpinComponent {
  const sends = [
    ...new Set(unit.sends.filter(({ address }) => address === undefined).map(({ kind }) => kind)),
  ];
  const names = [
    ...unit.grants.flatMap((grant) => (grant.kind === 'variables' ? [grant.name] : [])),
    ...sends.flatMap((broker) => Object.keys(BROKER_VARIABLES[broker])),
  ];
  const hosts = [
    ...unit.grants.flatMap((grant) => ('host' in grant ? [grant.host] : [])),
    ...unit.sends.map(({ kind, address }) =>
      address === undefined ? `{{ ${kind}_address }}` : originOf(address),
    ),
  ];
  const mayReadEnvironment = unit.grants.some(({ kind }) => kind === 'environment');
  return {
    id: unit.name,
    source: `${unit.name}.wasm`,
    description: unit.services.toReversed().join(' + '),
    keyValueStores: unique(unit.grants.flatMap((grant) => (grant.kind === 'key-value' ? [grant.label] : []))),
    allowedOutboundHosts: unique(hosts),
    variables: inOrder(Object.fromEntries(names.map((name) => [name, `{{ ${name} }}`]))),
    environment: mayReadEnvironment ? inOrder(unit.environment) : {},
  };
}

/** The brokers that some trigger or message of the app finds by a variable. */
function brokersWithoutAddress(units: readonly PlannedUnit[]): readonly Broker[] {
  const users = units.flatMap(({ triggers, sends }) => [...triggers, ...sends]);
  const found = users.flatMap((user) =>
    user.kind !== 'http' && user.address === undefined ? [user.kind] : [],
  );
  return [...new Set(found)].toSorted(compareText);
}

/** `mqtt://host:1883` of an address with a path, a user or parameters: what Spin allows are hosts. */
function originOf(address: string): string {
  const [, scheme, rest = ''] = /^([a-z]+):\/\/(.*)$/.exec(address) ?? [];
  if (scheme === undefined || rest.includes('{{')) return address;
  return `${scheme}://${rest.replace(/^[^@/]*@/, '').replace(/[/?].*$/, '')}`;
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].toSorted(compareText);
}

function inOrder<T>(table: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(table).toSorted(([a], [b]) => compareText(a, b)));
}
