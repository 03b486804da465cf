import { exported } from '../async/loop.ts';
import { logError } from '../console/log-error.ts';
import { decodeUtf8 } from '../encoding/utf8.ts';
import type { Mapping } from './call.ts';

/**
 * What stands between a trigger and a service whose calls arrive as messages: it reads a message, calls the
 * service and tells the trigger what came of it. Messages need not be Tenon's own: of those, only the member
 * `_tenon` tells; see docs/wire-format.md.
 */

/** A function of a service that messages call. */
export interface ReceivedCall {
  /** Topics or channels that carry it. */
  readonly topics: readonly string[];
  /** `orders:fulfilment/fulfilment#submit`: what `_tenon.function` says, where a channel carries several. */
  readonly id: string;
  /** Its name in JavaScript. */
  readonly name: string;
  /** For messages: `fulfilment.submit of fulfilment`. */
  readonly path: string;
  /** The object that has it, and how the service's module exports that. */
  readonly owner: unknown;
  readonly interface: string;
  readonly params: readonly string[];
  /** The arguments by name from JSON, or the only one where that is a record. */
  readonly fromJson: Mapping;
  readonly whole: boolean;
  /** For the value of a result that is ok, or of a function that cannot fail; absent where there is none. */
  readonly result?: Mapping;
  /** For a result's error; `empty` where that has no value, absent where the function has no error. */
  readonly error?: Mapping | 'empty';
  /** Over Redis: path of the member that identifies a message which is not Tenon's own: `id`. */
  readonly claim?: string;
}

/** What a function answered, as it travels. */
export interface Reply {
  readonly tag: 'ok' | 'err' | 'failed';
  readonly val?: unknown;
}

/** A message's own member, as far as it has one. */
export interface Received {
  readonly id?: string;
  /** The list that the caller waits at. */
  readonly reply?: string;
  /** ms since the epoch */
  readonly deadline?: number;
}

/** What a broker has beside the message itself. */
export interface Session {
  /** Whether the message is this replica's to handle. */
  readonly claim?: (message: object, own: Received, call: ReceivedCall) => boolean;
  /** Gives the message back: it was not handled. */
  readonly release?: () => void;
  /** Hands the caller its reply. */
  readonly reply?: (own: Received, reply: Reply) => void;
}

/** What is wrong with a message that no further try will mend. */
export const MALFORMED = 'malformed: ';

/**
 * Handles one message by one of the calls; returns why it was not handled, or undefined. What the service throws
 * and its contract does not know is logged.
 */
export function handle(
  calls: readonly ReceivedCall[],
  bytes: Uint8Array,
  session: Session,
): string | undefined {
  let json: unknown;
  try {
    json = JSON.parse(decodeUtf8(bytes));
  } catch (error) {
    return `${MALFORMED}no JSON: ${(error as Error).message}`;
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    return `${MALFORMED}expected an object, found ${kindOf(json)}`;
  }
  const own = ownMember(json);
  if (typeof own === 'string') return MALFORMED + own;
  const call = callFor(calls, own.function);
  if (typeof call === 'string') return MALFORMED + call;
  // Nobody waits any longer: what the call would do, the caller believes undone.
  if (own.reply !== undefined && own.deadline !== undefined && own.deadline < Date.now()) return undefined;
  if (session.claim !== undefined && !session.claim(json, own, call)) return undefined;
  const failure = answer(call, json, own, session);
  if (failure !== undefined && !failure.startsWith(MALFORMED)) session.release?.();
  return failure;
}

/** Throws where the service lacks a function, for the build to tell; see its entry.ts. */
export function requireFunctions(service: string, calls: readonly ReceivedCall[]): void {
  for (const { owner, interface: own, name } of calls) {
    const found = typeof (owner as Record<string, unknown> | undefined)?.[name];
    if (found === 'function') continue;
    const wrong = { service, path: `${own}.${name}`, wanted: 'function', found };
    throw new TypeError(`tenon:wrong-export ${JSON.stringify(wrong)}`);
  }
}

function answer(call: ReceivedCall, json: object, own: Received, { reply }: Session): string | undefined {
  const asked = own.reply === undefined ? undefined : reply;
  let args: readonly unknown[];
  try {
    args = argumentsIn(call, json);
  } catch (error) {
    const reason = MALFORMED + (error as Error).message;
    asked?.(own, { tag: 'failed', val: reason });
    return reason;
  }
  const outcome = outcomeOf(call, args);
  if (typeof outcome === 'string') return outcome;
  if (asked !== undefined) asked(own, outcome);
  else if (outcome.tag === 'err') return `${call.path} answered an error: ${JSON.stringify(outcome.val)}`;
  return undefined;
}

function argumentsIn({ params, whole, fromJson }: ReceivedCall, json: object): readonly unknown[] {
  if (whole) return [fromJson(json, params[0]!)];
  const byName = fromJson(json, '') as Record<string, unknown>;
  return params.map((name) => byName[name]);
}

/** Calls the service; returns what it answered, or why it did not. */
function outcomeOf(call: ReceivedCall, args: readonly unknown[]): Reply | string {
  const { owner, name, path, result, error: errorToJson } = call;
  let value: unknown;
  try {
    value = exported((owner as Record<string, (...args: unknown[]) => unknown>)[name]!).apply(owner, [
      ...args,
    ]);
  } catch (error) {
    if (errorToJson === undefined) return failed(`${path} threw`, error);
    if (errorToJson === 'empty') return { tag: 'err' };
    if (error instanceof Error && !('payload' in error)) return failed(`${path} threw`, error);
    try {
      const payload = error instanceof Error ? (error as { payload?: unknown }).payload : error;
      return { tag: 'err', val: errorToJson(payload, 'error') };
    } catch (mismatch) {
      return failed(`${path} threw a wrong value:`, mismatch);
    }
  }
  try {
    return result === undefined ? { tag: 'ok' } : { tag: 'ok', val: result(value, 'result') };
  } catch (mismatch) {
    return failed(`${path} gave a wrong value:`, mismatch);
  }
}

function failed(what: string, error: unknown): string {
  logError(what, error);
  return `${what} ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`;
}

/** The function that a message is for, or what is wrong with what it says. */
function callFor(calls: readonly ReceivedCall[], wanted: unknown): ReceivedCall | string {
  const [only, ...others] = calls;
  if (only !== undefined && others.length === 0 && wanted === undefined) return only;
  const call = calls.find(({ id }) => id === wanted);
  if (call !== undefined) return call;
  const names = calls.map(({ id }) => JSON.stringify(id)).join(' | ');
  return `_tenon.function: expected ${names}, found ${kindOf(wanted)}`;
}

function ownMember(json: object): (Received & { readonly function?: unknown }) | string {
  const { _tenon: own } = json as { _tenon?: unknown };
  if (own === undefined || own === null) return {};
  if (typeof own !== 'object') return `_tenon: expected an object, found ${kindOf(own)}`;
  const { id, reply, deadline, function: wanted } = own as Record<string, unknown>;
  if (id !== undefined && typeof id !== 'string') return `_tenon.id: expected a string, found ${kindOf(id)}`;
  if (reply !== undefined && typeof reply !== 'string') {
    return `_tenon.reply: expected a string, found ${kindOf(reply)}`;
  }
  if (deadline !== undefined && typeof deadline !== 'number') {
    return `_tenon.deadline: expected a number, found ${kindOf(deadline)}`;
  }
  return {
    ...(id !== undefined && { id }),
    ...(reply !== undefined && { reply }),
    ...(deadline !== undefined && { deadline }),
    ...(wanted !== undefined && { function: wanted }),
  };
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return 'an object';
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
