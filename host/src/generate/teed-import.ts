import type { InstanceType } from '../component/types.ts';
import { contractOf } from '../contract/interface.ts';
import { camelCase, interfaceName } from '../contract/names.ts';
import { importLine, objectText, type RuntimeModules } from './modules.ts';
import { teeTexts, type Tee } from './tee-text.ts';
import { typeTexts } from './type-text.ts';

export interface TeedImport {
  readonly importer: string;
  readonly provider: string;
  /** The contract's name as the importer has it and as the provider does. */
  readonly contract: string;
  readonly provided: string;
  /** As the importer's world has it, without resources. */
  readonly type: InstanceType;
  readonly tee: Tee;
  readonly modules: RuntimeModules;
}

/**
 * The module that stands for a contract which another component provides, and of whose calls copies are
 * published. It exports the functions of the contract. TypeScript.
 */
export function teedImport({
  importer,
  provider,
  contract,
  provided,
  type,
  tee,
  modules,
}: TeedImport): string {
  const types = typeTexts();
  const tees = teeTexts(tee, types, modules);
  const functions = contractOf(contract, type).functions.map((one, at) => {
    const name = camelCase(one.name);
    const call = `(provider as Record<string, (...args: unknown[]) => unknown>)[${JSON.stringify(name)}]!`;
    return `const f${at} = ${tees.wrap(provided, one, call)};\nexport { f${at} as ${name} };\n`;
  });
  return [
    `import * as provider from ${JSON.stringify(contract)};\n`,
    importLine(['toJsonOf'], modules.contract('json.ts')),
    tees.imports(),
    'type ValueType = Parameters<typeof toJsonOf>[0];\n',
    types.declarations(),
    `const edge = ${objectText({
      importer: JSON.stringify(importer),
      provider: JSON.stringify(provider),
      name: JSON.stringify(camelCase(interfaceName(provided))),
    })};\n`,
    ...functions,
  ].join('');
}
