import type { InstanceType } from '../component/types.ts';
import { contractOf } from '../contract/interface.ts';
import { camelCase, interfaceName } from '../contract/names.ts';
import { importLine, objectText, type RuntimeModules } from './modules.ts';

/** A contract as a component of generated modules exports it. */
export interface AdaptedContract {
  readonly contract: string;
  readonly type: InstanceType;
}

/**
 * The module that exports contracts whose functions are those of modules of the same names. What they do needs an
 * event in progress, as a component's own exports begin one. TypeScript.
 */
export function adapterModule(contracts: readonly AdaptedContract[], modules: RuntimeModules): string {
  return [
    importLine(['exported'], modules.guest('async/loop.ts')),
    ...contracts.map(({ contract }, at) => `import * as c${at} from ${JSON.stringify(contract)};\n`),
    ...contracts.map(({ contract, type }, at) => {
      const names = contractOf(contract, type).functions.map(({ name }) => camelCase(name));
      const members = names.map((name) => [name, `exported(c${at}.${name})`]);
      return `export const ${camelCase(interfaceName(contract))} = ${objectText(Object.fromEntries(members))};\n`;
    }),
  ].join('');
}
