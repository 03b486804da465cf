import { compareText } from '../plan/context.ts';
import { ADDRESS_VARIABLES } from '../plan/message-grants.ts';
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

/** How often Spin's MQTT trigger says that it is there, in seconds; it has no default of its own. */
const KEEP_ALIVE = '30';

/**
 * What of a plan Spin needs to know: one component for each unit, with the key-value stores, outbound hosts,
 * variables and environment that the unit's grants name, and nothing else. `name` is the Spin app's, where the plan's
 * units are only a part of the app.
 */
export function spinAppOf(plan: Plan, name: string = plan.name): SpinApp {
  const triggers = plan.units.flatMap(({ triggers }) => triggers);
  return {
    name,
    version: plan.version,
    ...(plan.description !== undefined && { description: plan.description }),
    variables: inOrder(
      Object.fromEntries(
        Object.entries(plan.variables).map(([variable, { default: value, required, secret }]) => [
          variable,
          { ...(!required && { default: value ?? '' }), secret },
        ]),
      ),
    ),
    triggerSettings: triggerSettings(triggers, plan),
    triggers: triggers
      .map((trigger) => triggerOf(trigger, plan.name))
      .toSorted((a, b) => compareText(a.type, b.type)),
    components: plan.units.map(componentOf),
  };
}

function triggerOf(trigger: PlannedTrigger, app: string): SpinTrigger {
  const { kind: type, service: component } = trigger;
  switch (trigger.kind) {
    case 'http':
      return { type, component, settings: { route: trigger.route } };
    case 'mqtt':
      return {
        type,
        component,
        // Shared, so that of several replicas of the app one gets each message. Source: MQTT 5, section 4.8.2, which
        // brokers offer to clients of 3.1.1 too.
        settings: { topic: `$share/${app}-${component}/${trigger.topic}`, qos: String(trigger.qos) },
      };
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

/**
 * Where brokers are: an address of the manifest, or a variable. Names and passwords for MQTT come from variables that
 * the manifest declares for them.
 *
 * Source: spin-trigger-mqtt 0.7, which wants all four; Spin, crates/trigger-redis/src/lib.rs.
 */
function triggerSettings(
  triggers: readonly PlannedTrigger[],
  { variables }: Plan,
): SpinApp['triggerSettings'] {
  const mqtt = triggers.find((trigger) => trigger.kind === 'mqtt');
  const redis = triggers.some((trigger) => trigger.kind === 'redis' && trigger.address === undefined);
  const ifDeclared = (name: string): string => (Object.hasOwn(variables, name) ? template(name) : '');
  return {
    ...(mqtt && {
      mqtt: {
        address: mqtt.address ?? template(ADDRESS_VARIABLES.mqtt),
        username: ifDeclared('mqtt_username'),
        password: ifDeclared('mqtt_password'),
        keep_alive_interval: KEEP_ALIVE,
      },
    }),
    ...(redis && { redis: { address: template(ADDRESS_VARIABLES.redis) } }),
  };
}

function componentOf(unit: PlannedUnit): SpinComponent {
  const names = unit.grants.flatMap((grant) => (grant.kind === 'variables' ? [grant.name] : []));
  const mayReadEnvironment = unit.grants.some(({ kind }) => kind === 'environment');
  return {
    id: unit.name,
    source: `${unit.name}.wasm`,
    description: unit.services.toReversed().join(' + '),
    keyValueStores: unique(unit.grants.flatMap((grant) => (grant.kind === 'key-value' ? [grant.label] : []))),
    allowedOutboundHosts: unique(unit.grants.flatMap((grant) => ('host' in grant ? [grant.host] : []))),
    variables: inOrder(Object.fromEntries(names.map((name) => [name, template(name)]))),
    environment: mayReadEnvironment ? inOrder(unit.environment) : {},
  };
}

function template(variable: string): string {
  return `{{ ${variable} }}`;
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].toSorted(compareText);
}

function inOrder<T>(table: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(table).toSorted(([a], [b]) => compareText(a, b)));
}
