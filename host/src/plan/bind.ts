import { compareNames, matchName } from '../component/names.ts';
import { mismatches } from '../component/subtype.ts';
import type { ExternType } from '../component/types.ts';
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { listWords } from '../diagnostics/nearest.ts';
import { EDGE_DEFAULTS } from '../manifest/place.ts';
import type { EdgeSettings } from '../manifest/types.ts';
import {
  at,
  atService,
  compareText,
  declaredIn,
  serviceNames,
  type Found,
  type PlanInput,
} from './context.ts';
import { isHostName } from './host-interfaces.ts';
import { hasCode } from './imports.ts';
import { missingProvider } from './near-misses.ts';
import type { PlannedEdge, ServiceWorld } from './types.ts';

/** A service that exports what an import asks for, and the name under which it does. */
interface Candidate {
  readonly world: ServiceWorld;
  readonly provided: string;
  readonly extern: ExternType;
}

export interface BoundEdges {
  readonly edges: readonly PlannedEdge[];
  /** What an import might be bound to, where more than one service exports it. */
  readonly undecided: readonly PlannedEdge[];
}

/**
 * Binds every import of a contract to the service that exports it: under the same name, else on the same
 * semver track; `contract` of an edge decides between several. Each edge is checked structurally.
 */
export function bindEdges(input: PlanInput): Found<BoundEdges> {
  const problems: Diagnostic[] = [];
  const edges: PlannedEdge[] = [];
  const undecided: PlannedEdge[] = [];
  const worlds = serviceNames(input.manifest).flatMap((service) => input.worlds.get(service) ?? []);
  for (const world of worlds) {
    for (const [contract, extern] of [...world.world.imports].toSorted(([a], [b]) => compareText(a, b))) {
      if (isHostName(contract)) continue;
      const candidates = candidatesFor(contract, world, worlds);
      const chosen = candidates.length > 1 ? choose(input, world.service, contract, candidates) : candidates;
      const [candidate, second] = chosen;
      if (second) {
        problems.push(ambiguous(input, world, contract, chosen));
        undecided.push(...chosen.map((one) => edgeOf(input, world.service, contract, one)));
      } else if (candidate) {
        problems.push(...checkEdge(input, world, contract, extern, candidate));
        edges.push(edgeOf(input, world.service, contract, candidate));
      } else if (hasCode(extern)) problems.push(missingProvider(input, world, contract, extern, worlds));
    }
  }
  return { value: { edges, undecided }, problems };
}

/** The services with an export of the contract's name; where there is none, with one on its track. */
function candidatesFor(
  contract: string,
  importer: ServiceWorld,
  worlds: readonly ServiceWorld[],
): readonly Candidate[] {
  const onTrack = worlds
    .filter((world) => world.service !== importer.service)
    .flatMap((world) => {
      const provided = matchName(contract, world.world.exports.keys()).toSorted(compareNames).at(-1);
      const extern = provided === undefined ? undefined : world.world.exports.get(provided);
      return provided !== undefined && extern ? [{ world, provided, extern }] : [];
    });
  const exact = onTrack.filter(({ provided }) => provided === contract);
  return exact.length > 0 ? exact : onTrack;
}

/** The candidates for which the manifest has an edge with this contract; all where it has none. */
function choose(
  { manifest }: PlanInput,
  importer: string,
  contract: string,
  candidates: readonly Candidate[],
): readonly Candidate[] {
  const named = candidates.filter(({ world, provided }) => {
    const settings = settingsOf(manifest.edges, importer, world.service);
    return settings?.contract !== undefined && isMeant(settings.contract, contract, provided);
  });
  return named.length > 0 ? named : candidates;
}

/** Whether an edge's `contract` means this import: by either name, with or without version. */
export function isMeant(written: string, contract: string, provided: string): boolean {
  return [contract, provided].some((name) => name === written || name.replace(/@.*$/, '') === written);
}

function settingsOf(
  edges: Readonly<Record<string, EdgeSettings>>,
  importer: string,
  provider: string,
): EdgeSettings | undefined {
  const key = `${importer}.${provider}`;
  return Object.hasOwn(edges, key) ? edges[key] : undefined;
}

function edgeOf(
  { manifest }: PlanInput,
  importer: string,
  contract: string,
  candidate: Candidate,
): PlannedEdge {
  const { provided, world } = candidate;
  const written = settingsOf(manifest.edges, importer, world.service);
  const applies =
    written && (written.contract === undefined || isMeant(written.contract, contract, provided));
  const settings = applies ? written : EDGE_DEFAULTS;
  return {
    importer,
    provider: world.service,
    contract,
    provided,
    placement: settings.placement ?? manifest.defaultPlacement,
    settings,
  };
}

function ambiguous(
  input: PlanInput,
  importer: ServiceWorld,
  contract: string,
  candidates: readonly Candidate[],
): Diagnostic {
  const providers = candidates.map(({ world }) => world.service);
  const { service } = importer;
  const claimed = candidates.every(
    ({ world }) => settingsOf(input.manifest.edges, service, world.service)?.contract !== undefined,
  );
  return diagnose(
    'plan/ambiguous-provider',
    `\`${service}\` imports \`${contract}\`, which ${providers.length} services export`,
    {
      span: atService(input, service),
      expected: 'one provider',
      found: listWords(providers, 'and'),
      related: candidates.map(({ world, provided }) => ({
        message: `\`${world.service}\` exports \`${provided}\``,
        span: atService(input, world.service),
      })),
      next: claimed
        ? `Choose one: keep \`contract\` in only one of the edges.`
        : `Choose one: add \`contract = "${contract}"\` to \`[edge.${service}.${providers[0]}]\`, or remove the export from the other.`,
    },
  );
}

function checkEdge(
  input: PlanInput,
  importer: ServiceWorld,
  contract: string,
  wanted: ExternType,
  { world: provider, provided, extern }: Candidate,
): readonly Diagnostic[] {
  const found = mismatches(extern, wanted, '');
  const [first, ...others] = found;
  if (!first) return [];
  const path = first.path === '' ? contract : readable(first.path);
  return [
    diagnose(
      'plan/contract-mismatch',
      `\`${provider.service}\` does not export \`${contract}\` as \`${importer.service}\` imports it: they differ in \`${path}\``,
      {
        span: at(input, ['service', importer.service], 'key'),
        where: `${importer.service} -> ${provider.service}, ${path}`,
        expected: `${quoted(first.expected)}, as \`${importer.service}\` imports it`,
        found: `${quoted(first.found)}, as \`${provider.service}\` exports it`,
        related: [
          ...others.map((other) => ({
            message: `\`${readable(other.path)}\` differs too: ${quoted(other.expected)} against ${quoted(other.found)}`,
          })),
          {
            message: `\`${provider.service}\` exports \`${provided}\``,
            span: atService(input, provider.service),
          },
          declaredIn(importer, contract),
          declaredIn(provider, provided),
        ],
      },
    ),
  ];
}

/** A mismatch's path, where it ends at a function's result. */
function readable(path: string): string {
  return path.replace(/ -> ?$/, ' -> result');
}

function quoted(type: string): string {
  return type === 'nothing' ? type : `\`${type}\``;
}
