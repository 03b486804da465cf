import { loadApp } from '../../build/load.ts';
import type { BenchOptions } from '../commands/bench.ts';
import type { Output } from '../output.ts';
import { adviceFor, type MeasuredPlacement } from './advice.ts';
import { candidatesFor, edgesOf, isReached, type BenchEdge, type Variant } from './candidates.ts';
import { measureEdge } from './measure.ts';
import { requestsOf, type BenchRequest } from './requests.ts';
import type { BenchReport, EdgeReport } from './text.ts';

/**
 * Measures an app with each of its edges under each placement that it can have, the others as they are. Edges that no
 * request comes to are named and left out.
 *
 * @throws TenonError `cli/bench-request`, `cli/bench-answer`, and what building or starting the app finds
 */
export async function bench(manifest: string, options: BenchOptions, output: Output): Promise<BenchReport> {
  const variant: Variant = { manifest, profile: options.profile, place: options.place ?? [] };
  const { plan, warnings } = await loadApp(variant);
  output.diagnostics(warnings);
  const requests = requestsOf(plan, options.request ?? []);
  const edges: EdgeReport[] = [];
  for (const edge of edgesOf(plan)) {
    const reached = isReached(plan, edge, requests);
    if (!reached) edges.push({ ...edge, reached, placements: [] });
    else edges.push(await reportOf(edge, variant, requests, options, output));
  }
  const { rounds, count } = options;
  return { app: plan.name, requests, rounds, count, edges };
}

async function reportOf(
  edge: BenchEdge,
  variant: Variant,
  requests: readonly BenchRequest[],
  options: BenchOptions,
  output: Output,
): Promise<EdgeReport> {
  const { importer, provider } = edge;
  const candidates = await candidatesFor(edge, variant, options.redis);
  const legal = candidates.filter(({ obstacle }) => obstacle === undefined);
  const placements = legal.map(({ placement }) => placement);
  output.event(`measuring ${importer} → ${provider}: ${placements.join(', ')}`, {
    event: 'bench',
    importer,
    provider,
    placements,
  });
  const warned = new Set<string>();
  const rounds = await measureEdge(edge, placements, variant, {
    requests,
    rounds: options.rounds,
    count: options.count,
    redis: options.redis,
    mqtt: options.mqtt,
    variables: options.variable,
    warn(line) {
      // Thousands of requests would say the same.
      if (warned.has(line)) return;
      warned.add(line);
      output.event(`  ${line}`, { event: 'log', message: line });
    },
  });
  const measured = candidates.map(({ placement, current, obstacle }): MeasuredPlacement => {
    const own = rounds.get(placement);
    return { placement, current, ...(obstacle !== undefined && { obstacle }), ...(own && { rounds: own }) };
  });
  return { ...edge, reached: true, placements: measured, advice: adviceFor(measured) };
}
