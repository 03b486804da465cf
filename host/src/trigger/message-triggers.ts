import type { OutgoingMessage } from '../bindings/deferred.ts';
import type { Plan, PlannedTrigger, PlannedUnit } from '../plan/types.ts';
import type { AppBrokers } from './app-brokers.ts';
import type { MessageHost } from './messages/handler.ts';
import type { RunningMessageTrigger } from './messages/serve.ts';

export interface MessageTriggersOptions extends Omit<MessageHost, 'publish' | 'reply'> {
  readonly plan: Plan;
  /** The units that this process runs. */
  readonly units: readonly PlannedUnit[];
  readonly brokers: AppBrokers;
  /** The name of this process among several that share the messages of its MQTT topics. */
  readonly replica: string | undefined;
}

/** All triggers of an app whose messages come from brokers. */
export interface MessageTriggers {
  readonly running: readonly RunningMessageTrigger[];
  /** Ends them, callers before those they call, so that what still runs is answered. */
  close(): Promise<void>;
}

/** How long a dead letter may take before it is tried again, and a reply before it is given up, ms. */
const PUBLISH_TIMEOUT = 10_000;

/** Starts all of them at once; those whose broker is not there go on trying. */
export async function startMessageTriggers(options: MessageTriggersOptions): Promise<MessageTriggers> {
  const { plan, units, brokers, replica, dispatch, log, onSubscribed } = options;
  const { publisher } = brokers.brokers ?? {};
  const host: MessageHost = {
    dispatch,
    log,
    ...(onSubscribed && { onSubscribed }),
    async publish(message: OutgoingMessage) {
      await publisher?.publish(message, AbortSignal.timeout(PUBLISH_TIMEOUT));
    },
    async reply(to, list, payload) {
      await publisher?.reply(to, list, payload, AbortSignal.timeout(PUBLISH_TIMEOUT));
    },
  };
  const start = async (unit: string, trigger: PlannedTrigger): Promise<RunningMessageTrigger[]> => {
    if (trigger.kind === 'http') return [];
    const address = fullAddress(trigger, brokers);
    const common = { ...host, app: plan.name, unit, address, limits: plan.limits };
    if (trigger.kind === 'redis') {
      const { serveRedis } = await import('./redis/serve.ts');
      return [await serveRedis({ ...common, trigger })];
    }
    const { serveMqtt } = await import('./mqtt/serve.ts');
    return [await serveMqtt({ ...common, trigger, replica })];
  };
  const running = (
    await Promise.all(units.flatMap(({ name, triggers }) => triggers.map((trigger) => start(name, trigger))))
  ).flat();
  return {
    running,
    async close() {
      for (const names of callersFirst(plan, units)) {
        await Promise.all(
          running.filter(({ unit }) => names.includes(unit)).map((trigger) => trigger.close()),
        );
      }
    },
  };
}

/** With user and password, for those who connect. */
function fullAddress(
  { kind, address }: Exclude<PlannedTrigger, { kind: 'http' }>,
  brokers: AppBrokers,
): string {
  const variable = `${kind}_address`;
  const full = address ?? brokers.variables[variable] ?? '';
  // What comes after belongs to whoever publishes: `?client_id=`.
  return full.replace(/[?#].*$/, '');
}

/** Units in rounds: nobody who is called before its callers, as far as they do not call one another. */
function callersFirst(plan: Plan, units: readonly PlannedUnit[]): readonly (readonly string[])[] {
  const rounds: string[][] = [];
  let left = units;
  while (left.length > 0) {
    const free = left.filter((unit) => !left.some((other) => other !== unit && calls(plan, other, unit)));
    const round = free.length > 0 ? free : left;
    rounds.push(round.map(({ name }) => name));
    left = left.filter((unit) => !round.includes(unit));
  }
  return rounds;
}

function calls({ edges }: Plan, caller: PlannedUnit, called: PlannedUnit): boolean {
  return edges.some(
    ({ placement, importer, provider }) =>
      (placement === 'mqtt' || placement === 'redis') &&
      provider === called.root &&
      caller.services.includes(importer),
  );
}
