import { createContext, Script } from 'node:vm';
import { makeDesk } from './make-desk.ts';

/** Runs a program in Node itself, in a realm of its own; gives what it says, or undefined where it collapses. */
export function oracle(text: string): string | undefined {
  const call = new Script(`(function (desk) {${text}\n})`, { filename: 'program.js' });
  const program = call.runInContext(createContext({})) as (desk: object) => string;
  try {
    return program(acrossComponents(makeDesk()));
  } catch (error) {
    if ((error as { message?: unknown } | undefined)?.message === 'on purpose') return undefined;
    throw error;
  }
}

/** What a call across components does beside calling: values are copied, and an error of the contract is wrapped. */
function acrossComponents(of: object): object {
  const wrapped = Object.entries(of).map(([name, called]: [string, (...args: unknown[]) => unknown]) => [
    name,
    (...args: unknown[]) => {
      try {
        return copy(called(...args.map(copy)));
      } catch (thrown) {
        if (thrown instanceof Error) throw thrown;
        throw Object.assign(new Error('refused'), { payload: copy(thrown) });
      }
    },
  ]);
  return Object.fromEntries(wrapped) as object;
}

function copy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value)) return Uint8Array.from(value as Uint8Array);
  if (Array.isArray(value)) return Array.from(value, copy);
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, copy(one)]));
}
