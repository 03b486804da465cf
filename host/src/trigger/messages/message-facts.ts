import { isUtf8 } from 'node:buffer';

/** Where Tenon's own messages have what is not an argument (docs/wire-format.md). */
const OWN_MEMBER = '_tenon';
/** Before the id of a call: the list at which its caller waits. */
const REPLIES = 'tenon:reply:';

/** What a trigger reads of a message; nothing of one that is not JSON. */
export interface MessageFacts {
  /** The text, where it is JSON. */
  readonly json?: string;
  /** What tells it from other messages: `_tenon.id`, else the member that the trigger claims by. */
  readonly id?: string;
  /** Whether a caller waits for its reply. */
  readonly asked: boolean;
  /** Where it waits, and for the reply to which message; absent where that is none of Tenon's own. */
  readonly caller?: { readonly list: string; readonly id: string };
  /** Wall-clock time, ms since the epoch, past which the caller waits no more. */
  readonly deadline?: number;
}

/** Reads a message. `claim` is a path of members: `_tenon.id`, `id`, `order.number`. Never throws. */
export function readMessage(payload: Uint8Array, claim: string): MessageFacts {
  const parsed = parse(payload);
  if (!parsed) return { asked: false };
  const { json, value } = parsed;
  const id = text(member(value, [OWN_MEMBER, 'id'])) ?? text(member(value, claim.split('.')));
  const deadline = member(value, [OWN_MEMBER, 'deadline']);
  const reply = member(value, [OWN_MEMBER, 'reply']);
  return {
    json,
    asked: reply !== undefined,
    ...callerOf(reply, member(value, [OWN_MEMBER, 'id'])),
    ...(id !== undefined && { id }),
    ...(typeof deadline === 'number' && { deadline }),
  };
}

/** A message names any list that it likes; only those that callers wait at are written to. */
function callerOf(list: unknown, id: unknown): Pick<MessageFacts, 'caller'> {
  if (typeof id !== 'string' || list !== REPLIES + id) return {};
  return { caller: { list, id } };
}

function parse(payload: Uint8Array): { json: string; value: unknown } | undefined {
  if (!isUtf8(payload)) return undefined;
  const json = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString();
  try {
    return { json, value: JSON.parse(json) };
  } catch {
    return undefined;
  }
}

function member(value: unknown, path: readonly string[]): unknown {
  let found = value;
  for (const name of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return undefined;
    found = (found as Record<string, unknown>)[name];
  }
  return found;
}

/** Numbers count as their text; what is neither text nor number identifies nothing. */
function text(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  return typeof value === 'number' ? String(value) : undefined;
}
