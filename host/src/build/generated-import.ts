import type { ComponentType, InstanceType } from '../component/types.ts';
import { brokerImport } from '../generate/broker-import.ts';
import type { RuntimeModules } from '../generate/modules.ts';
import { sentFunctions, teeOf } from '../generate/plan-edges.ts';
import { teedImport } from '../generate/teed-import.ts';
import { isBrokered } from '../plan/travel.ts';
import type { Plan, PlannedEdge } from '../plan/types.ts';
import { contractFile, guestFile } from './guest.ts';

/** Where generated modules find what runs in the component. */
export const RUNTIME_MODULES: RuntimeModules = { guest: guestFile, contract: contractFile };

/**
 * The module that stands for a contract whose calls become messages, or of whose calls copies are sent; `world` is
 * the importer's. TypeScript.
 */
export function generatedImport(plan: Plan, edge: PlannedEdge, world: ComponentType): string {
  const { importer, provider, contract, provided } = edge;
  const about = { importer, provider, contract, provided, type: importedType(world, edge) };
  const tee = teeOf(plan, edge);
  if (!isBrokered(edge)) return teedImport({ ...about, tee: tee!, modules: RUNTIME_MODULES });
  const sends = sentFunctions(plan, edge);
  return brokerImport({ ...about, sends, ...(tee && { tee }), modules: RUNTIME_MODULES });
}

/** The contract of an edge as its importer has it. */
export function importedType(world: ComponentType, { importer, contract }: PlannedEdge): InstanceType {
  const extern = world.imports.get(contract);
  if (extern?.kind !== 'instance') throw new Error(`${importer} does not import ${contract}`);
  return extern.type;
}
