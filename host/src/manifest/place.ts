import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { listWords, nearest } from '../diagnostics/nearest.ts';
import { failure, success, type Result } from '../diagnostics/result.ts';
import type { EdgeSettings, Manifest } from './types.ts';

const PLACEMENTS = ['fused', 'linked', 'redis', 'mqtt'] as const;

/** One `--place importer.provider=placement`. */
export interface Place {
  readonly text: string;
  readonly importer: string;
  readonly provider: string;
  readonly placement: (typeof PLACEMENTS)[number];
}

/** Reads the arguments of `--place`, without knowing the manifest. */
export function parsePlaces(texts: readonly string[]): Result<readonly Place[]> {
  const problems: Diagnostic[] = [];
  const places: Place[] = [];
  for (const text of texts) {
    const match = /^([^.=\s]+)\.([^.=\s]+)=(.*)$/.exec(text.trim());
    const placement = PLACEMENTS.find((word) => word === match?.[3]);
    const [, importer = '', provider = ''] = match ?? [];
    if (placement) places.push({ text, importer, provider, placement });
    else problems.push(malformed(text, match?.[3]));
  }
  return problems.length > 0 ? failure(...problems) : success(places);
}

/** The manifest with placements put over its own; each service must be one of the manifest's. */
export function applyPlaces(manifest: Manifest, places: readonly Place[]): Result<Manifest> {
  const problems: Diagnostic[] = [];
  const edges: Record<string, EdgeSettings> = { ...manifest.edges };
  for (const { text, importer, provider, placement } of places) {
    const unknown = [importer, provider].filter((service) => !Object.hasOwn(manifest.services, service));
    problems.push(...unknown.map((service) => unknownService(text, service, manifest)));
    const edge = `${importer}.${provider}`;
    edges[edge] = { ...(edges[edge] ?? EDGE_DEFAULTS), placement };
  }
  return problems.length > 0 ? failure(...problems) : success({ ...manifest, edges });
}

/** What holds for an edge that the manifest does not mention; as the schema's defaults (a test compares). */
export const EDGE_DEFAULTS: EdgeSettings = {
  oneway: false,
  qos: 1,
  deadline: 5000,
  retries: 5,
  claim: '_tenon.id',
};

function malformed(place: string, placement: string | undefined): Diagnostic {
  const guess = placement === undefined ? undefined : nearest(placement, PLACEMENTS);
  return diagnose('manifest/bad-place', `\`--place ${place}\` cannot be understood`, {
    where: `--place ${place}`,
    expected:
      placement === undefined
        ? '`importer.provider=placement`'
        : `one of ${listWords(PLACEMENTS)} behind the \`=\``,
    found: `\`${placement ?? place}\``,
    next: guess && `Did you mean \`${guess}\`?`,
  });
}

function unknownService(place: string, service: string, manifest: Manifest): Diagnostic {
  const services = Object.keys(manifest.services);
  const guess = nearest(service, services);
  return diagnose(
    'manifest/bad-place',
    `\`--place ${place}\` names the service \`${service}\`, which the manifest does not have`,
    {
      where: `--place ${place}`,
      expected: listWords(services),
      found: `\`${service}\``,
      next: guess && `Did you mean \`${guess}\`?`,
    },
  );
}
