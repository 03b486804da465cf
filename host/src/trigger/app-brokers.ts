import { bareAddress } from '../bindings/broker-address.ts';
import { parseBrokerAddress } from '../broker/address.ts';
import type { Brokers } from '../broker/brokers.ts';
import type { EmbeddedBroker } from '../broker/embedded.ts';
import { problem } from '../diagnostics/error.ts';
import { ADDRESS_VARIABLES } from '../plan/message-grants.ts';
import type { Plan, PlannedUnit } from '../plan/types.ts';
import { usesBrokers } from './network.ts';

type Kind = 'mqtt' | 'redis';

export interface AppBrokersSettings {
  readonly plan: Plan;
  /** The units that this process runs. */
  readonly units: readonly PlannedUnit[];
  /** All resolved variables of the app; those with addresses of brokers may be missing. */
  readonly variables: Readonly<Record<string, string>>;
  /** Of `--mqtt` and `--redis`: they go before the variables. */
  readonly given: { readonly [kind in Kind]?: string | undefined };
  /** The name of this process among several that share the messages of its MQTT topics. */
  readonly replica: string | undefined;
  /** Whether stores lie in Redis, which is reached over the same connections. */
  readonly stored: boolean;
}

/** The brokers of an app. */
export interface AppBrokers {
  /** The app's variables, with the addresses of brokers. */
  readonly variables: Readonly<Record<string, string>>;
  /** Connections to them; absent where the app uses none, and nothing of brokers is loaded. */
  readonly brokers: Brokers | undefined;
  /** The broker within this process, where no other was named. */
  readonly embedded: EmbeddedBroker | undefined;
  /** Without user and query; by the kinds that are used. */
  readonly addresses: { readonly [kind in Kind]?: string };
  close(): Promise<void>;
}

/**
 * Finds the app's brokers, and starts an MQTT broker where it needs one and has none.
 *
 * @throws TenonError `broker/address`, `broker/no-port`, `trigger/no-redis`, `-broker-apart`, `-replica-alone`
 */
export async function brokersOf(settings: AppBrokersSettings): Promise<AppBrokers> {
  const { units, stored } = settings;
  const used = (['mqtt', 'redis'] as const).filter((kind) => needsAddress(units, kind));
  const found = new Map(used.map((kind) => [kind, addressOf(settings, kind)]));
  if (found.has('redis') && found.get('redis') === undefined) throw noRedis(units);
  const embedded =
    found.has('mqtt') && found.get('mqtt') === undefined ? await startOwn(settings) : undefined;
  const addresses = new Map([...found].map(([kind, address]) => [kind, address ?? embedded?.address ?? '']));

  const brokers = stored || units.some(handlesMessages) || units.some(usesBrokers);
  const { createBrokers } = brokers ? await import('../broker/brokers.ts') : {};
  const opened = createBrokers?.({ embedded, addresses: [...addresses.values(), ...namedIn(units)] });
  return {
    variables: {
      ...settings.variables,
      ...Object.fromEntries([...addresses].map(([kind, address]) => [ADDRESS_VARIABLES[kind], address])),
    },
    brokers: opened,
    embedded,
    addresses: Object.fromEntries([...addresses].map(([kind, address]) => [kind, bareAddress(address)])),
    async close() {
      await opened?.close();
      await embedded?.close();
    },
  };
}

/** Whether something in these units finds its broker by the variable. */
function needsAddress(units: readonly PlannedUnit[], kind: Kind): boolean {
  const variable = ADDRESS_VARIABLES[kind];
  return units.some(
    ({ grants, triggers }) =>
      grants.some((grant) => grant.kind === 'variables' && grant.name === variable) ||
      triggers.some((trigger) => trigger.kind === kind && trigger.address === undefined),
  );
}

function addressOf({ given, variables }: AppBrokersSettings, kind: Kind): string | undefined {
  const variable = ADDRESS_VARIABLES[kind];
  const option = given[kind];
  if (option !== undefined) return parseBrokerAddress(kind, option, `--${kind}`);
  const value = variables[variable];
  return value === undefined || value === ''
    ? undefined
    : parseBrokerAddress(kind, value, `variables.${variable}`);
}

/** Other processes do not find a broker that runs in this one. */
async function startOwn({ plan, units, replica }: AppBrokersSettings): Promise<EmbeddedBroker> {
  if (replica !== undefined) {
    throw problem('trigger/replica-alone', 'there is no MQTT broker that replicas could share', {
      where: `--replica ${replica}`,
      expected: '--mqtt, or the variable mqtt_address (SPIN_VARIABLE_MQTT_ADDRESS)',
      found: 'neither, and a broker of its own in each process',
    });
  }
  const here = new Set(units.flatMap(({ services }) => services));
  const apart = plan.edges.find(
    ({ placement, importer, provider }) => placement === 'mqtt' && here.has(importer) !== here.has(provider),
  );
  if (apart) {
    const { importer, provider } = apart;
    const elsewhere = here.has(importer) ? provider : importer;
    throw problem(
      'trigger/broker-apart',
      `\`${importer}\` reaches \`${provider}\` over MQTT, and \`${elsewhere}\` runs elsewhere`,
      {
        where: `edge ${importer}.${provider}`,
        expected: 'a broker that both processes reach: --mqtt, or the variable mqtt_address',
        found: 'none: a broker of its own in each process',
      },
    );
  }
  const { startEmbeddedBroker } = await import('../broker/embedded.ts');
  return startEmbeddedBroker();
}

function noRedis(units: readonly PlannedUnit[]): Error {
  const names = units.filter((unit) => needsAddress([unit], 'redis')).map(({ name }) => name);
  return problem(
    'trigger/no-redis',
    `${names.join(', ')} ${names.length === 1 ? 'needs' : 'need'} Redis, and nothing says where it is`,
    {
      where: names.map((name) => `unit ${name}`).join(', '),
      expected: '--redis, or the variable redis_address (SPIN_VARIABLE_REDIS_ADDRESS)',
      found: 'neither',
    },
  );
}

/** The addresses that the manifest itself names. */
function namedIn(units: readonly PlannedUnit[]): readonly string[] {
  return units
    .flatMap(({ triggers, sends }) => [...triggers, ...sends])
    .flatMap((one) => ('address' in one && one.address !== undefined ? [one.address] : []));
}

function handlesMessages({ triggers }: PlannedUnit): boolean {
  return triggers.some(({ kind }) => kind !== 'http');
}
