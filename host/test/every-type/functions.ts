import { fileURLToPath } from 'node:url';
import { encodeWorld } from '../../src/build/wit/encode.ts';
import type { FuncType } from '../../src/component/types.ts';
import { contractOf } from '../../src/contract/interface.ts';
import { camelCase } from '../../src/contract/names.ts';

const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The functions of a contract that a service's world imports, by their names in TypeScript. */
export async function functionsOf(
  service: string,
  contract: string,
): Promise<readonly (readonly [name: string, type: FuncType])[]> {
  const { world } = await encodeWorld({ worldFile: file(`${service}/world.wit`), witDirs: [file('wit')] });
  const extern = world.imports.get(contract);
  if (extern?.kind !== 'instance') throw new Error(`${service} does not import ${contract}`);
  return contractOf(contract, extern.type).functions.map(({ name, type }) => [camelCase(name), type]);
}
