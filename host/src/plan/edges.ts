import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { listWords, nearest } from '../diagnostics/nearest.ts';
import { isMeant } from './bind.ts';
import { at, atService, serviceNames, type PlanInput } from './context.ts';
import { isWritten } from '../manifest/document.ts';
import type { PlannedEdge } from './types.ts';

/** Edges of the manifest that are between no services, or that no import matches. */
export function checkManifestEdges(input: PlanInput, edges: readonly PlannedEdge[]): readonly Diagnostic[] {
  const services = serviceNames(input.manifest);
  return Object.entries(input.manifest.edges).flatMap(([key, settings]) => {
    const [importer = '', provider = ''] = key.split('.');
    const place = isWritten(input.variant, ['edge', importer, provider])
      ? { span: at(input, ['edge', importer, provider], 'key') }
      : { where: `--place ${key}=${settings.placement}` };
    const unknown = [importer, provider].filter((service) => !services.includes(service));
    if (unknown.length > 0) {
      return unknown.map((service) => {
        const guess = nearest(service, services);
        return diagnose(
          'plan/unknown-service',
          `the edge \`${key}\` names the service \`${service}\`, which the manifest does not have`,
          {
            ...place,
            ...(service === importer && 'span' in place && { span: at(input, ['edge', importer], 'key') }),
            expected: listWords(services),
            found: `\`${service}\``,
            next: guess && `Did you mean \`${guess}\`?`,
          },
        );
      });
    }
    const between = edges.filter((edge) => edge.importer === importer && edge.provider === provider);
    if (between.length === 0) return [noSuchEdge(input, key, place, edges)];
    const { contract } = settings;
    if (contract === undefined || between.some((edge) => isMeant(contract, edge.contract, edge.provided)))
      return [];
    const contracts = between.map((edge) => edge.contract);
    const guess = nearest(contract, contracts);
    return [
      diagnose('plan/unknown-edge', `\`${importer}\` imports no \`${contract}\` from \`${provider}\``, {
        span: at(input, ['edge', importer, provider, 'contract']),
        expected: listWords(contracts),
        found: `\`${contract}\``,
        next: guess && `Did you mean \`${guess}\`?`,
      }),
    ];
  });
}

function noSuchEdge(
  input: PlanInput,
  key: string,
  place: Pick<Diagnostic, 'span' | 'where'>,
  edges: readonly PlannedEdge[],
): Diagnostic {
  const keys = [...new Set(edges.map((edge) => `${edge.importer}.${edge.provider}`))];
  const [importer = '', provider = ''] = key.split('.');
  const reversed = `${provider}.${importer}`;
  const guess = keys.includes(reversed) ? reversed : nearest(key, keys);
  return diagnose(
    'plan/unknown-edge',
    `the manifest describes an edge \`${key}\`, but \`${importer}\` imports nothing that \`${provider}\` exports`,
    {
      ...place,
      expected: keys.length === 0 ? 'no edge: no service imports a contract of another' : listWords(keys),
      found: `\`${key}\``,
      next: guess && `Did you mean \`${guess}\`? The importer stands first.`,
      related: [{ message: `\`${importer}\` is defined here`, span: atService(input, importer) }],
    },
  );
}
