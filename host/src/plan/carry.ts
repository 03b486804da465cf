import { printType } from '../component/print.ts';
import type { ContractFunction } from '../contract/interface.ts';
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { listWords } from '../diagnostics/nearest.ts';
import { at, atService, type PlanInput } from './context.ts';
import { canFuse } from './fused.ts';
import { placeOfPlacement } from './placed.ts';
import { calledFunctions, isBrokered, typesOf, unwritable, withHandles } from './travel.ts';
import type { PlannedEdge, Placement } from './types.ts';

/** Why a broker cannot carry an edge: `found` of a diagnostic, the functions that hinder it, what would work. */
interface Obstacle {
  readonly what: string;
  readonly expected: string;
  readonly found: string;
  /** Sentence beside that which names the placements. */
  readonly advice?: string;
}

/** Edges over brokers that carry what no message can, and tees that would copy it. */
export function checkMessages(input: PlanInput, edges: readonly PlannedEdge[]): readonly Diagnostic[] {
  return edges.flatMap((edge) => [
    ...(isBrokered(edge) ? checkBrokered(input, edge) : []),
    ...(edge.settings.tee ? checkTee(input, edge) : []),
  ]);
}

function checkBrokered(input: PlanInput, edge: PlannedEdge): readonly Diagnostic[] {
  const obstacle = obstacleOf(input, edge);
  if (!obstacle) return [];
  const { importer, provider, contract, placement } = edge;
  const works = worksInstead(input, edge);
  const key = `[edge.${importer}.${provider}]`;
  return [
    diagnose(
      'plan/cannot-send',
      `${placement === 'mqtt' ? 'MQTT' : 'Redis'} cannot carry calls of \`${provider}\` by \`${importer}\`: ${obstacle.what}`,
      {
        ...placeOfPlacement(input, edge),
        expected: obstacle.expected,
        found: obstacle.found,
        related: [
          { message: `\`${importer}\` imports \`${contract}\``, span: atService(input, importer) },
          { message: `\`${provider}\` provides it`, span: atService(input, provider) },
        ],
        next: `Use ${listWords(works)} for the edge, as \`placement\` in \`${key}\` or with \`--place ${importer}.${provider}=${works[0]}\`${
          obstacle.advice === undefined ? '.' : `, or ${obstacle.advice}`
        }`,
      },
    ),
  ];
}

function obstacleOf(input: PlanInput, edge: PlannedEdge): Obstacle | undefined {
  const plain = [edge.contract, edge.provided].find((name) => !name.includes(':'));
  if (plain !== undefined) {
    return {
      what: `\`${plain}\` belongs to no interface with an id, which names its topic`,
      expected: 'an interface with an id, such as `orders:fulfilment/fulfilment@0.1.0`',
      found: `\`${plain}\``,
    };
  }
  const handles = withHandles(input.worlds.get(edge.importer)?.world.imports.get(edge.contract));
  if (handles.length > 0) return handlesCross(handles);
  for (const func of calledFunctions(input, edge)) {
    const obstacle = unwritableOf(func) ?? unanswered(func, edge);
    if (obstacle) return obstacle;
  }
  return undefined;
}

function handlesCross(functions: readonly string[]): Obstacle {
  return {
    what: `handles of resources would have to travel in \`${functions[0]}\`${functions.length > 1 ? ` and ${functions.length - 1} more` : ''}`,
    expected: 'functions whose parameters and results are values, which can be written down as JSON',
    found: listWords(functions, 'and'),
  };
}

function unwritableOf(func: ContractFunction, withResult = true): Obstacle | undefined {
  const types = withResult ? typesOf(func.type) : func.type.params.map(({ type }) => type);
  const part = types.map(unwritable).find((found) => found !== undefined);
  if (part === undefined) return undefined;
  return {
    what: `\`${func.name}\` has ${part}`,
    expected: 'functions whose parameters and results are values, which can be written down as JSON',
    found: signature(func),
  };
}

/** A result that has no way back. */
function unanswered(func: ContractFunction, { placement, settings }: PlannedEdge): Obstacle | undefined {
  const { result } = func.type;
  if (result === undefined) return undefined;
  const errorOnly = result.kind === 'result' && result.ok === undefined;
  const found = signature(func);
  if (placement === 'redis') {
    if (!settings.oneway || errorOnly) return undefined;
    return {
      what: `\`${func.name}\` gives a value, which a one-way call has not`,
      expected: 'with `oneway = true`, functions without a result or with `result<_, e>`',
      found,
      advice: 'remove `oneway`: over Redis calls are answered.',
    };
  }
  if (errorOnly && settings.oneway) return undefined;
  return {
    what: `\`${func.name}\` gives a result, and MQTT carries no answers`,
    expected: 'functions without a result, or with `result<_, e>` and `oneway = true`',
    found,
    ...(errorOnly && {
      advice: 'write `oneway = true`: then `ok` says accepted, and an error is retried.',
    }),
  };
}

/** The other placements that can carry an edge as it is. */
function worksInstead(input: PlanInput, edge: PlannedEdge): readonly Placement[] {
  const all: readonly Placement[] = ['linked', 'fused', 'redis'];
  return all.filter((placement) => {
    if (placement === edge.placement) return false;
    if (placement === 'fused') return canFuse(input, edge);
    if (placement === 'linked') return true;
    const settings = { ...edge.settings, oneway: false };
    return obstacleOf(input, { ...edge, placement, settings }) === undefined;
  });
}

function checkTee(input: PlanInput, edge: PlannedEdge): readonly Diagnostic[] {
  const { importer, provider, contract, settings } = edge;
  const handles = withHandles(input.worlds.get(importer)?.world.imports.get(contract));
  const plain = contract.includes(':') ? undefined : contract;
  const obstacle =
    plain !== undefined
      ? {
          what: `\`${plain}\` belongs to no interface with an id`,
          expected: 'an interface with an id, such as `orders:fulfilment/fulfilment@0.1.0`',
          found: `\`${plain}\``,
        }
      : handles.length > 0
        ? handlesCross(handles)
        : calledFunctions(input, edge)
            .map((func) => unwritableOf(func, settings.tee?.result === true))
            .find((found) => found !== undefined);
  if (!obstacle) return [];
  return [
    diagnose(
      'plan/cannot-tee',
      `calls of \`${provider}\` by \`${importer}\` cannot be copied: ${obstacle.what}`,
      {
        span: at(input, ['edge', importer, provider, 'tee'], 'key'),
        expected: obstacle.expected,
        found: obstacle.found,
        related: [{ message: `\`${importer}\` imports \`${contract}\``, span: atService(input, importer) }],
        next: `Remove \`tee\`, or put what cannot be written down into a contract of its own.`,
      },
    ),
  ];
}

function signature({ name, type }: ContractFunction): string {
  return `\`${name}: ${printType(type)}\``;
}
