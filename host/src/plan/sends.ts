import { compareText, type PlanInput } from './context.ts';
import { routeOf } from './topics.ts';
import { calledFunctions, isAnswered, isBrokered } from './travel.ts';
import type { PlannedEdge, PlannedSend } from './types.ts';

/**
 * What the services publish: the calls of broker edges, and the copies that tees make of any edge's calls. In
 * the order of kind, topic and function.
 */
export function sendsOf(input: PlanInput, edges: readonly PlannedEdge[]): readonly PlannedSend[] {
  return edges
    .flatMap((edge) => [...edgeSends(input, edge), ...teeSends(input, edge)])
    .toSorted((a, b) => compareText(orderOf(a), orderOf(b)));
}

function edgeSends(input: PlanInput, edge: PlannedEdge): readonly PlannedSend[] {
  const { placement, settings } = edge;
  if (placement !== 'mqtt' && placement !== 'redis') return [];
  const { address } = settings;
  const delivery = deliveryOf(input, edge);
  return calledFunctions(input, edge).map(({ name }) => ({
    kind: placement,
    purpose: 'edge',
    ...endsOf(edge),
    function: name,
    ...routeOf(input, edge, name),
    qos: placement === 'mqtt' ? settings.qos : 1,
    delivery,
    ...(address !== undefined && { address }),
  }));
}

/**
 * How the calls of a broker edge leave. One way for all of them: a call that is answered leaves at once, and
 * those before and after it on the same channel must not arrive out of order.
 */
function deliveryOf(input: PlanInput, edge: PlannedEdge): PlannedSend['delivery'] {
  const { placement, settings } = edge;
  if (calledFunctions(input, edge).some((func) => isAnswered(func, edge))) return 'direct';
  if (settings.delivery !== undefined) return settings.delivery;
  return placement === 'mqtt' && settings.qos === 0 ? 'memory' : 'outbox';
}

function teeSends(input: PlanInput, edge: PlannedEdge): readonly PlannedSend[] {
  const { tee } = edge.settings;
  if (!tee) return [];
  const { mqtt, redis, address, required } = tee;
  const kind = mqtt === undefined ? 'redis' : 'mqtt';
  const qos = kind === 'mqtt' ? tee.qos : 1;
  // A call can only fail for its copy while the copy is sent.
  const delivery = required ? 'direct' : qos === 0 ? 'memory' : 'outbox';
  return calledFunctions(input, edge).map(({ name }) => ({
    kind,
    purpose: 'tee',
    ...endsOf(edge),
    function: name,
    topic: mqtt ?? redis ?? '',
    shared: calledFunctions(input, edge).length > 1,
    qos,
    delivery,
    ...(address !== undefined && { address }),
  }));
}

function endsOf({ importer, provider, contract }: PlannedEdge): {
  importer: string;
  provider: string;
  contract: string;
} {
  return { importer, provider, contract };
}

function orderOf(send: PlannedSend): string {
  const { kind, topic, importer, provider, contract, purpose } = send;
  return JSON.stringify([kind, topic, send.function, importer, provider, contract, purpose]);
}

/** The sends of some services, as a unit has them. */
export function sendsFrom(
  sends: readonly PlannedSend[],
  services: readonly string[],
): readonly PlannedSend[] {
  return sends.filter(({ importer }) => services.includes(importer));
}

/** The edges among some that a broker carries. */
export function brokerEdges(edges: readonly PlannedEdge[]): readonly PlannedEdge[] {
  return edges.filter(isBrokered);
}
