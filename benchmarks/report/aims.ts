import type { Results, SuiteResult } from '../harness/schema.ts';
import { shown, suiteOf, valueOf } from './numbers.ts';

interface Aim {
  readonly what: string;
  readonly at: string;
  /** What is divided by what. */
  readonly of: readonly [case_: string, by: string];
  readonly aim: { readonly atMost?: number; readonly atLeast?: number };
}

const SMALL = ['u32', '16 B'];
/** A hop over a broker, whichever is the fastest. */
const FASTEST = 'the fastest broker hop';
const BROKERS = ['redis-one-way', 'redis-reply', 'mqtt-0', 'mqtt-1', 'moleculer-redis'];

const AIMS: readonly Aim[] = SMALL.flatMap((at): Aim[] => [
  { what: 'fused against linked, Node', at, of: ['fused-node', 'linked-node'], aim: { atMost: 0.5 } },
  {
    what: 'linked on Node against Wasmtime 42',
    at,
    of: ['linked-node', 'linked-wasmtime'],
    aim: { atMost: 1.2 },
  },
  { what: 'stock jco glue against linked, Node', at, of: ['stock-node', 'linked-node'], aim: { atLeast: 5 } },
  { what: `${FASTEST} against linked, Node`, at, of: [FASTEST, 'linked-node'], aim: { atLeast: 40 } },
  { what: `${FASTEST} against fused, Node`, at, of: [FASTEST, 'fused-node'], aim: { atLeast: 100 } },
]);

/** What was aimed at, and what came of it, missed or not. */
export function aimsSection(results: Results): string {
  const hop = suiteOf(results, 'hop');
  const rows = AIMS.flatMap(({ what, at, of: [over, under], aim }) => {
    const [a, b] = [p50(hop, over, at), p50(hop, under, at)];
    if (a === undefined || b === undefined) return [];
    const ratio = a / b;
    const wanted = aim.atMost === undefined ? `at least ${aim.atLeast} ×` : `at most ${aim.atMost} ×`;
    const met = aim.atMost === undefined ? ratio >= aim.atLeast! : ratio <= aim.atMost;
    return [`| ${what}, ${at} | ${wanted} | ${shown(ratio)} × | ${met ? 'yes' : '**no**'} |\n`];
  });
  if (rows.length === 0) return '';
  return `## What was aimed at

Medians of one call, divided.

| | aim | found | met |
|---|---|---|---|
${rows.join('')}`;
}

function p50(hop: SuiteResult | undefined, name: string, at: string): number | undefined {
  if (name !== FASTEST) return valueOf(hop, name, at, 'p50');
  return fastestBroker(hop, at)?.value;
}

/** The cheapest way over a broker, one way or answered. */
export function fastestBroker(
  hop: SuiteResult | undefined,
  at: string,
): { readonly label: string; readonly value: number } | undefined {
  const found = BROKERS.flatMap((name) => {
    const value = valueOf(hop, name, at, 'p50');
    const label = hop?.cases.find((one) => one.name === name)?.label;
    return value === undefined || label === undefined ? [] : [{ label, value }];
  });
  return found.sort((a, b) => a.value - b.value)[0];
}
