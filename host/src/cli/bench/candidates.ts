import { loadApp } from '../../build/load.ts';
import { TenonError } from '../../diagnostics/error.ts';
import type { Placement, Plan } from '../../plan/types.ts';
import type { BenchRequest } from './requests.ts';

/** All edges from one service to another; they are placed together. */
export interface BenchEdge {
  readonly importer: string;
  readonly provider: string;
  readonly contracts: readonly string[];
  readonly placement: Placement;
}

/** A placement that an edge could have, and why not where it cannot. */
export interface Candidate {
  readonly placement: Placement;
  /** The one that it has. */
  readonly current: boolean;
  readonly obstacle?: string;
}

export interface Variant {
  readonly manifest: string;
  readonly profile?: string | undefined;
  readonly place: readonly string[];
}

const PLACEMENTS: readonly Placement[] = ['linked', 'fused', 'redis', 'mqtt'];

/** The edges of a plan, in its order. */
export function edgesOf({ edges }: Plan): readonly BenchEdge[] {
  const found = new Map<string, BenchEdge>();
  for (const { importer, provider, contract, placement } of edges) {
    const key = `${importer}.${provider}`;
    const contracts = [...(found.get(key)?.contracts ?? []), contract];
    found.set(key, { importer, provider, contracts, placement });
  }
  return [...found.values()];
}

/** Whether one of the requests can come to an edge: from the service that answers it, along edges. */
export function isReached({ edges }: Plan, edge: BenchEdge, requests: readonly BenchRequest[]): boolean {
  const reached = new Set(requests.map(({ service }) => service));
  for (const service of reached)
    for (const { importer, provider } of edges) if (importer === service) reached.add(provider);
  return reached.has(edge.importer);
}

/** Every placement for an edge, the others left as they are; whether it is legal the plan itself says. */
export async function candidatesFor(
  edge: BenchEdge,
  variant: Variant,
  redis: string | undefined,
): Promise<readonly Candidate[]> {
  const candidates: Candidate[] = [];
  for (const placement of PLACEMENTS) {
    const current = placement === edge.placement;
    const obstacle = current ? undefined : await obstacleOf(placed(edge, placement, variant));
    if (obstacle !== undefined) candidates.push({ placement, current, obstacle });
    else if (placement === 'redis' && !current && redis === undefined)
      candidates.push({ placement, current, obstacle: 'no server is named: --redis <address>' });
    else candidates.push({ placement, current });
  }
  return candidates;
}

/** The variant with one edge placed otherwise. */
export function placed({ importer, provider }: BenchEdge, placement: Placement, variant: Variant): Variant {
  return { ...variant, place: [...variant.place, `${importer}.${provider}=${placement}`] };
}

async function obstacleOf(variant: Variant): Promise<string | undefined> {
  try {
    await loadApp(variant);
    return undefined;
  } catch (error) {
    if (error instanceof TenonError) return error.message;
    throw error;
  }
}
