import type { Results } from '../harness/schema.ts';
import { shown, suiteOf, valueOf } from './numbers.ts';

/** Where something else is cheaper, or Tenon dearer than one would think; each with its figures. */
export function lossesSection(results: Results): string {
  const lines = [
    ...hopLosses(results),
    ...eventLosses(results),
    ...engineLosses(results),
    ...buildLosses(results),
  ];
  return lines.length === 0 ? '' : `## What we lose\n\n${lines.map((one) => `- ${one}\n`).join('')}`;
}

function hopLosses(results: Results): string[] {
  const hop = suiteOf(results, 'hop');
  const at = (name: string, payload: string): number | undefined => valueOf(hop, name, payload, 'p50');
  const lines: string[] = [];
  const [plain, fused] = [at('js', 'u32'), at('fused-node', 'u32')];
  if (plain !== undefined && fused !== undefined)
    lines.push(
      `A fused call takes ${shown(fused)} µs where a plain call in the same engine takes ${shown(plain)} µs: checking and copying is not free.`,
    );
  const local = at('moleculer-local', '16 B');
  const linked = at('linked-node', '16 B');
  if (local !== undefined && linked !== undefined && local < linked)
    lines.push(
      `Without a boundary Node itself is faster: Moleculer's local call takes ${shown(local)} µs, a linked one ${shown(linked)} µs.`,
    );
  const cheaper = (['64 KB', '1 MB', '100 lines'] as const).flatMap((payload) =>
    (hop?.cases ?? []).flatMap(({ name, label }) => {
      const [other, own] = [at(name, payload), at('linked-node', payload)];
      const foreign = !/node$|wasmtime$|spin$|^js$|local$/.test(name) || name === 'node-http';
      return foreign && other !== undefined && own !== undefined && other < own * 2
        ? [`with ${payload}, ${label} takes ${shown(other)} µs and a linked call ${shown(own)} µs`]
        : [];
    }),
  );
  if (cheaper.length > 0) lines.push(`Large payloads cost copies: ${cheaper.join('; ')}.`);
  return lines;
}

function eventLosses(results: Results): string[] {
  const event = suiteOf(results, 'event');
  const at = '1 connection';
  const lines: string[] = [];
  const accepted = (name: string): number | undefined => valueOf(event, name, at, 'accepted, p50');
  for (const broker of ['mqtt', 'redis']) {
    const [message, call] = [accepted(`${broker}-kept`), accepted('linked-kept')];
    if (message !== undefined && call !== undefined && message < call)
      lines.push(
        `An order is accepted earlier over ${broker} (${shown(message)} µs) than with a linked call (${shown(call)} µs), since nobody waits for its fulfilment.`,
      );
  }
  const [linked, fused] = [accepted('linked-kept'), accepted('fused-kept')];
  if (linked !== undefined && fused !== undefined && linked / fused < 1.1)
    lines.push(
      `In a whole order on Node the placement within a unit hardly shows: ${shown(linked)} µs linked, ${shown(fused)} µs fused.`,
    );
  return lines;
}

function engineLosses(results: Results): string[] {
  const engine = suiteOf(results, 'engine');
  const places = engine?.cases[0]?.figures.map(({ at }) => at) ?? [];
  const longest = places.at(-1);
  if (longest === undefined) return [];
  const memory = (name: string): number | undefined => valueOf(engine, name, longest, 'memory per instance');
  const [linked, fused] = [memory('flattened-node'), memory('fused-node')];
  if (linked === undefined || fused === undefined) return [];
  return [
    `Every linked engine has a memory of its own: an instance of ${longest} takes ${shown(linked)} MB on Node, fused ${shown(fused)} MB.`,
  ];
}

function buildLosses(results: Results): string[] {
  const build = suiteOf(results, 'build');
  const [first] = build?.cases.find(({ name }) => name === 'times')?.figures ?? [];
  const time = first && valueOf(build, 'times', first.at, 'first build');
  return first && time !== undefined
    ? [`There is a build: ${shown(time / 1000)} s the first time for ${first.at}; plain Node has none.`]
    : [];
}
