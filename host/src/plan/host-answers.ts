import { parseInterfaceId } from '../component/names.ts';
import { hostInterface } from './host-interfaces.ts';
import type { Grant } from './types.ts';

/** What asks for the surroundings of a program; without them it is told that there are none. */
const EMPTY: ReadonlySet<string> = new Set([
  'wasi:cli/environment#get-environment',
  'wasi:cli/environment#get-arguments',
  'wasi:filesystem/preopens#get-directories',
]);

/**
 * What functions of WASI answer for want of a grant, by import and function: a trap, or an empty list; undefined where
 * the host is to be asked. A toolchain imports more than any grant gives, and each function that need not be asked of
 * the host is one less to be made ready for every event.
 */
export function hostAnswers(
  grants: readonly Grant[],
): (importName: string, functionName: string) => 'trap' | 'empty' | undefined {
  const kinds = new Set(grants.map(({ kind }) => kind));
  return (importName, functionName) => {
    const id = parseInterfaceId(importName);
    if (id?.namespace !== 'wasi') return undefined;
    const known = hostInterface(importName);
    if (known && (known.grant === undefined || kinds.has(known.grant))) return undefined;
    if (EMPTY.has(`${id.path}#${functionName}`)) return 'empty';
    // Of what is left of the environment, the host says that there is none.
    return known?.grant === 'environment' ? undefined : 'trap';
  };
}
