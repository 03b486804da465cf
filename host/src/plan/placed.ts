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
export function levelOfPlacement(input: PlanInput, { importer, provider, placement }: PlannedEdge): Level {
  const own = ['edge', importer, provider, 'placement'];
  if (isWritten(input.variant, own)) {
    return valueAt(input.variant.data, own) === placement ? (levelOf(input, own) ?? 0) : 2;
  }
  if (input.manifest.defaultPlacement !== placement) return 2;
  return levelOf(input, ['default_placement']) ?? 0;
}

/** Where an edge got its placement. */
export function placeOfPlacement(input: PlanInput, edge: PlannedEdge): Pick<Diagnostic, 'span' | 'where'> {
  const { importer, provider, placement } = edge;
  if (levelOfPlacement(input, edge) === 2) return { where: `--place ${importer}.${provider}=${placement}` };
  const own = ['edge', importer, provider, 'placement'];
  if (isWritten(input.variant, own)) return { span: at(input, own) };
  if (isWritten(input.variant, ['default_placement'])) return { span: at(input, ['default_placement']) };
  return { span: atService(input, importer) };
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
