import type { ComponentType, InstanceType } from '../component/types.ts';
import { carriedTriggers, isGenerated } from '../plan/adapters.ts';
import type { Plan, PlannedEdge, PlannedSend } from '../plan/types.ts';
import type { SentFunction } from './broker-import.ts';
import type { MessageRoot, ReceivedContract } from './message-root.ts';
import type { Tee, TeedFunction } from './tee-text.ts';

/** What of a plan the generated modules say: where calls go, where they arrive, where copies are published. */

/** Whether a service's bundle has generated modules even where it is a component of its own. */
export function hasGenerated(plan: Plan, service: string): boolean {
  return (
    plan.edges.some((edge) => edge.importer === service && isGenerated(edge)) ||
    carriedTriggers(plan, service).length > 0
  );
}

/** Where the calls of a broker edge go, by function. */
export function sentFunctions(plan: Plan, edge: PlannedEdge): ReadonlyMap<string, SentFunction> {
  return new Map(
    sendsOf(plan, edge, 'edge').map((send) => {
      const asked = isAsked(plan, edge, send.function);
      return [
        send.function,
        {
          ...routeOf(send),
          named: send.shared || (send.kind === 'redis' && overRedis(plan, edge.provider).size > 1),
          ...(asked && { deadline: edge.settings.deadline }),
        },
      ];
    }),
  );
}

/** The copies of an edge's calls; undefined where there are none. */
export function teeOf(plan: Plan, edge: PlannedEdge): Tee | undefined {
  const { tee } = edge.settings;
  if (!tee) return undefined;
  const { format, result, required } = tee;
  const sends = sendsOf(plan, edge, 'tee').map((send): [string, TeedFunction] => [
    send.function,
    { ...routeOf(send), shared: send.shared },
  ]);
  return { format, result, required, source: `/${plan.name}/${edge.importer}`, sends: new Map(sends) };
}

/** What the messages of a service's generated triggers call; undefined where it has none. */
export function receiverOf(
  plan: Plan,
  service: string,
  exports: ComponentType['exports'],
): Pick<MessageRoot, 'mqtt' | 'redis'> | undefined {
  const triggers = carriedTriggers(plan, service);
  const mqtt = triggers.filter(({ kind }) => kind === 'mqtt');
  const redis = triggers.filter((trigger) => trigger.kind === 'redis');
  const [first] = redis;
  if (triggers.length === 0) return undefined;
  return {
    ...(mqtt.length > 0 && { mqtt: contractsOf(mqtt, exports) }),
    ...(first && {
      redis: {
        contracts: contractsOf(redis, exports),
        claimant: `${plan.name}/${service}`,
        ...(first.address !== undefined && { address: first.address }),
        replies: redis.some(({ carries }) => carries?.some(({ reply }) => reply)),
      },
    }),
  };
}

function contractsOf(
  triggers: ReturnType<typeof carriedTriggers>,
  exports: ComponentType['exports'],
): readonly ReceivedContract[] {
  const found = new Map<string, Map<string, Set<string>>>();
  const claims = new Map<string, string>();
  for (const trigger of triggers) {
    const topic = trigger.kind === 'mqtt' ? trigger.topic : trigger.channel;
    for (const { contract, function: name } of trigger.carries ?? []) {
      if (trigger.kind === 'redis') claims.set(contract, trigger.claim);
      const functions = found.get(contract) ?? new Map<string, Set<string>>();
      found.set(contract, functions.set(name, (functions.get(name) ?? new Set()).add(topic)));
    }
  }
  return [...found].map(([contract, functions]) => {
    const claim = claims.get(contract);
    return {
      contract,
      type: instanceOf(exports, contract),
      topics: new Map([...functions].map(([name, topics]) => [name, [...topics]])),
      ...(claim !== undefined && { claim }),
    };
  });
}

function instanceOf(externs: ComponentType['exports'], name: string): InstanceType {
  const extern = externs.get(name);
  if (extern?.kind !== 'instance') throw new Error(`nothing exports ${name}`);
  return extern.type;
}

function sendsOf(plan: Plan, edge: PlannedEdge, purpose: PlannedSend['purpose']): readonly PlannedSend[] {
  const { importer, provider, contract } = edge;
  const unit = plan.units.find(({ services }) => services.includes(importer));
  return (unit?.sends ?? []).filter(
    (send) =>
      send.purpose === purpose &&
      send.importer === importer &&
      send.provider === provider &&
      send.contract === contract,
  );
}

function routeOf({ kind, topic, qos, address }: PlannedSend): Omit<SentFunction, 'named'> {
  return { kind, topic, qos, ...(address !== undefined && { address }) };
}

function isAsked(plan: Plan, { importer, provider, provided }: PlannedEdge, name: string): boolean {
  return carriedTriggers(plan, provider).some(
    (trigger) =>
      trigger.kind === 'redis' &&
      trigger.carries?.some(
        (call) =>
          call.importer === importer && call.contract === provided && call.function === name && call.reply,
      ),
  );
}

/** The functions of a service that Redis messages call: a handler is not told the channel that one came on. */
function overRedis(plan: Plan, service: string): ReadonlySet<string> {
  return new Set(
    carriedTriggers(plan, service).flatMap((trigger) =>
      trigger.kind === 'redis'
        ? (trigger.carries ?? []).map((call) => `${call.contract}#${call.function}`)
        : [],
    ),
  );
}
