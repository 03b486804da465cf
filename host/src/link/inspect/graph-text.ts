import { parseInterfaceId } from '../../component/names.ts';
import type { Inspection } from './inspect.ts';

interface Arrow {
  readonly from: string;
  readonly to: string;
  /** The interfaces that go this way; of those from outside only the packages, since there are many. */
  readonly labels: readonly string[];
}

const OUTSIDE = 'outside';

/** The instances and who is given what by whom, importer to provider; one arrow for each pair. */
function arrowsOf({ wires }: Inspection): Arrow[] {
  const arrows = new Map<string, { from: string; to: string; labels: string[] }>();
  for (const { importer, import: name, provider = OUTSIDE } of wires) {
    const key = JSON.stringify([importer, provider]);
    const arrow = arrows.get(key) ?? { from: importer, to: provider, labels: [] };
    arrows.set(key, arrow);
    const label = provider === OUTSIDE ? packageOf(name) : name;
    if (!arrow.labels.includes(label)) arrow.labels.push(label);
  }
  return [...arrows.values()];
}

function packageOf(name: string): string {
  const id = parseInterfaceId(name);
  return id ? `${id.namespace}:${id.package}${id.version ? `@${id.version.text}` : ''}` : name;
}

/** The instances as a flowchart for Mermaid, as GitHub renders it. */
export function mermaid(inspection: Inspection): string {
  const ids = idsOf(inspection);
  const lines = [...ids].map(([name, id]) => `  ${id}["${name.replaceAll('"', '#quot;')}"]`);
  for (const { from, to, labels } of arrowsOf(inspection)) {
    lines.push(
      `  ${ids.get(from)} -- "${labels.map((label) => label.replaceAll('"', '#quot;')).join('<br>')}" --> ${ids.get(to)}`,
    );
  }
  return `flowchart LR\n${lines.join('\n')}\n`;
}

/** The same in Graphviz’ language. */
export function dot(inspection: Inspection): string {
  const quoted = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
  const lines = [...idsOf(inspection).keys()].map((name) => `  ${quoted(name)};`);
  for (const { from, to, labels } of arrowsOf(inspection)) {
    const label = labels.map((one) => quoted(one).slice(1, -1)).join('\\n');
    lines.push(`  ${quoted(from)} -> ${quoted(to)} [label="${label}"];`);
  }
  return `digraph component {\n  rankdir=LR;\n  node [shape=box];\n${lines.join('\n')}\n}\n`;
}

function idsOf({ instances, wires }: Inspection): Map<string, string> {
  const names = instances.map(({ name }) => name);
  if (wires.some(({ provider }) => provider === undefined)) names.push(OUTSIDE);
  return new Map(names.map((name, at) => [name, `n${at}`]));
}
