import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { isWritten, valueAt } from '../manifest/document.ts';
import { at, atService, type PlanInput } from './context.ts';
import type { PlannedEdge } from './types.ts';

/** Where something is decided: in the root tables, in the profile over them, on the command line over both. */
export type Level = 0 | 1 | 2;

/** Where the manifest's text says something for a path; undefined where it says nothing. */
export function levelOf({ variant }: PlanInput, path: readonly string[]): Level | undefined {
  const { document, profile } = variant;
  if (profile !== undefined && valueAt(document.data, ['profile', profile, ...path]) !== undefined) return 1;
  return valueAt(document.data, path) === undefined ? undefined : 0;
}

/** Where the placement of an edge was decided. */
export function levelOfPlacement(input: PlanInput, edge: PlannedEdge): Level {
  const path = pathOfPlacement(edge);
  // Nothing is written where a default holds.
  if (!isWritten(input.variant, path)) return edge.settings.placement === undefined ? 0 : 2;
  return valueAt(input.variant.data, path) === edge.placement ? (levelOf(input, path) ?? 0) : 2;
}

/** Where an edge got its placement. */
export function placeOfPlacement(input: PlanInput, edge: PlannedEdge): Pick<Diagnostic, 'span' | 'where'> {
  const { importer, provider, placement } = edge;
  if (levelOfPlacement(input, edge) === 2) return { where: `--place ${importer}.${provider}=${placement}` };
  const path = pathOfPlacement(edge);
  return { span: isWritten(input.variant, path) ? at(input, path) : atService(input, importer) };
}

/** The key that places an edge; settings of an edge may be for another contract only. */
function pathOfPlacement({ importer, provider, settings }: PlannedEdge): readonly string[] {
  return settings.placement === undefined ? ['default_placement'] : ['edge', importer, provider, 'placement'];
}

/** Where a key of an edge stands; where its placement does if the manifest does not have it. */
export function placeOfKey(
  input: PlanInput,
  edge: PlannedEdge,
  key: string,
): Pick<Diagnostic, 'span' | 'where'> {
  const path = ['edge', edge.importer, edge.provider, key];
  return isWritten(input.variant, path) ? { span: at(input, path) } : placeOfPlacement(input, edge);
}
