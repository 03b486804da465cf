import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { listWords } from '../diagnostics/nearest.ts';
import { compareText, type Found, type PlanInput } from './context.ts';
import { placeOfKey } from './placed.ts';
import { brokerEdges } from './sends.ts';
import { routeOf } from './topics.ts';
import { calledFunctions, isAnswered } from './travel.ts';
import type { CarriedCall, PlannedEdge, PlannedTrigger } from './types.ts';

/** Calls of one function of an edge, and where they arrive. */
interface Arrival {
  readonly edge: PlannedEdge;
  readonly topic: string;
  readonly call: CarriedCall;
}

/**
 * The triggers that broker edges need: one for each topic or channel of a provider, which carries the calls of
 * all importers that use it. Edges that meet on a topic must mean the same provider and agree on what becomes
 * of a message that fails.
 */
export function messageTriggers(
  input: PlanInput,
  edges: readonly PlannedEdge[],
): Found<readonly PlannedTrigger[]> {
  const arrivals = brokerEdges(edges).flatMap((edge) =>
    calledFunctions(input, edge).map((func): Arrival => {
      const { importer, provided } = edge;
      const reply = isAnswered(func, edge);
      return {
        edge,
        topic: routeOf(input, edge, func.name).topic,
        call: { importer, contract: provided, function: func.name, reply },
      };
    }),
  );
  const byTopic = Map.groupBy(arrivals, ({ edge, topic }) =>
    JSON.stringify([edge.placement, topic, edge.settings.address ?? '']),
  );
  const meetings = [...byTopic].toSorted(([a], [b]) => compareText(a, b)).map(([, met]) => met);
  return {
    value: meetings.map(triggerOf),
    problems: [...meetings.flatMap((met) => disagreements(input, met)), ...twoHandlings(input, arrivals)],
  };
}

/**
 * Edges over Redis to one provider on several channels that differ in what its handler must know: it is one for
 * all of them, and is not told the channel that a message came on.
 */
function twoHandlings(input: PlanInput, arrivals: readonly Arrival[]): readonly Diagnostic[] {
  const overRedis = arrivals.map(({ edge }) => edge).filter(({ placement }) => placement === 'redis');
  const byProvider = [...Map.groupBy(overRedis, ({ provider }) => provider).values()];
  const common: typeof ALIKE = [
    ['claim', ({ settings }) => settings.claim],
    ['address', ({ settings }) => settings.address],
  ];
  return byProvider.flatMap((edges) =>
    common.flatMap(([key, of]) => {
      const [first, ...others] = edges as [PlannedEdge, ...PlannedEdge[]];
      const different = others.find((edge) => of(edge) !== of(first));
      if (!different) return [];
      return [
        diagnose(
          'plan/topic-conflict',
          `\`${first.provider}\` is called over Redis by edges that differ in \`${key}\``,
          {
            ...placeOfKey(input, different, key),
            expected: `the same \`${key}\` for all edges over Redis to a provider, whose handler is not told the channel`,
            found: [first, different].map((edge) => `\`${String(of(edge) ?? 'none')}\``).join(' and '),
            related: [{ message: 'the other is here', ...spanOf(placeOfKey(input, first, key)) }],
            next: `Write the same \`${key}\` in ${listWords([keyOf(first), keyOf(different)], 'and')}.`,
          },
        ),
      ];
    }),
  );
}

function triggerOf(met: readonly Arrival[]): PlannedTrigger {
  const [{ edge, topic }] = met as [Arrival];
  const { placement, provider, settings } = edge;
  const { address, retries, deadLetter, claim } = settings;
  const common = {
    service: provider,
    ...(address !== undefined && { address }),
    retries,
    deadLetter: deadLetter ?? `${topic}/dead`,
    claim,
    carries: met
      .map(({ call }) => call)
      .toSorted((a, b) => compareText(`${a.function} ${a.importer}`, `${b.function} ${b.importer}`)),
  };
  if (placement === 'redis') return { kind: 'redis', channel: topic, ...common };
  const qos = Math.max(...met.map((one) => one.edge.settings.qos)) as 0 | 1 | 2;
  return { kind: 'mqtt', topic, qos, ...common };
}

/** What edges on one topic must have in common, and how their keys are called. */
const ALIKE: readonly (readonly [key: string, of: (edge: PlannedEdge) => unknown])[] = [
  ['retries', ({ settings }) => settings.retries],
  ['dead_letter', ({ settings }) => settings.deadLetter],
  ['claim', ({ placement, settings }) => (placement === 'mqtt' ? settings.claim : undefined)],
];

function disagreements(input: PlanInput, met: readonly Arrival[]): readonly Diagnostic[] {
  const [first, ...others] = met as [Arrival, ...Arrival[]];
  const other = others.find(
    ({ edge }) => edge.provider !== first.edge.provider || edge.provided !== first.edge.provided,
  );
  const source = first.edge.placement === 'mqtt' ? 'topic' : 'channel';
  if (other) {
    return [
      diagnose(
        'plan/topic-conflict',
        `calls of \`${first.edge.provided}\` and of \`${other.edge.provided}\` would travel on the same ${source}, \`${first.topic}\``,
        {
          ...placeOfKey(input, other.edge, source),
          expected: `one contract of one provider on a ${source}`,
          found: [first, other]
            .map(({ edge }) => `\`${edge.provided}\` of \`${edge.provider}\``)
            .join(' and '),
          related: [{ message: 'the other is here', ...spanOf(placeOfKey(input, first.edge, source)) }],
          next: sameEnds(first.edge, other.edge)
            ? `Let \`contract\` in \`${keyOf(other.edge)}\` say which of the two the \`${source}\` is for.`
            : `Give one of them a \`${source}\` of its own, in \`${keyOf(other.edge)}\`.`,
        },
      ),
    ];
  }
  return ALIKE.flatMap(([key, of]) => {
    const different = others.find(({ edge }) => of(edge) !== of(first.edge));
    if (!different) return [];
    const edges = [first.edge, different.edge];
    return [
      diagnose(
        'plan/topic-conflict',
        `\`${first.edge.importer}\` and \`${different.edge.importer}\` call \`${first.edge.provider}\` on the same ${source}, \`${first.topic}\`, but differ in \`${key}\``,
        {
          ...placeOfKey(input, different.edge, key),
          expected: `the same \`${key}\` for all edges on a ${source}: the provider handles their messages alike`,
          found: edges.map((edge) => `\`${String(of(edge) ?? 'none')}\``).join(' and '),
          related: [{ message: 'the other is here', ...spanOf(placeOfKey(input, first.edge, key)) }],
          next: `Write the same \`${key}\` in ${listWords(edges.map(keyOf), 'and')}, or give one of them a \`${source}\` of its own.`,
        },
      ),
    ];
  });
}

function keyOf({ importer, provider }: PlannedEdge): string {
  return `[edge.${importer}.${provider}]`;
}

function sameEnds(a: PlannedEdge, b: PlannedEdge): boolean {
  return a.importer === b.importer && a.provider === b.provider;
}

function spanOf({ span }: Pick<Diagnostic, 'span'>): Pick<Diagnostic, 'span'> {
  return span ? { span } : {};
}
