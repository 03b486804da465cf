import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { listWords } from '../diagnostics/nearest.ts';
import { describeValue, pathText } from '../manifest/describe.ts';
import { isTable, isWritten } from '../manifest/document.ts';
import type { KeyPath } from '../manifest/spans.ts';
import { at, type PlanInput } from './context.ts';
import { NOT_YET, PLACEMENTS_TODAY, type NotYet } from './supported.ts';

/** Whatever the manifest asks for that is not carried out yet. */
export function refuseNotYet(input: PlanInput): readonly Diagnostic[] {
  return [
    ...refusePlacements(input),
    ...NOT_YET.flatMap((feature) =>
      matching(input.variant.data, feature.key.split('.'), [])
        .filter(([, value]) => feature.value === undefined || feature.value === value)
        .map(([path, value]) => refused(input, feature, path, value)),
    ),
  ];
}

function refused(input: PlanInput, feature: NotYet, path: KeyPath, value: unknown): Diagnostic {
  return diagnose('plan/not-yet', `${feature.what} is not carried out yet`, {
    span: at(input, path, feature.value === undefined ? 'key' : 'value'),
    expected: feature.today,
    found: `\`${pathText(path)}\`${feature.value === undefined ? '' : `, ${describeValue(value)}`}`,
    next: `Remove it; today this works: ${feature.today}.`,
  });
}

/** Placements come from the text, from its default, and from `--place`, which has no place in a file. */
function refusePlacements({ manifest, ...input }: PlanInput): readonly Diagnostic[] {
  const today = listWords(PLACEMENTS_TODAY);
  const placed = [
    { path: ['default_placement'], placement: manifest.defaultPlacement },
    ...Object.entries(manifest.edges).map(([edge, settings]) => ({
      path: ['edge', ...edge.split('.'), 'placement'],
      placement: settings.placement ?? 'linked',
    })),
  ];
  return placed
    .filter(({ placement }) => !PLACEMENTS_TODAY.includes(placement))
    .map(({ path, placement }) => {
      const written = isWritten(input.variant, path);
      const edge = path.slice(1, 3).join('.');
      return diagnose('plan/not-yet', `the placement \`${placement}\` is not carried out yet`, {
        ...(written ? { span: at({ manifest, ...input }, path) } : { where: `--place ${edge}=${placement}` }),
        expected: today,
        found: `\`${placement}\``,
        next: `Use ${today} today.`,
      });
    });
}

/** The paths of a value that match a pattern, with what is there. */
function matching(value: unknown, pattern: readonly string[], path: KeyPath): [KeyPath, unknown][] {
  const [head, ...rest] = pattern;
  if (head === undefined) return [[path, value]];
  const children: [string | number, unknown][] = Array.isArray(value)
    ? value.map((item, position) => [position, item])
    : isTable(value)
      ? Object.entries(value)
      : [];
  return children
    .filter(([key]) => head === '*' || head === key)
    .flatMap(([key, child]) => matching(child, rest, [...path, key]));
}
