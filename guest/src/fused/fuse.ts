import { exit } from 'wasi:cli/exit@0.2.12';
import { enterService, leaveService, settled } from '../async/loop.ts';
import { logError } from '../console/log-error.ts';

/**
 * Calls between services that share an engine. They behave like calls between components: arguments and
 * results are checked and copied, the provider's jobs and timers are its own, errors of the contract arrive as
 * an Error with a payload, and what would trap there ends the event here, past every `catch` of the caller.
 */

/** A copy that shares nothing with the value; throws where that is not of its type, naming the place in it. */
export type Copy = (value: unknown) => unknown;

/** Two services, and the interface between them. */
export interface FusedEdge {
  readonly importer: string;
  readonly provider: string;
  /** What the provider's module exports the interface as. */
  readonly name: string;
  readonly owner: unknown;
  /** What a copy threw, with a name for the whole value. */
  readonly within: (error: unknown, name: string) => unknown;
}

export interface FusedFunction {
  readonly name: string;
  readonly params: readonly { readonly name: string; readonly copy: Copy }[];
  /** For the value of a result that is ok, or of a function that cannot fail; absent where there is none. */
  readonly result?: Copy;
  /** For a result's error; `empty` where that has no value, absent where the function has no error. */
  readonly error?: Copy | 'empty';
}

type Owner = Record<string, (...args: unknown[]) => unknown>;
type Called = (...args: unknown[]) => unknown;

/** How far a call has come, which decides what went wrong: the number of an argument, or one of these. */
const CALL = -1;
const RESULT = -2;

/** The function that a service imports, in front of the one that the other service exports. */
export function fuse(edge: FusedEdge, called: FusedFunction): Called {
  const { name, params, result } = called;
  const owner = ownerOf(edge, name);
  const copies = params.map((param) => param.copy);
  const copyResult: Copy = result ?? nothing;
  // The usual numbers of parameters are written out: an engine without a JIT pays for each list of arguments.
  switch (params.length) {
    case 0:
      return () => {
        const aside = enterService(edge.provider);
        let stage = CALL;
        try {
          const answer = settled(owner[name]!());
          stage = RESULT;
          const copied = copyResult(answer);
          leaveService(aside);
          return copied;
        } catch (error) {
          throw failed(edge, called, stage, error, aside);
        }
      };
    case 1: {
      const [copy0] = copies as [Copy];
      return (a) => {
        const aside = enterService(edge.provider);
        let stage = 0;
        try {
          const given = copy0(a);
          stage = CALL;
          const answer = settled(owner[name]!(given));
          stage = RESULT;
          const copied = copyResult(answer);
          leaveService(aside);
          return copied;
        } catch (error) {
          throw failed(edge, called, stage, error, aside);
        }
      };
    }
    default:
      return (...args) => {
        const aside = enterService(edge.provider);
        let stage = 0;
        try {
          const given: unknown[] = [];
          for (; stage < copies.length; stage++) given[stage] = copies[stage]!(args[stage]);
          stage = CALL;
          const answer = settled(owner[name]!(...given));
          stage = RESULT;
          const copied = copyResult(answer);
          leaveService(aside);
          return copied;
        } catch (error) {
          throw failed(edge, called, stage, error, aside);
        }
      };
  }
}

function nothing(): undefined {
  return undefined;
}

/** The object with the function. What is thrown where it has none tells the build; see its entry.ts. */
function ownerOf({ provider, name, owner }: FusedEdge, member: string): Owner {
  const found = (owner as Owner | undefined)?.[member];
  if (typeof found === 'function') return owner as Owner;
  const wrong = { service: provider, path: `${name}.${member}`, wanted: 'function', found: typeof found };
  throw new TypeError(`tenon:wrong-export ${JSON.stringify(wrong)}`);
}

/** What the caller catches; does not return where there is nothing that it may catch. */
function failed(
  edge: FusedEdge,
  called: FusedFunction,
  stage: number,
  error: unknown,
  aside: ReturnType<typeof enterService>,
): Error {
  const { importer, provider, name, within } = edge;
  const path = `${name}.${called.name} of ${provider}`;
  const param = called.params[stage];
  if (param) return ended(`${importer} called ${path} with a wrong value:`, within(error, param.name));
  if (stage === RESULT) return ended(`${path} gave a wrong value:`, within(error, 'result'));
  const { error: copyError } = called;
  if (copyError === undefined) return ended(`${path} threw`, error);
  if (copyError === 'empty') {
    leaveService(aside);
    return withPayload(undefined);
  }
  if (error instanceof Error && !('payload' in error)) return ended(`${path} threw`, error);
  let payload: unknown;
  try {
    payload = copyError(error instanceof Error ? (error as { payload?: unknown }).payload : error);
  } catch (mismatch) {
    return ended(`${path} threw a wrong value:`, within(mismatch, 'error'));
  }
  leaveService(aside);
  return withPayload(payload);
}

/** As componentize-qjs gives the error of a result to a service that imports the function. */
export function withPayload(payload: unknown): Error {
  const text = typeof payload === 'string' ? payload : `${String(payload)} (see error.payload)`;
  return Object.assign(new Error(text), { payload });
}

/** Logs what happened and ends the event as a trap of a linked component does: nothing of it goes on. */
export function ended(what: string, error: unknown): Error {
  logError(what, error);
  exit({ tag: 'err' });
  return new Error('exit returned');
}
