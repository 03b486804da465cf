import type { AppGraph, GraphTrigger } from '../plan/graph.ts';

interface Node {
  readonly id: string;
  readonly label: string;
  readonly shape: 'service' | 'route' | 'topic';
}

interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly label: string;
  readonly line: 'thin' | 'thick' | 'dotted';
}

/** An app as nodes in boxes and arrows between them. */
interface Drawing {
  readonly boxes: readonly { readonly id: string; readonly label: string; readonly nodes: readonly Node[] }[];
  readonly nodes: readonly Node[];
  readonly arrows: readonly Arrow[];
}

/** An app as a flowchart for Mermaid, as GitHub renders it. */
export function graphMermaid(graph: AppGraph): string {
  const { boxes, nodes, arrows } = drawingOf(graph);
  const text = (label: string): string => `"${label.replaceAll('"', '#quot;')}"`;
  const shapes = { service: ['[', ']'], route: ['([', '])'], topic: ['[/', '/]'] } as const;
  const node = ({ id, label, shape }: Node): string =>
    `${id}${shapes[shape][0]}${text(label)}${shapes[shape][1]}`;
  const lines = { thin: '-->', thick: '==>', dotted: '-.->' } as const;
  return [
    'flowchart LR',
    ...boxes.flatMap((box) => [
      `  subgraph ${box.id}[${text(box.label)}]`,
      ...box.nodes.map((one) => `    ${node(one)}`),
      '  end',
    ]),
    ...nodes.map((one) => `  ${node(one)}`),
    ...arrows.map(
      ({ from, to, label, line }) =>
        `  ${from} ${lines[line]}${label === '' ? '' : `|${text(label)}|`} ${to}`,
    ),
    '',
  ].join('\n');
}

/** The same in Graphviz’ language. */
export function graphDot(graph: AppGraph): string {
  const { boxes, nodes, arrows } = drawingOf(graph);
  const text = (label: string): string => `"${label.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
  const shapes = { service: 'box', route: 'oval', topic: 'parallelogram' } as const;
  const node = ({ id, label, shape }: Node): string =>
    `${id} [label=${text(label)}, shape=${shapes[shape]}];`;
  const lines = { thin: 'solid', thick: 'bold', dotted: 'dashed' } as const;
  return [
    `digraph ${text(graph.name)} {`,
    '  rankdir=LR;',
    ...boxes.flatMap((box) => [
      `  subgraph cluster_${box.id} {`,
      `    label=${text(box.label)};`,
      ...box.nodes.map((one) => `    ${node(one)}`),
      '  }',
    ]),
    ...nodes.map((one) => `  ${node(one)}`),
    ...arrows.map(
      ({ from, to, label, line }) => `  ${from} -> ${to} [label=${text(label)}, style=${lines[line]}];`,
    ),
    '}',
    '',
  ].join('\n');
}

function drawingOf({ units }: AppGraph): Drawing {
  const ids = new Map<string, string>();
  /** Short ids in order, since names may have any letter: a service once for each unit that it is in. */
  const idOf = (prefix: string, key: string): string => {
    const known = ids.get(`${prefix} ${key}`);
    if (known !== undefined) return known;
    const id = `${prefix}${[...ids.keys()].filter((one) => one.startsWith(`${prefix} `)).length}`;
    ids.set(`${prefix} ${key}`, id);
    return id;
  };
  const serviceId = (unit: string, service: string): string => idOf('s', `${unit} ${service}`);
  const outside = new Map<string, Node>();
  const topicId = (kind: string, topic: string): string => {
    const id = idOf('t', `${kind} ${topic}`);
    outside.set(id, { id, label: `${kind} ${topic}`, shape: 'topic' });
    return id;
  };
  const boxes = units.map(({ name, services }) => ({
    id: idOf('u', name),
    label: `unit ${name}`,
    nodes: services.map((service) => ({
      id: serviceId(name, service.name),
      label: service.name,
      shape: 'service' as const,
    })),
  }));
  const arrows: Arrow[] = [];
  for (const { name, services, triggers, edges } of units) {
    const root = serviceId(name, services.at(-1)?.name ?? name);
    for (const trigger of triggers) {
      const source =
        trigger.kind === 'http' ? idOf('r', trigger.route) : topicId(trigger.kind, trigger.topic);
      if (trigger.kind === 'http')
        outside.set(source, { id: source, label: `http ${trigger.route}`, shape: 'route' });
      arrows.push({
        from: source,
        to: root,
        label: callsText(trigger),
        line: trigger.kind === 'http' ? 'thin' : 'dotted',
      });
    }
    for (const { importer, provider, contract, placement, messages, copies } of edges) {
      const from = serviceId(name, importer);
      if (placement === 'linked' || placement === 'fused') {
        const line = placement === 'fused' ? 'thick' : 'thin';
        arrows.push({ from, to: serviceId(name, provider), label: `${placement} ${contract}`, line });
      }
      for (const { kind, topic, function: label } of messages)
        arrows.push({ from, to: topicId(kind, topic), label, line: 'dotted' });
      for (const { kind, topic, function: copied } of copies)
        arrows.push({ from, to: topicId(kind, topic), label: `tee ${copied}`, line: 'dotted' });
    }
  }
  return { boxes, nodes: [...outside.values()], arrows };
}

/** The functions that a trigger brings, each once. */
function callsText(trigger: GraphTrigger): string {
  if (trigger.kind === 'http') return '';
  return [...new Set(trigger.calls.map((call) => call.function))].join(', ');
}
