import { componentNames } from './components.ts';
import type {
  Plan,
  PlannedEdge,
  PlannedSend,
  PlannedTrigger,
  PlannedUnit,
  Placement,
  Toolchain,
} from './types.ts';

/** An app as a picture: what starts it, who calls whom, and how the calls are carried. */
export interface AppGraph {
  readonly name: string;
  readonly version: string;
  readonly profile?: string;
  readonly units: readonly GraphUnit[];
}

export interface GraphUnit {
  readonly name: string;
  /** Providers before importers, the root last. */
  readonly services: readonly GraphService[];
  readonly triggers: readonly GraphTrigger[];
  /** Those between its services, and those that leave it over brokers. */
  readonly edges: readonly GraphEdge[];
}

export interface GraphService {
  readonly name: string;
  readonly toolchain: Toolchain;
  /** The component that it is in, which fused services share. */
  readonly component: string;
}

export type GraphTrigger =
  | { readonly kind: 'http'; readonly route: string }
  | {
      readonly kind: 'mqtt' | 'redis';
      /** Topic or channel. */
      readonly topic: string;
      readonly qos?: 0 | 1 | 2;
      readonly address?: string;
      readonly retries: number;
      readonly deadLetter: string;
      /** The calls that it brings; none for one that the manifest names. */
      readonly calls: readonly { readonly importer: string; readonly function: string }[];
    };

export interface GraphEdge {
  readonly importer: string;
  readonly provider: string;
  readonly contract: string;
  readonly placement: Placement;
  /** The messages of an edge over a broker, by function. */
  readonly messages: readonly GraphMessage[];
  /** Where copies of its calls go, by function. */
  readonly copies: readonly GraphMessage[];
}

export interface GraphMessage {
  readonly function: string;
  readonly kind: 'mqtt' | 'redis';
  /** Topic or channel. */
  readonly topic: string;
  readonly qos?: 0 | 1 | 2;
  readonly address?: string;
  readonly delivery: PlannedSend['delivery'];
  /** Whether the caller waits for an answer. */
  readonly answered: boolean;
}

/** What `tenon graph` draws of a plan. */
export function graphOf(plan: Plan): AppGraph {
  const { name, version, profile, units } = plan;
  return {
    name,
    version,
    ...(profile !== undefined && { profile }),
    units: units.map((unit) => unitOf(plan, unit)),
  };
}

function unitOf(plan: Plan, unit: PlannedUnit): GraphUnit {
  const components = componentNames(unit);
  const toolchains = new Map(plan.services.map((service) => [service.name, service.toolchain]));
  return {
    name: unit.name,
    services: unit.services.map((service) => ({
      name: service,
      toolchain: toolchains.get(service) ?? 'prebuilt',
      component: components.get(service) ?? service,
    })),
    triggers: unit.triggers.map(triggerOf),
    edges: unit.edges.map((edge) => edgeOf(plan, unit, edge)),
  };
}

function triggerOf(trigger: PlannedTrigger): GraphTrigger {
  if (trigger.kind === 'http') return { kind: 'http', route: trigger.route };
  const { kind, address, retries, deadLetter, carries = [] } = trigger;
  return {
    kind,
    topic: kind === 'mqtt' ? trigger.topic : trigger.channel,
    ...(kind === 'mqtt' && { qos: trigger.qos }),
    ...(address !== undefined && { address }),
    retries,
    deadLetter,
    calls: carries.map((call) => ({ importer: call.importer, function: call.function })),
  };
}

function edgeOf(plan: Plan, unit: PlannedUnit, edge: PlannedEdge): GraphEdge {
  const { importer, provider, contract, placement } = edge;
  const sends = unit.sends.filter(
    (send) => send.importer === importer && send.provider === provider && send.contract === contract,
  );
  const answered = answeredFunctions(plan, edge);
  const messages = (purpose: PlannedSend['purpose']): readonly GraphMessage[] =>
    sends
      .filter((send) => send.purpose === purpose)
      .map((send) => ({
        function: send.function,
        kind: send.kind,
        topic: send.topic,
        ...(send.kind === 'mqtt' && { qos: send.qos }),
        ...(send.address !== undefined && { address: send.address }),
        delivery: send.delivery,
        answered: purpose === 'edge' && answered.has(send.function),
      }));
  return { importer, provider, contract, placement, messages: messages('edge'), copies: messages('tee') };
}

/** The functions of an edge whose callers wait, as the provider's triggers have it. */
function answeredFunctions({ triggers }: Plan, edge: PlannedEdge): ReadonlySet<string> {
  return new Set(
    triggers.flatMap((trigger) =>
      trigger.kind === 'redis' && trigger.service === edge.provider
        ? (trigger.carries ?? [])
            .filter(
              ({ importer, contract, reply }) =>
                reply && importer === edge.importer && contract === edge.provided,
            )
            .map((call) => call.function)
        : [],
    ),
  );
}
