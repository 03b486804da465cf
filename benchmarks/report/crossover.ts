import type { Results, SuiteResult } from '../harness/schema.ts';
import { fastestBroker } from './aims.ts';
import { shown, suiteOf, valueOf } from './numbers.ts';

const EVENT = 'event on a fresh instance, p50';

/** Where linked, fused and a broker cross on a host that makes every instance anew for each event. */
export function crossoverSection(results: Results): string {
  const engine = suiteOf(results, 'engine');
  const hop = suiteOf(results, 'hop');
  const rows = (['linked', 'flattened', 'fused'] as const).flatMap((variant) => {
    const further = furtherService(engine, `${variant}-wasmtime`);
    return further === undefined ? [] : [{ variant, further }];
  });
  const broker = fastestBroker(hop, '16 B');
  const linked = valueOf(hop, 'linked-wasmtime', '16 B', 'p50');
  const fused = valueOf(hop, 'fused-wasmtime', '16 B', 'p50');
  if (rows.length === 0) return '';
  const LABELS = { linked: 'linked, as built', flattened: 'linked, flattened', fused: 'fused' };
  const table = rows.map(({ variant, further }) => {
    const call = variant === 'fused' ? fused : linked;
    const cells = [
      shown(further),
      call === undefined ? '–' : shown(call),
      calls(further, call, broker?.value),
    ];
    return `| ${LABELS[variant]} | ${cells.join(' | ')} |\n`;
  });
  const note = broker
    ? `The fastest way over a broker in this run is ${broker.label}, ${shown(broker.value)} µs for 16 B, without the provider's own
event: on such a host the provider has a fresh instance there too. The last column is from how many calls in one event
on the broker is dearer than the further engine; below 1 the broker is dearer from the first call.
`
    : '';
  const between = equalCalls(rows, linked, fused);
  return `## A host with fresh instances

Spin makes every engine of a unit anew for each event, so a linked service costs before it is called. This is the most
important table here for whoever ships to Spin: what a further service adds to an event on Wasmtime 42, worked out
from units of one service and of the most, against what one call costs once it is there.

| | a further service, µs per event | one call with 16 B, µs | calls from which a broker is dearer |
|---|---|---|---|
${table.join('')}
${note}${between}`;
}

/** µs that one more service adds to an event, from the shortest and the longest chain. */
function furtherService(engine: SuiteResult | undefined, name: string): number | undefined {
  const figures = engine?.cases
    .find((one) => one.name === name)
    ?.figures.filter((one) => one.measure === EVENT);
  const [first, last] = [figures?.at(0), figures?.at(-1)];
  if (!first || !last || first === last) return undefined;
  const [from, to] = [first, last].map(({ at }) => valueOf(engine, name, at, EVENT)!);
  return (to! - from!) / (Number.parseInt(last.at, 10) - Number.parseInt(first.at, 10));
}

function calls(further: number, call: number | undefined, broker: number | undefined): string {
  if (call === undefined || broker === undefined) return '–';
  return broker > call ? shown(Math.max(0, further) / (broker - call)) : 'never';
}

/** Fused is the cheaper of both: by how much, in calls. */
function equalCalls(
  rows: readonly { readonly variant: string; readonly further: number }[],
  linked: number | undefined,
  fused: number | undefined,
): string {
  const [flat, one] = ['flattened', 'fused'].map(
    (name) => rows.find(({ variant }) => variant === name)?.further,
  );
  if (flat === undefined || one === undefined || linked === undefined || fused === undefined) return '';
  const saved = flat - one;
  return `Fusing saves ${shown(saved)} µs of every event for each service, and ${shown(linked - fused)} µs of each call: the engine
counts for as much as ${shown(saved / (linked - fused))} calls. On Node, which resets instances, there is no such cost before the
first call.
`;
}
