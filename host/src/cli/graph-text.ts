import type { AppGraph, GraphEdge, GraphMessage, GraphTrigger, GraphUnit } from '../plan/graph.ts';
import type { Paint } from './output.ts';

/** `tenon graph` for reading: each unit with what starts it and the tree of calls from its root. */
export function graphText({ name, version, profile, units }: AppGraph, paint: Paint): string {
  const head = `${paint('bold', name)} ${version}${profile === undefined ? '' : `, profile ${profile}`}\n`;
  return [head, ...units.map((unit) => unitText(unit, paint))].join('\n');
}

function unitText(unit: GraphUnit, paint: Paint): string {
  const root = unit.services.at(-1)?.name ?? unit.name;
  const lines = [
    `${paint('bold', `unit ${unit.name}`)}`,
    ...unit.triggers.map((trigger) => `  ${paint('cyan', '▸')} ${triggerText(trigger)}`),
    `  ${serviceText(unit, root)}`,
    ...callsOf(unit, root, new Set([root])).map((line) => `  ${line}`),
  ];
  return `${lines.join('\n')}\n`;
}

/** The lines below a service: its edges with their messages and copies, and what their providers call. */
function callsOf(unit: GraphUnit, service: string, shown: Set<string>): readonly string[] {
  const edges = unit.edges.filter(({ importer }) => importer === service);
  return edges.flatMap((edge, at) => {
    const last = at === edges.length - 1;
    const below = belowEdge(unit, edge, shown);
    return [
      `${last ? '└─' : '├─'} ${edge.placement} → ${providerText(unit, edge)}  ${edge.contract}`,
      ...below.map((line) => `${last ? '  ' : '│ '} ${line}`),
    ];
  });
}

function belowEdge(unit: GraphUnit, edge: GraphEdge, shown: Set<string>): readonly string[] {
  const messages = [
    ...edge.messages.map((message) => `${message.function}: ${messageText(message)}`),
    ...edge.copies.map((copy) => `${copy.function}, copied: ${messageText(copy)}`),
  ];
  if (leavesUnit(edge) || shown.has(edge.provider)) return messages;
  shown.add(edge.provider);
  return [...messages, ...callsOf(unit, edge.provider, shown)];
}

function leavesUnit({ placement }: GraphEdge): boolean {
  return placement === 'mqtt' || placement === 'redis';
}

function providerText(unit: GraphUnit, edge: GraphEdge): string {
  return leavesUnit(edge) ? `unit ${edge.provider}` : serviceText(unit, edge.provider);
}

function serviceText({ services }: GraphUnit, name: string): string {
  const toolchain = services.find((service) => service.name === name)?.toolchain;
  return toolchain === undefined || toolchain === 'quickjs' ? name : `${name} (${toolchain})`;
}

/** `mqtt neworders, QoS 1: submit of receiver; after 5 retries to neworders/dead`. */
export function triggerText(trigger: GraphTrigger): string {
  if (trigger.kind === 'http') return `http ${trigger.route}`;
  const { calls, retries, deadLetter } = trigger;
  const from = calls.map((call) => `${call.function} of ${call.importer}`).join(', ');
  const failed = retries === 0 ? 'failed ones' : `after ${retries} ${retries === 1 ? 'retry' : 'retries'}`;
  return `${placeText(trigger)}${from === '' ? '' : `: ${from}`}; ${failed} to ${deadLetter}`;
}

function messageText(message: GraphMessage): string {
  const ways = {
    outbox: 'through the outbox',
    memory: 'after the commit, from memory',
    direct: message.answered ? 'answered' : 'at once',
  };
  return `${placeText(message)}, ${ways[message.delivery]}`;
}

function placeText({
  kind,
  topic,
  qos,
  address,
}: Omit<Extract<GraphTrigger, { topic: string }>, 'retries' | 'deadLetter' | 'calls'>): string {
  return `${kind} ${topic}${qos === undefined ? '' : `, QoS ${qos}`}${address === undefined ? '' : ` at ${address}`}`;
}
