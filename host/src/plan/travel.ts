import type { ExternType, FuncType, ValueType } from '../component/types.ts';
import { partsOf } from '../contract/check.ts';
import { contractOf, type ContractFunction } from '../contract/interface.ts';
import type { PlanInput } from './context.ts';
import type { PlannedEdge } from './types.ts';

/** Functions of a contract that take or give handles; members of resources all do. */
export function withHandles(extern: ExternType | undefined): readonly string[] {
  if (extern?.kind !== 'instance') return [];
  const { functions, resources } = contractOf('', extern.type);
  const own = resources.flatMap((resource) => resource.functions.map(({ externName }) => externName));
  const free = functions.filter(({ type }) => typesOf(type).some(hasHandle));
  return [...own, ...free.map(({ name }) => name)];
}

/** What of a type has no value that could be written down: `stream`, `future`, `error-context`, a handle. */
export function unwritable(type: ValueType): string | undefined {
  if (type.kind === 'own' || type.kind === 'borrow') return 'a handle of a resource';
  if (type.kind === 'stream' || type.kind === 'future') return `a ${type.kind}`;
  if (type.kind === 'primitive' && type.name === 'error-context') return 'an error-context';
  return partsOf(type)
    .map(unwritable)
    .find((part) => part !== undefined);
}

/** Parameters and result of a function. */
export function typesOf({ params, result }: FuncType): readonly ValueType[] {
  return [...params.map(({ type }) => type), ...(result ? [result] : [])];
}

/** What an edge's importer calls; a prebuilt component may import only some of a contract's functions. */
export function calledFunctions({ worlds }: PlanInput, edge: PlannedEdge): readonly ContractFunction[] {
  return functionsOf(worlds.get(edge.importer)?.world.imports.get(edge.contract));
}

/** What an edge's provider exports under the contract. */
export function providedFunctions({ worlds }: PlanInput, edge: PlannedEdge): readonly ContractFunction[] {
  return functionsOf(worlds.get(edge.provider)?.world.exports.get(edge.provided));
}

function functionsOf(extern: ExternType | undefined): readonly ContractFunction[] {
  return extern?.kind === 'instance' ? contractOf('', extern.type).functions : [];
}

/** Whether a caller over a broker waits for an answer. */
export function isAnswered({ type }: ContractFunction, { placement, settings }: PlannedEdge): boolean {
  return placement === 'redis' && type.result !== undefined && !settings.oneway;
}

/** Whether an edge is carried by a broker. */
export function isBrokered({ placement }: Pick<PlannedEdge, 'placement'>): boolean {
  return placement === 'mqtt' || placement === 'redis';
}

function hasHandle(type: ValueType): boolean {
  return type.kind === 'own' || type.kind === 'borrow' || partsOf(type).some(hasHandle);
}
