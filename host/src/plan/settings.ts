import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { isTopic } from '../manifest/topics.ts';
import { at, type PlanInput } from './context.ts';
import { levelOf, levelOfPlacement, placeOfKey } from './placed.ts';
import { calledFunctions, isAnswered, isBrokered } from './travel.ts';
import type { PlannedEdge } from './types.ts';

/** Keys of an edge that say something under some placements only. */
interface KeyRule {
  readonly key: string;
  readonly means: (input: PlanInput, edge: PlannedEdge) => boolean;
  /** After "expected:". */
  readonly expected: string;
  /** What to write instead for an edge, where there is such a thing. */
  readonly instead?: (edge: PlannedEdge) => string | undefined;
}

const OVER_BROKERS = 'an edge over `mqtt` or `redis`';

const RULES: readonly KeyRule[] = [
  {
    key: 'topic',
    means: (_, { placement }) => placement === 'mqtt',
    expected: 'an edge over `mqtt`',
    instead: ({ placement }) => (placement === 'redis' ? '`channel`' : undefined),
  },
  {
    key: 'channel',
    means: (_, { placement }) => placement === 'redis',
    expected: 'an edge over `redis`',
    instead: ({ placement }) => (placement === 'mqtt' ? '`topic`' : undefined),
  },
  { key: 'qos', means: (_, { placement }) => placement === 'mqtt', expected: 'an edge over `mqtt`' },
  ...['oneway', 'address', 'retries', 'dead_letter', 'claim', 'delivery'].map((key) => ({
    key,
    means: (_: PlanInput, edge: PlannedEdge) => isBrokered(edge),
    expected: OVER_BROKERS,
  })),
  {
    key: 'deadline',
    means: hasAnswers,
    expected: 'an edge over `redis` with a function that gives a result, for which its caller waits',
  },
];

function hasAnswers(input: PlanInput, edge: PlannedEdge): boolean {
  return calledFunctions(input, edge).some((func) => isAnswered(func, edge));
}

/**
 * Settings of edges that would be ignored, or that contradict one another. What the root tables say may be
 * idle where a profile or `--place` puts the edge elsewhere; what stands beside the placement may not.
 */
export function checkSettings(input: PlanInput, edges: readonly PlannedEdge[]): readonly Diagnostic[] {
  return Object.entries(input.manifest.edges).flatMap(([name, settings]) => {
    // Without an edge the table is reported as a whole; with `contract` it is for some edges only.
    const meant = edges.filter(
      (edge) => `${edge.importer}.${edge.provider}` === name && edge.settings === settings,
    );
    return meant.length === 0 ? [] : [...idleKeys(input, meant), ...contradictions(input, meant)];
  });
}

function idleKeys(input: PlanInput, edges: readonly PlannedEdge[]): readonly Diagnostic[] {
  const [edge] = edges as readonly [PlannedEdge];
  const { importer, provider, placement } = edge;
  return RULES.flatMap(({ key, means, expected, instead }) => {
    const path = ['edge', importer, provider, key];
    const level = levelOf(input, path);
    if (level === undefined || level < levelOfPlacement(input, edge)) return [];
    if (edges.some((one) => means(input, one))) return [];
    const other = instead?.(edge);
    return [
      diagnose('plan/idle-key', `\`${key}\` says nothing for an edge that is \`${placement}\``, {
        span: at(input, path, 'key'),
        expected,
        found: `\`${importer}.${provider}\`, \`${placement}\``,
        next:
          other === undefined
            ? `Remove \`${key}\`, or move it into the profile that gives the edge another placement.`
            : `Write ${other} instead.`,
      }),
    ];
  });
}

function contradictions(input: PlanInput, edges: readonly PlannedEdge[]): readonly Diagnostic[] {
  const [edge] = edges as readonly [PlannedEdge];
  const { importer, provider, placement, settings } = edge;
  const problems: Diagnostic[] = [];
  const path = (key: string): readonly string[] => ['edge', importer, provider, key];
  if (!isBrokered(edge)) return [];
  const answered = edges
    .flatMap((one) => calledFunctions(input, one).filter((func) => isAnswered(func, one)))
    .at(0);
  if (settings.delivery === 'outbox' && answered) {
    problems.push(
      diagnose('plan/cannot-defer', `\`${answered.name}\` is answered, so its calls cannot leave later`, {
        span: at(input, path('delivery')),
        expected: '`outbox` for functions without a result, or with `oneway = true`',
        found: `\`delivery = "outbox"\`, and \`${importer}\` waits for what \`${answered.name}\` gives`,
      }),
    );
  }
  const scheme = placement === 'mqtt' ? /^mqtts?:/ : /^rediss?:/;
  if (settings.address !== undefined && !scheme.test(settings.address)) {
    problems.push(
      diagnose('manifest/bad-value', `the address of an edge over \`${placement}\` is one of another kind`, {
        ...placeOfKey(input, edge, 'address'),
        expected: `an address such as "${placement}://localhost:${placement === 'mqtt' ? 1883 : 6379}"`,
        found: `"${settings.address}"`,
      }),
    );
  }
  if (placement === 'mqtt' && settings.deadLetter !== undefined && !isTopic(settings.deadLetter)) {
    problems.push(
      diagnose('manifest/bad-topic', 'nothing can be published to this dead letter', {
        ...placeOfKey(input, edge, 'dead_letter'),
        expected: 'an MQTT topic without `+`, `#` and a `$` at the start',
        found: `"${settings.deadLetter}"`,
      }),
    );
  }
  return problems;
}
