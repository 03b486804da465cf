import { hostname } from 'node:os';
import type { Grant } from '../../plan/types.ts';
import type { Binding } from '../binding.ts';
import { variableNameProblem } from './name.ts';

export const VARIABLES = 'fermyon:spin/variables@2.0.0';

/** `variant error` of fermyon:spin/variables@2.0.0, in jco's form. */
export type VariablesErrorValue = {
  readonly tag: 'invalid-name' | 'undefined' | 'provider' | 'other';
  readonly val: string;
};

/**
 * The variable that every service may read: the name of this process, by which a generated handler knows a claim of
 * its own when a message is tried again. Other hosts have no such variable. See docs/wire-format.md, Claims.
 */
const REPLICA = 'tenon_replica';

/** `fermyon:spin/variables`: the granted ones of the values that were resolved before the unit started. */
export function createVariablesBinding(
  grants: readonly Grant[],
  values: Readonly<Record<string, string>>,
): Binding {
  const granted = new Set(grants.flatMap((grant) => (grant.kind === 'variables' ? [grant.name] : [])));

  function get(name: string): string {
    const wrong = variableNameProblem(name);
    if (wrong !== undefined) throw refusal('invalid-name', `${JSON.stringify(name)} ${wrong}`);
    if (name === REPLICA) return `${hostname()}/${process.pid}`;
    const value = granted.has(name) && Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined)
      throw refusal('undefined', `no variable ${JSON.stringify(name)} is granted to this component`);
    return value;
  }
  return { imports: { [VARIABLES]: { get } } };
}

/** An error for the guest: the glue takes `payload` as the error of the function's result. */
function refusal(tag: VariablesErrorValue['tag'], val: string): Error {
  return Object.assign(new Error(val), { payload: { tag, val } satisfies VariablesErrorValue });
}
